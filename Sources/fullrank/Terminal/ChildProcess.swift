import FullrankFiles
import FullrankModel
import FullrankPlatform
import FullrankSweep

/// Another program, run to its end without a shell.
enum ChildProcess {
    struct Result {
        /// Its exit code, or 128 and the signal that ended it.
        var status: Int32
        var output: [UInt8]
        /// The first line it wrote to standard error, else how it ended.
        var words: String
    }

    /// The first program of that name in the folders of PATH, of which those that are not absolute are passed over: what
    /// lies in the working folder is not run.
    static func find(_ name: String) -> String? {
        guard let path = getenv("PATH") else { return nil }
        for folder in String(fileName: path).split(separator: ":") where folder.hasPrefix("/") {
            let file = "\(folder)/\(name)"
            if FileStatus(at: file.fileName)?.kind == .regular, access(file.fileName, X_OK) == 0 { return file }
        }
        return nil
    }

    /// - Parameter input: a file that is its standard input.
    static func run(_ program: String, _ arguments: [String], input: String) throws(SweepFolderError) -> Result {
        let (output, outputEnd) = try pipe()
        defer { close(output) }
        let (process, errors) = try start(program, arguments, input: input, output: outputEnd)
        defer { close(errors) }
        var text = [UInt8](), bytes = [UInt8]()
        drain((output, errors), into: &bytes, &text)
        let status = process.wait()
        let line = String(decoding: text, as: UTF8.self).split(separator: "\n").first.map(String.init)
        return Result(status: status, output: bytes, words: line ?? "it ended with code \(status)")
    }

    /// The process, and where its standard error is read. Closes `output`: the child alone has it from here on, and its
    /// end is then seen.
    private static func start(
        _ program: String, _ arguments: [String], input: String, output: Int32
    ) throws(SweepFolderError) -> (SpawnedProcess, errors: Int32) {
        defer { close(output) }
        let (errors, errorsEnd) = try pipe()
        defer { close(errorsEnd) }
        do throws(SweepFolderError) {
            return (try spawn(program, arguments, input: input, output: output, errors: errorsEnd), errors)
        } catch {
            close(errors)
            throw error
        }
    }

    private static func pipe() throws(SweepFolderError) -> (read: Int32, write: Int32) {
        guard let ends = makePipe() else { throw Files.failure("a pipe") }
        return ends
    }

    private static func spawn(
        _ program: String, _ arguments: [String], input: String, output: Int32, errors: Int32
    ) throws(SweepFolderError) -> SpawnedProcess {
        do throws(SpawnedProcess.Failure) {
            return try SpawnedProcess(
                ([program] + arguments).map(\.fileName), environment: environment.map(\.fileName),
                input: input.fileName,
                output: output, errors: errors)
        } catch {
            throw Files.failure(program, error.code)
        }
    }

    /// What a program needs to find its libraries, fonts and words, and a fixed date for files that would have today's in
    /// them: the same figure, the same bytes.
    private static var environment: [String] {
        let names = [
            "PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "LC_CTYPE", DynamicLibrary.pathVariable, "XDG_CACHE_HOME",
            "XDG_CONFIG_HOME",
            "XDG_DATA_HOME", "XDG_DATA_DIRS", "FONTCONFIG_FILE", "FONTCONFIG_PATH",
        ]
        let date = getenv("SOURCE_DATE_EPOCH").map { String(cString: $0) } ?? "0"
        return names.compactMap { name in getenv(name).map { "\(name)=" + String(fileName: $0) } } + [
            "SOURCE_DATE_EPOCH=\(date)"
        ]
    }

    /// Reads both until both are closed, as they come: a child that waits for one would never close the other.
    private static func drain(_ ends: (Int32, Int32), into output: inout [UInt8], _ errors: inout [UInt8]) {
        var polled = [
            pollfd(fd: ends.0, events: Int16(POLLIN), revents: 0),
            pollfd(fd: ends.1, events: Int16(POLLIN), revents: 0),
        ]
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while polled.contains(where: { $0.fd >= 0 }) {
            guard poll(&polled, 2, -1) >= 0 || errno == EINTR else { return }
            for place in 0..<2 where polled[place].fd >= 0 && polled[place].revents != 0 {
                let count = read(polled[place].fd, &chunk, chunk.count)
                if count < 0, errno == EINTR { continue }
                if count <= 0 {
                    // poll passes over it from now on.
                    polled[place].fd = -1
                } else if place == 0 {
                    output += chunk[..<count]
                } else if errors.count < 1 << 12 {
                    errors += chunk[..<count]
                }
            }
        }
    }
}
