import FullrankModel
import Synchronization

/// How far a run is, and whether it is to end. For any thread.
public final class RunMeter: Sendable {
    private struct State {
        var count = TrialCount(done: 0, total: 0, mayGrow: false)
        var resumed = 0
        var start = ContinuousClock.now
        /// Work that is done, of all trials, and of the running call.
        var done = 0.0, all = 0.0, running = 0.0
        /// Share of the running call that is done, and share that the backend's progress measures.
        var finished = 0.0, measured = 1.0
    }
    private let state = Mutex(State())
    private let stopping = Atomic<Bool>(false)

    init() {}

    func stop() { stopping.store(true, ordering: .sequentiallyConsistent) }
    package var isStopping: Bool { stopping.load(ordering: .sequentiallyConsistent) }

    /// Of the running call, if it is made of several: the share that is done, and that of the one which the backend now
    /// computes.
    package func note(finished: Double, measured: Double) {
        state.withLock { ($0.finished, $0.measured) = (finished, measured) }
    }

    /// The run begins.
    func begin(_ count: TrialCount, done: Double, all: Double) {
        state.withLock { $0 = State(count: count, resumed: count.done, done: done, all: all) }
    }

    func beginCall(work: Double) {
        state.withLock { ($0.running, $0.finished, $0.measured) = (work, 0, 1) }
    }

    /// A call's trials are entered.
    func add(_ count: TrialCount, done: Double, all: Double) {
        state.withLock { ($0.count, $0.done, $0.all, $0.running) = (count, done, all, 0) }
    }

    func progress(ofCall share: Double) -> RunProgress {
        state.withLock { state in
            let work = state.done + state.running * min(1, state.finished + state.measured * share)
            return RunProgress(
                done: state.count.done, total: state.count.total, seconds: (ContinuousClock.now - state.start).seconds,
                workShare: state.all > 0 ? work / state.all : 1, resumed: state.resumed)
        }
    }
}

extension Duration {
    package var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
