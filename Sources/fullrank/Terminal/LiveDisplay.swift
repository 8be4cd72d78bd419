import FullrankModel
import FullrankPlatform
import FullrankReport
import Synchronization

/// The progress of a run on standard error: a line, drawn ten times a second, and above it the partly filled diagram,
/// drawn at most four times a second. If standard error is not a terminal, nothing is drawn. If `TERM` is dumb or the
/// diagram does not fit, only the line is drawn.
final class LiveDisplay: Sendable {
    private struct State {
        var isFinished = false
        var lastDrawn: ContinuousClock.Instant?
        var panels: [PhaseDiagram.Panel] = []
        var current = 0
        /// Of the diagram, for a terminal of that size; nil: to be made.
        var lines: [String]?
        var size: TerminalFormat?
        /// No diagram is asked for before.
        var nextDiagram: ContinuousClock.Instant
    }

    private let screen = Screen(STDERR_FILENO)
    private let showsDiagram: Bool
    private let quantity: String
    private let state: Mutex<State>

    /// A diagram is made so often, and no more than one part in so many of the time goes into making it.
    private static let interval = Duration.milliseconds(250), share = 200

    /// - Parameter quantity: what the diagram's cells show; nil if there will be none.
    init(diagram quantity: String?) {
        self.quantity = quantity ?? ""
        showsDiagram = quantity != nil && screen.isTerminal && screen.canMove
        state = Mutex(State(nextDiagram: .now + Self.interval))
        if screen.isTerminal { Console.watchContinuation() }
    }

    /// Calls `progress` ten times a second on a thread of its own until `finish`.
    func follow(_ progress: @escaping @Sendable () -> RunProgress) -> Task<Void, Never> {
        Task.detached {
            while !Task.isCancelled {
                try? await Task.sleep(for: .milliseconds(100))
                let progress = progress()
                if !Task.isCancelled { self.update(progress) }
            }
        }
    }

    /// May be called from any thread.
    func update(_ progress: RunProgress) {
        guard screen.isTerminal else { return }
        let now = ContinuousClock.now
        state.withLock { state in
            guard !state.isFinished else { return }
            if let last = state.lastDrawn, now - last < .milliseconds(90) { return }
            state.lastDrawn = now
            let format = screen.format(rows: 24)
            if state.lines == nil || state.size != format {
                state.size = format
                state.lines = LiveDiagram.lines(state.panels, current: state.current, quantity: quantity, format)
            }
            // Lines that are short enough are not wrapped when the terminal becomes narrower.
            let line = progress.line(width: min(format.columns, 80) - 1)
            Console.shared.draw((state.lines ?? []) + [line], columns: format.columns)
        }
    }

    /// Replaces the diagram if it is time for a new one; `panels` is only called then.
    ///
    /// - Parameter current: the one being computed.
    func offer(current: Int, _ panels: () -> [PhaseDiagram.Panel]) {
        guard showsDiagram else { return }
        let begun = ContinuousClock.now
        guard state.withLock({ !$0.isFinished && $0.nextDiagram <= begun }) else { return }
        let panels = panels()
        let now = ContinuousClock.now
        state.withLock { state in
            (state.panels, state.current, state.lines) = (panels, current, nil)
            state.nextDiagram = now + max(Self.interval, (now - begun) * Self.share)
        }
    }

    /// Takes all of it away; nothing is drawn after.
    func finish() {
        state.withLock { state in
            guard !state.isFinished else { return }
            state.isFinished = true
            Console.shared.erase()
        }
    }
}
