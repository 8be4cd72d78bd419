import FullrankFiles
import FullrankModel
import FullrankSweep
import Glibc

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
            var information = stat()
            if stat(file.fileName, &information) == 0, information.st_mode & S_IFMT == S_IFREG, access(file.fileName, X_OK) == 0 { return file }
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
        var ending: Int32 = 0
        while waitpid(process, &ending, 0) < 0, errno == EINTR {}
        let status = ending & 0x7f == 0 ? ending >> 8 & 0xff : 128 + ending & 0x7f
        let line = String(decoding: text, as: UTF8.self).split(separator: "\n").first.map(String.init)
        return Result(status: status, output: bytes, words: line ?? "it ended with code \(status)")
    }

    /// The process, and where its standard error is read. Closes `output`: the child alone has it from here on, and its
    /// end is then seen.
    private static func start(
        _ program: String, _ arguments: [String], input: String, output: Int32
    ) throws(SweepFolderError) -> (pid_t, errors: Int32) {
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
        var ends: [Int32] = [-1, -1]
        guard Glibc.pipe(&ends) == 0 else { throw Files.failure("a pipe") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }

    private static func spawn(
        _ program: String, _ arguments: [String], input: String, output: Int32, errors: Int32
    ) throws(SweepFolderError) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, input.fileName, O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_adddup2(&actions, errors, 2)
        // Signals as a shell would start it with: this program may ignore or hold back some.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
        var words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0.fileName) } + [nil]
        defer { for word in words { free(word) } }
        var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup($0.fileName) } + [nil]
        defer { for variable in variables { free(variable) } }
        var process: pid_t = 0
        let code = posix_spawn(&process, program, &actions, &attributes, &words, &variables)
        guard code == 0 else { throw Files.failure(program, code) }
        return process
    }

    /// What a program needs to find its libraries, fonts and words, and a fixed date for files that would have today's in
    /// them: the same figure, the same bytes.
    private static var environment: [String] {
        let names = [
            "PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "LC_CTYPE", "LD_LIBRARY_PATH", "XDG_CACHE_HOME", "XDG_CONFIG_HOME",
            "XDG_DATA_HOME", "XDG_DATA_DIRS", "FONTCONFIG_FILE", "FONTCONFIG_PATH",
        ]
        let date = getenv("SOURCE_DATE_EPOCH").map { String(cString: $0) } ?? "0"
        return names.compactMap { name in getenv(name).map { "\(name)=" + String(fileName: $0) } } + ["SOURCE_DATE_EPOCH=\(date)"]
    }

    /// Reads both until both are closed, as they come: a child that waits for one would never close the other.
    private static func drain(_ ends: (Int32, Int32), into output: inout [UInt8], _ errors: inout [UInt8]) {
        var polled = [
            pollfd(fd: ends.0, events: Int16(POLLIN), revents: 0), pollfd(fd: ends.1, events: Int16(POLLIN), revents: 0),
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
