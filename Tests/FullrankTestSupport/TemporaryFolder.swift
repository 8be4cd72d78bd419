import Glibc

/// A folder of its own for a test, gone with the value.
public final class TemporaryFolder {
    public let path: String

    public init() {
        var template = Array("/tmp/fullrank-test-XXXXXX".utf8CString)
        path = String(cString: mkdtemp(&template)!)
    }

    deinit { _ = Glibc.system("rm -rf \(path)") }

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
        guard let directory = opendir(path + "/" + inner) else { return contents }
        defer { closedir(directory) }
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if !name.hasPrefix(".") { contents[name] = read(inner + "/" + name) ?? [] }
        }
        return contents
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

    /// The most memory that a process has had resident, in bytes; nil if there is no such process.
    public static func peakMemory(of process: String) -> Int? {
        let status = bytes(ofFile: "/proc/\(process)/status").map { String(decoding: $0, as: UTF8.self) }
        let line = status?.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return line.flatMap { Int($0.filter(\.isNumber)) }.map { $0 * 1024 }
    }

    /// Runs a Python program in the folder; whether it succeeded.
    public func python(_ program: String) -> Bool {
        let script = file("program.py", program)
        return Glibc.system("cd \(path) && python3 \(script)") == 0
    }
}

/// Python with NumPy, which some tests compare with.
public let numpyIsHere = Glibc.system("python3 -c 'import numpy' >/dev/null 2>&1") == 0
