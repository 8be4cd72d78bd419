import FullrankPlatform
import FullrankReport
import Synchronization

/// Standard error as all threads share it: messages, and below them lines that are drawn over again in place. A
/// message takes these away, is written, and has them back below it. One for the process.
final class Console: Sendable {
    static let shared = Console()

    private let frame = Mutex(LiveFrame())
    private static let quiet = Atomic<Bool>(false)

    /// `--quiet`: errors alone are written. Set before the first message.
    static var isQuiet: Bool {
        get { quiet.load(ordering: .relaxed) }
        set { quiet.store(newValue, ordering: .relaxed) }
    }

    /// Draws lines in place of those that are there, in one write. Nothing while the process is in the background of a
    /// shell, whose terminal it then is.
    func draw(_ lines: [String], columns: Int) {
        guard !Self.isQuiet else { return }
        frame.withLock { frame in
            if wasContinued.exchange(false, ordering: .relaxed) { frame.forget() }
            guard !isInBackground(of: STDERR_FILENO) else { return frame.forget() }
            _ = writeAll(frame.replace(with: lines, columns: columns), to: STDERR_FILENO)
        }
    }

    /// Takes the lines away, so that what comes next, a shell's prompt say, finds a clean line.
    func erase() { frame.withLock { erase(&$0) } }

    /// The same where the process is about to end in the midst of anything: does without where that would have to wait,
    /// for another thread or for a terminal that is held.
    func eraseAtOnce() { atOnce { erase(&$0) } }

    /// A message that nothing waits for: dropped where it would have to.
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
        // Nobody is left to tell if this fails.
        _ = writeAll(message, to: STDERR_FILENO)
    }

    /// After Ctrl-Z and `fg` the shell has written where the lines were.
    static func watchContinuation() {
        wasContinued.store(false, ordering: .relaxed)
        handleSignal(SIGCONT) { _ in wasContinued.store(true, ordering: .relaxed) }
    }
}

/// Since the last drawing.
private let wasContinued = Atomic<Bool>(false)
