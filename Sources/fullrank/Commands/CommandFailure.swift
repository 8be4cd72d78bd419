import FullrankBackends
import FullrankFiles
import FullrankModel
import FullrankRuns
import FullrankSweep

/// The exit code of the process (sysexits.h, and 128 + signal as in shells).
enum ExitCode: Hashable, Sendable {
    case done
    case usage
    case badData
    case unavailable
    case `internal`
    case inputOutput
    case interrupted(signal: Int32)

    var number: Int32 {
        switch self {
        case .done: 0
        case .usage: 64
        case .badData: 65
        case .unavailable: 69
        case .internal: 70
        case .inputOutput: 74
        case .interrupted(let signal): 128 + signal
        }
    }
}

/// Why a command ends without having done what was asked: one line on standard error, and the exit code.
struct CommandFailure: Error, Hashable, Sendable {
    let code: ExitCode
    let message: String

    init(_ code: ExitCode, _ message: String) {
        self.code = code
        self.message = message
    }

    static func usage(_ message: String) -> CommandFailure { CommandFailure(.usage, message) }

    /// The request needs more memory than is available.
    static func memory(_ message: String) -> CommandFailure { CommandFailure(.unavailable, message) }

    static func missing(_ option: String, _ arguments: ParsedArguments) -> CommandFailure {
        .usage("\(option) is missing; see 'fullrank \(arguments.command.name) --help'")
    }

    /// - Parameter option: the flag that named the file, if one did.
    init(_ error: FileError, option: String? = nil) {
        self.init(
            error.isOutOfMemory ? .unavailable : error.isSystemFailure ? .inputOutput : .badData,
            (option.map { $0 + ": " } ?? "") + error.description)
    }

    /// - Parameter signal: the signal that arrived, if a call was cancelled.
    init(_ error: BackendError, signal: Int32?) {
        switch error {
        case .invalidArgument(let words), .unsupported(let words): self.init(.usage, words.printable())
        case .unsuitableData(let words): self.init(.badData, words.printable())
        case .unavailable(let words), .outOfMemory(let words), .deviceLost(let words):
            self.init(.unavailable, words.printable())
        case .cancelled: self.init(.interrupted(signal: signal ?? 2), "interrupted")
        case .internal(let words): self.init(.internal, "internal error: " + words.printable())
        }
    }

    /// - Parameter signal: the signal that arrived, if a call was cancelled.
    init(_ error: SweepError, signal: Int32?) {
        switch error {
        case .folder(let error): self.init(error)
        case .notFinite, .data: self.init(.badData, error.description.printable())
        case .backend(let cause, let during):
            let failure = CommandFailure(cause, signal: signal)
            self.init(failure.code, "\(during.printable()): \(failure.message)")
        }
    }

    /// - Parameter option: the flag that named the folder, if one did.
    init(_ error: SweepFolderError, option: String? = "--output") {
        let code: ExitCode =
            switch error {
            case .inputOutput: .inputOutput
            case .differentPlan, .differentRun, .unlikeFolder, .fewerTrials, .moreTrials, .shardExtended,
                .wouldOverwrite, .busy:
                .usage
            case .damaged, .unknownVersion, .notASweep, .otherCommand, .differentTrial: .badData
            }
        self.init(code, (option.map { $0 + ": " } ?? "") + error.description.printable())
    }
}
