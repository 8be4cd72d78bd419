import FullrankKernels
import FullrankProcess
import Glibc

/// What the process asks of the system before anything else.
enum ProcessSetup {
    static func begin() {
        occupyStandardDescriptors()
        // A file that reaches `ulimit -f` is then a failed write, "File too large", instead of the process's end.
        signal(SIGXFSZ, SIG_IGN)
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

    /// If standard input, output or error is closed, the next file that is opened would take its number, and what
    /// is printed would go into that file. A closed one is opened in the direction that nobody uses: writing to
    /// standard output then fails, as it should.
    private static func occupyStandardDescriptors() {
        for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(descriptor, F_GETFD) < 0 {
            // The lowest free number, which is this one.
            let opened = open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
            if opened < 0 { _ = open("/", O_RDONLY) }
        }
    }
}
