import FullrankKernels
import FullrankPlatform
import FullrankProcess

/// The requests of the process to the system before anything else.
enum ProcessSetup {
    static func begin() {
        occupyStandardDescriptors()
        // A file that reaches `ulimit -f` is then a failed write, "File too large", instead of the process's end.
        ignoreSignal(SIGXFSZ)
        // An allocation that cannot be kept is then refused, instead of the process being killed when it touches it.
        fr_memory_refuse_beyond_available()
        endWithoutMemory(command: nil)
    }

    /// How a failed allocation ends the process; the command's name begins the line, as of every other failure.
    static func endWithoutMemory(command: String?) {
        fullrank_end_without_memory(
            "fullrank: " + (command.map { $0 + ": " } ?? ""), ExitCode.unavailable.number
        ) { Console.shared.eraseAtOnce() }
    }
}
