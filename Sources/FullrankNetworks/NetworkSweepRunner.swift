import FullrankBackends
import FullrankFiles
import FullrankModel
import FullrankRuns
import FullrankSweep
import Synchronization

/// Runs the trials of a plan that its folder lacks: calls of a backend → journal and consumer. Prints nothing.
///
/// `run` blocks its thread and is called once; `cancel` and `progress` may be called from any thread meanwhile.
public final class NetworkSweepRunner: Sendable {
    public let plan: NetworkSweepPlan
    private let data: DataSet?
    private let backend: any NetworkBackend
    private let stopping = Atomic<Bool>(false)

    private struct State {
        var trials = 0, total = 0, resumed = 0
        /// Trials of the running call, and how much of them the finished calls of its cells are.
        var asked = 0, done = 0.0, each = 0.0
        var start = ContinuousClock.now
    }
    private let state = Mutex(State())

    public struct Summary: Hashable, Sendable {
        public var isCompleted: Bool
        /// Computed by this run.
        public var trials: Int
        public var resumed: Int
        public var total: Int
        public var seconds: Double
    }

    /// Numbers of one call, at most: 128 MB.
    private static let mostNumbers = 1 << 24

    /// - Throws: `data` if the file's points are not the plan's.
    public init(plan: NetworkSweepPlan, data: DataSet? = nil, backend: any NetworkBackend) throws(SweepError) {
        self.plan = plan
        self.data = data
        self.backend = backend
        guard case .file(let path, let fingerprint) = plan.grid.inputs else { return }
        guard let data, data.fingerprint == fingerprint else {
            throw .data("\(path): holds other data than the plan's")
        }
    }

    /// Ends the run soon, with what is finished in the journal.
    public func cancel() {
        stopping.store(true, ordering: .sequentiallyConsistent)
        backend.cancel()
    }

    /// A `cancel` that fell between two calls is repeated here.
    public func progress() -> RunProgress {
        if stopping.load(ordering: .sequentiallyConsistent) { backend.cancel() }
        let call = backend.progress
        return state.withLock { state in
            let running = Double(state.asked) * min(1, state.done + state.each * call)
            return RunProgress(
                done: state.trials, total: state.total, seconds: (ContinuousClock.now - state.start).seconds,
                workShare: state.total > 0 ? (Double(state.trials) + running) / Double(state.total) : 1,
                resumed: state.resumed)
        }
    }

    /// Replays a folder's finished trials, then computes the others; `deliver` sees every trial once.
    ///
    /// - Parameter begin: told how many trials there are, and how many of them are done.
    public func run(
        in folder: NetworkSweepFolder, deliver: (NetworkSweepTrial) -> Void, begin: (_ total: Int, _ done: Int) -> Void
    ) throws(SweepError) -> Summary {
        var finished: FinishedTrials
        let journal: JournalWriter
        do throws(SweepFolderError) {
            (finished, journal) = try folder.resume(deliver)
        } catch {
            throw .folder(error)
        }
        let share = folder.record.share, total = share.count * plan.problems.count, resumed = finished.count
        folder.begin(trials: resumed)
        let start = ContinuousClock.now
        state.withLock { ($0.trials, $0.total, $0.resumed, $0.start) = (resumed, total, resumed, start) }
        begin(total, resumed)
        let lines = NetworkSweepLines(plan)
        var computed = 0
        for problem in plan.problems.indices {
            var size = backend.threads
            while let gap = finished.nextGap(problem: problem, from: share.lowerBound, to: share.upperBound) {
                if stopping.load(ordering: .sequentiallyConsistent) { break }
                let ceiling = max(1, Self.mostNumbers / plan.numbersPerTrial(plan.problems[problem]))
                let numbers = gap.lowerBound..<(gap.lowerBound + min(size, gap.count, ceiling))
                let begun = ContinuousClock.now
                guard let trials = try compute(numbers, problem) else { break }
                try keep(trials, lines, journal)
                for trial in trials {
                    finished.insert(problem: problem, trial: trial.trial)
                    deliver(trial)
                }
                computed += trials.count
                state.withLock { ($0.trials, $0.asked, $0.done) = ($0.trials + trials.count, 0, 0) }
                // About a third of a second's worth, for progress and prompt stopping; of slow trials four per thread, so
                // that threads seldom wait for the last one.
                let seconds = max((ContinuousClock.now - begun).seconds, 1e-6)
                size = max(4 * backend.threads, min(size * 16, Int(0.3 / seconds * Double(trials.count))))
            }
        }
        return Summary(
            isCompleted: computed + resumed == total, trials: computed, resumed: resumed, total: total,
            seconds: (ContinuousClock.now - start).seconds)
    }

    /// nil if it was cancelled.
    private func compute(_ numbers: Range<Int>, _ problem: Int) throws(SweepError) -> [NetworkSweepTrial]? {
        do throws(BackendError) {
            return try backend.trials(numbers, of: plan, index: problem, data: data) { done, all in
                state.withLock {
                    ($0.asked, $0.done, $0.each) = (numbers.count, Double(done) / Double(all), 1 / Double(all))
                }
            }
        } catch {
            guard error != .cancelled else { return nil }
            throw .backend(error, during: "d0 = \(plan.problems[problem].inputDimension), trials \(numbers)")
        }
    }

    private func keep(
        _ trials: [NetworkSweepTrial], _ lines: NetworkSweepLines, _ journal: JournalWriter
    ) throws(SweepError) {
        do throws(SweepFolderError) {
            try journal.append(lines.bytes(trials))
            try journal.flush()
        } catch {
            throw .folder(error)
        }
    }
}
