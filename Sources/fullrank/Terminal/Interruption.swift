import FullrankPlatform
import Synchronization

/// SIGINT, SIGTERM and SIGUSR1 (a batch system's warning before its limit), handled by a thread. The reaction to a
/// signal may then lock, allocate and call any code, which a signal handler may not. The handler only writes the
/// signal's number into a pipe that the thread reads. (Blocking the signals and waiting for them would not work: a BLAS
/// starts threads before `main`, and these don't block them.)
///
/// The first signal runs the current action, which should make the running call end soon. If there is no action, and at
/// the second signal, the process ends at once with 128 + signal. If a call can't be interrupted (LAPACK's, on one
/// large matrix), SIGTERM nevertheless ends the process within a second, and the other signals print a message after a
/// second. There is one object per process.
final class Interruption: Sendable {
    private struct State {
        var signal: Int32?
        var action: (@Sendable () -> Void)?
    }
    private let state = Mutex(State())

    init() {
        // If the system refuses, the signals keep their default action: they end the process at once.
        guard let ends = makePipe() else { return }
        signalPipe = ends.write
        let watch = Watch(pipe: ends.read, interruption: self)
        guard let thread = SystemThread({ watch.run() }) else { return }
        thread.detach()

        for signal in [SIGINT, SIGTERM, SIGUSR1] where !isSignalIgnored(signal) {
            handleSignal(signal) { signal in
                let saved = errno
                var number = UInt8(truncatingIfNeeded: signal)
                _ = write(signalPipe, &number, 1)
                errno = saved
            }
        }
    }

    /// The signal that arrived, if any.
    var signal: Int32? { state.withLock { $0.signal } }

    /// Sets the action of the first signal. It is called at once if the signal has already arrived.
    func onSignal(_ action: (@Sendable () -> Void)?) {
        let due = state.withLock { state in
            state.action = action
            return state.signal != nil
        }
        if due { action?() }
    }

    fileprivate func received(_ signal: Int32) {
        let action = state.withLock { state in
            defer { state.signal = signal }
            return state.signal == nil ? state.action : nil
        }
        guard let action else {
            Console.shared.eraseAtOnce()
            _exit(128 + signal)
        }
        action()
    }

    fileprivate static let end = "terminated while a computation was under way; what was finished before is kept"
    fileprivate static let notice =
        "stopping once the computation under way lets it; a second signal ends at once, and harms no file"
}

/// The pipe's end that the handler writes to; set once, before the handler is installed.
nonisolated(unsafe) private var signalPipe: Int32 = -1

private final class Watch: Sendable {
    let pipe: Int32
    let interruption: Interruption
    /// Milliseconds within which nearly every run ends; who terminates a process, a batch system say, has them too.
    private static let patience: Int32 = 1000
    private static let patienceAtTermination: Int32 = 900

    init(pipe: Int32, interruption: Interruption) {
        self.pipe = pipe
        self.interruption = interruption
    }

    func run() -> Never {
        /// The signal that the run has not ended after.
        var pending: Int32?
        while true {
            var waiting = pollfd(fd: pipe, events: Int16(POLLIN), revents: 0)
            if let signal = pending {
                let patience = signal == SIGTERM ? Self.patienceAtTermination : Self.patience
                if poll(&waiting, 1, patience) == 0 {
                    if signal == SIGTERM {
                        Console.shared.writeAtOnce("fullrank: \(Interruption.end)\n")
                        _exit(128 + signal)
                    }
                    Console.shared.writeAtOnce("fullrank: \(Interruption.notice)\n")
                    pending = nil
                }
            }
            var number: UInt8 = 0
            guard read(pipe, &number, 1) == 1 else { continue }
            pending = Int32(number)
            interruption.received(Int32(number))
        }
    }
}
