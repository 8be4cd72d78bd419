import FullrankPlatform
import FullrankReport
import Synchronization

/// Standard error, shared by all threads: messages, and below them lines that are redrawn in place. A
/// message erases these lines, is written, and the lines are drawn again below it. There is one object per process.
final class Console: Sendable {
    static let shared = Console()

    private let frame = Mutex(LiveFrame())
    private static let quiet = Atomic<Bool>(false)

    /// `--quiet`: only errors are written. Set before the first message.
    static var isQuiet: Bool {
        get { quiet.load(ordering: .relaxed) }
        set { quiet.store(newValue, ordering: .relaxed) }
    }

    /// Draws lines in place of the present ones, in one write. Draws nothing while the process is in the background of
    /// a shell, which then owns the terminal.
    func draw(_ lines: [String], columns: Int) {
        guard !Self.isQuiet else { return }
        frame.withLock { frame in
            if wasContinued.exchange(false, ordering: .relaxed) { frame.forget() }
            guard !isInBackground(of: STDERR_FILENO) else { return frame.forget() }
            _ = writeAll(frame.replace(with: lines, columns: columns), to: STDERR_FILENO)
        }
    }

    /// Erases the lines, so that the next output, for example a shell's prompt, begins on a clean line.
    func erase() { frame.withLock { erase(&$0) } }

    /// The same if the process is about to end at an arbitrary moment: it gives up drawing instead of waiting for
    /// another thread, or for a terminal that is held.
    func eraseAtOnce() { atOnce { erase(&$0) } }

    /// A message that never blocks: it is dropped if writing it would have to wait.
    func writeAtOnce(_ message: String) { atOnce { write(message, &$0) } }

    private func atOnce(_ body: (inout LiveFrame) -> Void) {
        var ready = pollfd(fd: STDERR_FILENO, events: Int16(POLLOUT), revents: 0)
        guard poll(&ready, 1, 0) == 1 else { return }
        _ = frame.withLockIfAvailable { body(&$0) }
    }

    private func erase(_ frame: inout LiveFrame) {
        guard !frame.isEmpty else { return }
        _ = writeAll(frame.erase(columns: Screen(STDERR_FILENO).columns), to: STDERR_FILENO)
    }

    func write(_ message: String) { frame.withLock { write(message, &$0) } }

    private func write(_ message: String, _ frame: inout LiveFrame) {
        // `LiveDisplay` draws the lines again at its next turn.
        erase(&frame)
        // If this fails, the failure cannot be reported.
        _ = writeAll(message, to: STDERR_FILENO)
    }

    /// After Ctrl-Z and `fg` the shell has written over the lines.
    static func watchContinuation() {
        wasContinued.store(false, ordering: .relaxed)
        handleSignal(SIGCONT) { _ in wasContinued.store(true, ordering: .relaxed) }
    }
}

/// Since the last drawing.
private let wasContinued = Atomic<Bool>(false)
