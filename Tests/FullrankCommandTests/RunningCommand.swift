import FullrankPlatform
import FullrankTestSupport

/// The built command while it runs: to be signalled, watched and waited for.
final class RunningCommand {
    private let child: SpawnedProcess
    private let start = ContinuousClock.now
    private let folder = TemporaryFolder()
    private let output: String?
    /// The command's standard error; nil if it is a file.
    private let channel: MessageChannel?
    /// Kept, as it is gone from the system once it was asked for.
    private var end: ChildEnd?
    private var waited: CommandResult?

    var process: Int32 { child.number }

    /// - Parameters:
    ///   - output: takes standard output; a file of our own where nil, so that no pipe fills up.
    ///   - channel: takes standard error; a file of our own where nil.
    ///   - environment: variables besides this process's own: "NAME=value".
    init(
        _ arguments: [String], output: String? = nil, channel: MessageChannel? = nil, environment: [String] = [],
        program: String = BuiltCommand.path
    ) {
        (self.output, self.channel) = (output, channel)
        let folder = folder
        func file(_ name: String) -> Int32 { open(folder.path + "/" + name, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600) }
        let descriptor = output.map { open($0, O_WRONLY | O_NOCTTY | O_CLOEXEC) } ?? file("output")
        let messages = channel?.writing ?? file("messages")
        defer {
            close(descriptor)
            if channel == nil { close(messages) }
        }
        func words(_ list: [String]) -> [[CChar]] { list.map { Array($0.utf8CString) } }
        do throws(SpawnedProcess.Failure) {
            // Of two variables of a name the first counts.
            child = try SpawnedProcess(
                words([program] + arguments), environment: words(environment) + ownEnvironment,
                input: Array("/dev/null".utf8CString), output: descriptor, errors: messages)
        } catch {
            fatalError("cannot run \(program): \(systemWords(error.code))")
        }
    }

    deinit { if waited == nil { end(SIGKILL) } }

    func signal(_ number: Int32) { if !hasEnded { kill(process, number) } }

    /// Signals it and waits for its end.
    @discardableResult
    func end(_ number: Int32) -> CommandResult {
        signal(number)
        return wait()
    }

    private var hasEnded: Bool {
        if end == nil { end = ChildEnd(of: process) }
        return end != nil
    }

    /// What it has written to standard error so far.
    var messages: String {
        channel?.text() ?? folder.text("messages")
    }

    /// Watches it to its end, 20 s at most; the most memory it had resident, in bytes.
    ///
    /// Not from `rusage`, which counts the process it was started from.
    func peakMemory() -> Int {
        var peak = 0
        _ = runs {
            peak = max(peak, FullrankTestSupport.peakMemory(of: process) ?? 0)
            return false
        }
        return peak
    }

    /// Waits, 20 s at most, until something holds; whether it came to hold while the command ran.
    func runs(until condition: () -> Bool) -> Bool {
        while (ContinuousClock.now - start) / .seconds(1) < 20 {
            if condition() { return true }
            if hasEnded { return false }
            usleep(500)
        }
        return false
    }

    /// Waits for its end; one that runs on is killed.
    func wait(timeout: Double = 20) -> CommandResult {
        if let waited { return waited }
        var isInTime = true
        while !hasEnded {
            if isInTime, (ContinuousClock.now - start) / .seconds(1) > timeout {
                isInTime = false
                kill(process, SIGKILL)
            }
            _ = channel?.text()
            usleep(500)
        }
        let result =
            isInTime
            ? CommandResult(
                status: end?.status ?? -1, output: output == nil ? folder.text("output") : "", messages: messages,
                seconds: end?.seconds ?? 0)
            : CommandResult(status: -1, output: "", messages: "ran past \(timeout) s", seconds: timeout)
        waited = result
        return result
    }
}
