import FullrankPlatform

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// A folder of its own for a test, gone with the value.
public final class TemporaryFolder {
    public let path: String

    public init() {
        // macOS's /tmp is a link, which the command would resolve in some of its messages.
        var template = Array("\(Platform.isLinux ? "" : "/private")/tmp/fullrank-test-XXXXXX".utf8CString)
        // What mkdtemp returns points into the array, which need not outlive the call.
        precondition(mkdtemp(&template) != nil, "no temporary folder can be made")
        path = String(decoding: template.dropLast().map { UInt8(truncatingIfNeeded: $0) }, as: UTF8.self)
    }

    deinit { shell("rm -rf '\(path)'") }

    /// Writes a file; its path.
    @discardableResult
    public func file(_ name: String, _ bytes: [UInt8]) -> String {
        let file = path + "/" + name
        // Closed in commands that other tests start meanwhile: held open, it would keep a disk from being remounted.
        let stream = fopen(file, "we")!
        fwrite(bytes, 1, bytes.count, stream)
        fclose(stream)
        return file
    }

    @discardableResult
    public func file(_ name: String, _ text: String) -> String { file(name, Array(text.utf8)) }

    /// A file's content; nil if there is none.
    public func read(_ name: String) -> [UInt8]? {
        Self.bytes(ofFile: path + "/" + name)
    }

    /// A file's content; empty if there is none.
    public func text(_ name: String) -> String { String(decoding: read(name) ?? [], as: UTF8.self) }

    public func holds(_ name: String) -> Bool { access(path + "/" + name, F_OK) == 0 }

    /// What lies in a folder inside this one ("" for this one): names, without hidden ones, and their bytes.
    public func contents(of inner: String = "") -> [String: [UInt8]] {
        var contents = [String: [UInt8]]()
        for name in Self.names(in: path + "/" + inner) where !name.hasPrefix(".") {
            contents[name] = read(inner + "/" + name) ?? []
        }
        return contents
    }

    /// What lies in any folder, hidden or not, in order; empty if there is none.
    public static func names(in folder: String) -> [String] {
        (folderEntries(folder) ?? []).map { String(decoding: $0, as: UTF8.self) }.filter { $0 != "." && $0 != ".." }
            .sorted()
    }

    /// Cuts a file off, or adds a hole at its end; whether it could.
    public func resize(_ name: String, to size: Int) -> Bool { truncate(path + "/" + name, off_t(size)) == 0 }

    /// Has a file be changed last at a time, in seconds after 1970; whether it could.
    public func setModified(_ name: String, _ seconds: Double) -> Bool {
        let whole = seconds.rounded(.down)
        let time = timeval(tv_sec: time_t(whole), tv_usec: suseconds_t((seconds - whole) * 1e6))
        return utimes(path + "/" + name, [time, time]) == 0
    }

    /// Any file's content, /proc's too; nil if there is none.
    public static func bytes(ofFile path: String) -> [UInt8]? {
        guard let stream = fopen(path, "re") else { return nil }
        defer { fclose(stream) }
        var bytes = [UInt8]()
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = fread(&chunk, 1, chunk.count, stream), count > 0 { bytes += chunk[..<count] }
        return bytes
    }

    /// Runs a Python program in the folder; whether it succeeded.
    public func python(_ program: String) -> Bool {
        let script = file("program.py", program)
        return shell("cd '\(path)' && python3 '\(script)'") == 0
    }
}

/// Python with NumPy, which some tests compare with.
public let numpyIsHere = shell("python3 -c 'import numpy' >/dev/null 2>&1") == 0
