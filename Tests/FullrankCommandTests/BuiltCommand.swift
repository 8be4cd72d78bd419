import FullrankTestSupport
import Glibc
import Testing

/// What a run of the built command left.
struct CommandResult {
    /// The exit status, 128 + signal for one that ended it, -1 for one that ran past its time.
    let status: Int32
    let output: String
    let messages: String
    /// Seconds from start to end.
    let seconds: Double
}

/// The `fullrank` built with these tests.
enum BuiltCommand {
    /// Beside the test bundle, which is this process or its argument.
    static let path: String = {
        var places = [String]()
        var buffer = [CChar](repeating: 0, count: 4096)
        let length = readlink("/proc/self/exe", &buffer, buffer.count)
        if length > 0 { places.append(String(decoding: buffer[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)) }
        places += CommandLine.arguments
        for place in places {
            guard let slash = place.lastIndex(of: "/") else { continue }
            let candidate = place[..<slash] + "/fullrank"
            if access(String(candidate), X_OK) == 0 { return String(candidate) }
        }
        fatalError("no built fullrank beside any of \(places)")
    }()

    /// Runs the command; what it writes is collected in files, so that no pipe fills up.
    static func run(_ arguments: [String], output: String? = nil, timeout: Double = 20) -> CommandResult {
        let folder = TemporaryFolder()
        let outputPath = output ?? folder.path + "/output"
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, outputPath, O_WRONLY | (output == nil ? O_CREAT : 0), 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, folder.path + "/messages", O_WRONLY | O_CREAT, 0o600)

        var words: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var process = pid_t()
        let start = ContinuousClock.now
        let code = posix_spawn(&process, path, &actions, nil, &words, environ)
        precondition(code == 0, "cannot run \(path): \(code)")

        var status: Int32 = 0
        while waitpid(process, &status, WNOHANG) == 0 {
            if (ContinuousClock.now - start) / .seconds(1) > timeout {
                kill(process, SIGKILL)
                waitpid(process, &status, 0)
                return CommandResult(status: -1, output: "", messages: "ran past \(timeout) s", seconds: timeout)
            }
            usleep(500)
        }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let signal = status & 0x7f
        return CommandResult(
            status: signal == 0 ? status >> 8 & 0xff : 128 + signal,
            output: output == nil ? folder.text("output") : "", messages: folder.text("messages"), seconds: seconds)
    }

    /// Expects no output, one line `fullrank: MESSAGE` and an exit code.
    static func expectFailure(
        _ arguments: [String], _ message: String, code: Int32, output: String? = nil,
        _ location: SourceLocation = #_sourceLocation
    ) {
        let result = run(arguments, output: output)
        #expect(result.messages == "fullrank: \(message)\n", sourceLocation: location)
        #expect(result.output == "", sourceLocation: location)
        #expect(result.status == code, sourceLocation: location)
    }
}
