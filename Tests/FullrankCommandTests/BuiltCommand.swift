import FullrankPlatform
import FullrankTestSupport
import Testing

/// The result of a run of the built command.
struct CommandResult {
    /// The exit status, 128 + signal for one that ended it, -1 for one that ran past its time.
    let status: Int32
    let output: String
    let messages: String
    /// Processor time it took.
    let seconds: Double

    /// The messages but for the last ones, which name the files that were written.
    var messagesBeforeFiles: String {
        messages.split(separator: "\n").filter { !$0.hasPrefix("fullrank: wrote in ") }.map { $0 + "\n" }.joined()
    }
}

/// The `fullrank` built with these tests.
enum BuiltCommand {
    /// Beside the test bundle, which is this process or its argument; on macOS the bundle is a folder.
    static let path: String = {
        let own = executablePath().map { String(decoding: $0, as: UTF8.self) }
        let places = [own].compactMap(\.self) + CommandLine.arguments
        for place in places {
            let end = place.firstRange(of: ".xctest/")?.lowerBound ?? place.endIndex
            guard let slash = place[..<end].lastIndex(of: "/") else { continue }
            let candidate = place[..<slash] + "/fullrank"
            if FileStatus(at: String(candidate))?.kind == .regular { return String(candidate) }
        }
        fatalError("no built fullrank beside any of \(places)")
    }()

    /// Runs the command to its end.
    static func run(
        _ arguments: [String], output: String? = nil, environment: [String] = [], timeout: Double = 20
    ) -> CommandResult {
        RunningCommand(arguments, output: output, environment: environment).wait(timeout: timeout)
    }

    /// Runs a line of the shell, in which "$0" is the command.
    static func runInShell(_ line: String, timeout: Double = 20) -> CommandResult {
        RunningCommand(["-c", line, path], program: "/bin/bash").wait(timeout: timeout)
    }

    /// Runs a command that must end well, with these first words split at spaces; its result.
    @discardableResult
    static func succeed(
        _ line: String, _ more: [String] = [], timeout: Double = 20, _ location: SourceLocation = #_sourceLocation
    ) -> CommandResult {
        let result = run(line.split(separator: " ").map(String.init) + more, timeout: timeout)
        #expect(result.status == 0, "\(line): \(result.messages)", sourceLocation: location)
        return result
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
