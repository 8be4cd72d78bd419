import FullrankModel
import Glibc
import Synchronization

/// How far a run has come, on standard error, at most ten times a second; nothing at all where that is no terminal.
/// May be told of progress from any thread.
final class ProgressBar: Sendable {
    private struct State {
        var lastDrawn: ContinuousClock.Instant?
        var visible = false
    }

    private let isTerminal = isatty(STDERR_FILENO) != 0
    private let state = Mutex(State())

    func update(_ progress: RunProgress) {
        guard isTerminal else { return }
        let now = ContinuousClock.now
        state.withLock { state in
            if let last = state.lastDrawn, now - last < .milliseconds(100) { return }
            state.lastDrawn = now
            state.visible = true
            _ = writeAll(Self.erase + progress.line(width: Self.width()), to: STDERR_FILENO)
        }
    }

    /// Erases the bar, so that messages and the shell's prompt find a clean line; `update` draws it anew.
    func finish() {
        state.withLock { state in
            guard state.visible else { return }
            state.visible = false
            state.lastDrawn = nil
            _ = writeAll(Self.erase, to: STDERR_FILENO)
        }
    }

    /// To the line's first column, and erase to its end.
    private static let erase = "\r\u{1b}[K"

    /// One column is left free: a terminal may wrap when the last is written.
    private static func width() -> Int {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 79 }
        return Int(size.ws_col) - 1
    }
}
