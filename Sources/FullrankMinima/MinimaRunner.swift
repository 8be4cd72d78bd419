import FullrankBackends
import FullrankFiles
import FullrankModel
import FullrankRuns
import FullrankSweep
import Synchronization

/// Runs the trials of a plan that its folder lacks: calls of a backend → journal and consumer. Prints nothing.
///
/// `run` blocks its thread and is called once; `cancel` and `progress` may be called from any thread meanwhile.
public final class MinimaRunner: Sendable {
    public let plan: MinimaPlan
    private let data: DataSet?
    private let backend: any MinimaBackend
    /// Trials that run side by side: a device takes the regions of many at a time.
    private let threads: Int
    private static let trialsOfDevice = 64
    private let stopping = Atomic<Bool>(false)

    public struct Progress: Hashable, Sendable {
        public var trials = 0
        public var total = 0
        public var resumed = 0
        /// Trials of the running call.
        public var running = 0.0
        public var seconds = 0.0
    }
    private struct State {
        var progress = Progress()
        var start = ContinuousClock.now
        /// Trials of the running call.
        var asked = 0
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

    /// - Parameter threads: that the backend uses.
    /// - Throws: `data` if the file's points are not the plan's.
    public init(plan: MinimaPlan, data: DataSet? = nil, backend: any MinimaBackend, threads: Int = 1) throws(SweepError)
    {
        self.threads = Self.sideBySide(threads: threads, on: backend)
        self.plan = plan
        self.data = data
        self.backend = backend
        guard case .file(let path, let fingerprint) = plan.inputs else { return }
        guard let data, data.fingerprint == fingerprint else {
            throw .data("\(path): holds other data than the plan's")
        }
    }

    /// Trials of a first call.
    static func sideBySide(threads: Int, on backend: any MinimaBackend) -> Int {
        max(1, threads, backend.name == "cuda" ? trialsOfDevice : 1)
    }

    /// Ends the run soon, with what is finished in the journal.
    public func cancel() {
        stopping.store(true, ordering: .sequentiallyConsistent)
        backend.cancel()
    }

    /// A `cancel` that fell between two calls is repeated here.
    public func progress() -> Progress {
        if stopping.load(ordering: .sequentiallyConsistent) { backend.cancel() }
        let share = backend.progress
        return state.withLock { state in
            var progress = state.progress
            progress.running = share * Double(state.asked)
            progress.seconds = (ContinuousClock.now - state.start).seconds
            return progress
        }
    }

    /// Replays a folder's finished trials, then computes the others; `deliver` sees every trial once.
    ///
    /// - Parameter begin: receives how many trials there are, and how many of them are done.
    public func run(
        in folder: MinimaFolder, deliver: (MinimaTrial) -> Void,
        begin: (_ total: Int, _ done: Int) -> Void = { _, _ in }
    ) throws(SweepError) -> Summary {
        let share = folder.record.share
        var counted = CountedMinima(plan, share: share)
        var missing = plan.inputDimensions.map { _ in Set(share.lowerBound..<max(share.upperBound, plan.mostTrials)) }
        if plan.target == nil { missing = plan.inputDimensions.map { _ in Set(share) } }
        let journal: JournalWriter
        do throws(SweepFolderError) {
            journal = try folder.resume {
                missing[$0.problem].remove($0.trial)
                counted.add($0, deliver)
            }.journal
        } catch {
            throw .folder(error)
        }
        let begun = counted.count
        state.withLock {
            $0.progress = Progress(trials: begun.done, total: begun.total, resumed: begun.done)
            $0.start = .now
        }
        folder.begin(trials: begun.done)
        begin(begun.total, begun.done)
        let start = ContinuousClock.now
        var computed = 0
        problems: for problem in plan.inputDimensions.indices {
            // With a target, again until no interval asks for more.
            while case let trials = missing[problem].filter({ $0 < counted.bounds[problem] }).sorted(), !trials.isEmpty
            {
                let isDone = try fill(problem, trials, journal, { counted.add($0, deliver) }, &computed)
                missing[problem].subtract(trials)
                guard isDone else { break problems }
                let total = counted.count.total
                state.withLock { $0.progress.total = total }
            }
        }
        let count = counted.count
        return Summary(
            isCompleted: count.done == count.total, trials: computed, resumed: begun.done, total: count.total,
            seconds: (ContinuousClock.now - start).seconds)
    }

    /// Returns false if the run was cancelled.
    private func fill(
        _ index: Int, _ missing: [Int], _ journal: JournalWriter, _ deliver: (MinimaTrial) -> Void,
        _ computed: inout Int
    ) throws(SweepError) -> Bool {
        let problem = plan.problem(inputDimension: plan.inputDimensions[index], data: data)
        var rest = missing[...]
        // Trials a call: one per thread to begin with, then about a third of a second's worth, for progress and prompt
        // stopping; of slow trials four per thread, so that threads seldom wait for the last one.
        var size = threads
        while let first = rest.first {
            if stopping.load(ordering: .sequentiallyConsistent) { return false }
            var count = 1
            while count < min(size, rest.count), rest[rest.startIndex + count] == first + count { count += 1 }
            state.withLock { $0.asked = count }
            defer { state.withLock { $0.asked = 0 } }
            let words = "d0 = \(problem.inputDimension), trials \(first)..<\(first + count)"
            let start = ContinuousClock.now
            let trials: [MinimaTrial]
            do throws(BackendError) {
                trials = try backend.trials(first..<first + count, of: problem, plan.query, index: index)
            } catch {
                guard error != .cancelled else { return false }
                throw .backend(error, during: words)
            }
            // A call takes a third of a second or longer: each one's trials are on disk before the next begins.
            do throws(SweepFolderError) {
                try journal.append(trials, plan: plan)
                try journal.flush()
            } catch {
                throw .folder(error)
            }
            trials.forEach(deliver)
            computed += count
            state.withLock { $0.progress.trials += count }
            rest = rest.dropFirst(count)
            let seconds = max((ContinuousClock.now - start).seconds, 1e-6)
            size = max(4 * threads, min(size * 16, Int(0.3 / seconds * Double(count))))
        }
        return true
    }
}

extension MinimaBackend {
    /// Trials of a problem with their regions, drawn here where the backend can't.
    ///
    /// - Parameter index: of the problem in its plan.
    func trials(
        _ numbers: Range<Int>, of problem: TrialProblem, _ query: MinimaQuery, index: Int
    ) throws(BackendError) -> [MinimaTrial] {
        let range = UInt64(numbers.lowerBound)..<UInt64(numbers.upperBound)
        let regions =
            problem.needsRegions(query)
            ? try problem.regions(query, trials: range, threads: threads, on: self) : []
        var trials = [MinimaTrial]()
        for (trial, outcome) in zip(numbers, try minima(of: problem, query, trials: range, regions: regions)) {
            guard case .computed(let answer) = outcome else { throw .internal("trial \(trial) was left out") }
            trials.append(MinimaTrial(problem: index, trial: trial, answer: answer))
        }
        return trials
    }
}
