import FullrankTestSupport
import Glibc

/// The built command while it runs: to be signalled, watched and waited for.
final class RunningCommand {
    let process: pid_t
    private let start = ContinuousClock.now
    private let folder = TemporaryFolder()
    private let output: String?
    /// The command's standard error; nil if it is a file.
    private let channel: MessageChannel?
    private var waited: CommandResult?

    /// - Parameters:
    ///   - output: takes standard output; a file of our own where nil, so that no pipe fills up.
    ///   - channel: takes standard error; a file of our own where nil.
    ///   - environment: variables besides this process's own: "NAME=value".
    init(
        _ arguments: [String], output: String? = nil, channel: MessageChannel? = nil, environment: [String] = [],
        program: String = BuiltCommand.path
    ) {
        self.output = output
        self.channel = channel
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(
            &actions, 1, output ?? folder.path + "/output", O_WRONLY | (output == nil ? O_CREAT : 0), 0o600)
        posix_spawn_file_actions_addopen(
            &actions, 2, channel?.path ?? folder.path + "/messages",
            O_WRONLY | (channel == nil ? O_CREAT : O_NOCTTY), 0o600)

        // Tests that run in the background of a script would hand on an ignored SIGINT, the threads that tests run on
        // their blocked signals.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGINT)
        sigaddset(&signals, SIGTERM)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))

        var words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        let variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup($0) }
        defer { for variable in variables { free(variable) } }
        var own = environ
        var all = variables
        while let variable = own.pointee {
            all.append(variable)
            own += 1
        }
        var process = pid_t()
        let code = posix_spawn(&process, program, &actions, &attributes, &words, all + [nil])
        precondition(code == 0, "cannot run \(program): \(code)")
        self.process = process
    }

    deinit { if waited == nil { end(SIGKILL) } }

    func signal(_ number: Int32) { kill(process, number) }

    /// Signals it and waits for its end.
    @discardableResult
    func end(_ number: Int32) -> CommandResult {
        signal(number)
        return wait()
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
            peak = max(peak, TemporaryFolder.peakMemory(of: "\(process)") ?? 0)
            return false
        }
        return peak
    }

    /// Waits, 20 s at most, until something holds; whether it came to hold while the command ran.
    func runs(until condition: () -> Bool) -> Bool {
        while (ContinuousClock.now - start) / .seconds(1) < 20 {
            if condition() { return true }
            var information = siginfo_t()
            guard waitid(P_PID, id_t(process), &information, WEXITED | WNOHANG | WNOWAIT) == 0,
                information.si_signo == 0
            else { return false }
            usleep(500)
        }
        return false
    }

    /// Waits for its end; one that runs on is killed.
    func wait(timeout: Double = 20) -> CommandResult {
        if let waited { return waited }
        var status: Int32 = 0
        var usage = rusage()
        while wait4(process, &status, WNOHANG, &usage) == 0 {
            if (ContinuousClock.now - start) / .seconds(1) > timeout {
                kill(process, SIGKILL)
                waitpid(process, &status, 0)
                let result = CommandResult(
                    status: -1, output: "", messages: "ran past \(timeout) s", seconds: timeout)
                waited = result
                return result
            }
            _ = channel?.text()
            usleep(500)
        }
        let microseconds = usage.ru_utime.tv_usec + usage.ru_stime.tv_usec
        let seconds = Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + Double(microseconds) / 1e6
        let signal = status & 0x7f
        let result = CommandResult(
            status: signal == 0 ? status >> 8 & 0xff : 128 + signal,
            output: output == nil ? folder.text("output") : "", messages: messages, seconds: seconds)
        waited = result
        return result
    }
}
