import Glibc
import Synchronization

/// SIGINT and SIGTERM, taken by a thread that waits for them: what a signal sets off may then lock, allocate and
/// call any code, which a signal handler may not.
///
/// The first signal runs the action that is set, which should make the running call end soon; where none is set, and
/// at the second signal, the process ends at once with 128 + signal. Make one for a process, before other threads:
/// they inherit the blocked signals.
final class Interruption: Sendable {
    private struct State {
        var signal: Int32?
        var action: (@Sendable () -> Void)?
    }
    private let state = Mutex(State())

    init() {
        var watched = sigset_t()
        sigemptyset(&watched)
        for signal in [SIGINT, SIGTERM] where !Self.isIgnored(signal) { sigaddset(&watched, signal) }
        pthread_sigmask(SIG_BLOCK, &watched, nil)
        let context = Unmanaged.passRetained(Watch(signals: watched, interruption: self))
        var thread = pthread_t()
        let made = pthread_create(
            &thread, nil,
            { context in
                Unmanaged<Watch>.fromOpaque(context!).takeRetainedValue().run()
            }, context.toOpaque())
        if made == 0 {
            pthread_detach(thread)
        } else {
            // Without the thread, the system's own way: the process ends at once.
            context.release()
            pthread_sigmask(SIG_UNBLOCK, &watched, nil)
        }
    }

    /// What arrived, if anything did.
    var signal: Int32? { state.withLock { $0.signal } }

    /// Sets what the first signal does; called at once where the signal has already come.
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
        guard let action else { _exit(128 + signal) }
        action()
    }

    /// As under nohup, or in the background of a script.
    private static func isIgnored(_ signal: Int32) -> Bool {
        var current = sigaction()
        guard sigaction(signal, nil, &current) == 0 else { return false }
        let handler = current.__sigaction_handler.sa_handler
        return unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    }
}

private final class Watch: Sendable {
    let signals: sigset_t
    let interruption: Interruption

    init(signals: sigset_t, interruption: Interruption) {
        self.signals = signals
        self.interruption = interruption
    }

    func run() -> Never {
        var set = signals
        while true {
            var signal: Int32 = 0
            if sigwait(&set, &signal) == 0 { interruption.received(signal) }
        }
    }
}
