import FullrankBackends
import FullrankFiles
import FullrankModel
import FullrankRuns
import FullrankSweep
import Synchronization

/// Runs the trials of a plan that its folder lacks: calls of a backend → journal and consumer. Prints nothing.
///
/// `run` blocks its thread and is called once; `cancel` and `progress` may be called from any thread meanwhile.
public final class DimensionRunner: Sendable {
    public let plan: DimensionPlan
    /// By architecture.
    public let problems: [DimensionProblem]
    private let ranking: DimensionRanking
    private let backend: any DimensionBackend
    private let work: [Double]
    private let stopping = Atomic<Bool>(false)

    /// Seconds that a call should take: progress and a signal wait no longer, and a call keeps all threads busy.
    private static let callSeconds = 0.5
    /// Numbers that are drawn for one call, 128 MB.
    private static let mostNumbers = 1 << 24

    public struct Progress: Hashable, Sendable {
        public var trials = 0
        public var total = 0
        public var resumed = 0
        /// Share of the work that is done.
        public var share = 0.0
        public var seconds = 0.0
    }
    private struct State {
        var progress = Progress()
        var start = ContinuousClock.now
        /// Multiply-adds: done, of the running call, and of all.
        var done = 0.0, asked = 0.0, all = 0.0
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

    /// - Throws: what `DimensionPlan.problem` throws.
    public init(plan: DimensionPlan, backend: any DimensionBackend) throws(DimensionError) {
        var problems = [DimensionProblem]()
        for index in plan.architectures.indices { problems.append(try plan.problem(index)) }
        (self.plan, self.problems, self.backend) = (plan, problems, backend)
        ranking = DimensionRanking(plan: plan)
        work = problems.map { plan.work($0) }
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
            progress.share = state.all > 0 ? (state.done + share * state.asked) / state.all : 1
            progress.seconds = (ContinuousClock.now - state.start).seconds
            return progress
        }
    }

    /// Replays a folder's finished trials, then computes the others; `deliver` sees every trial once.
    ///
    /// - Parameters:
    ///   - folder: nil: nothing is kept.
    ///   - begin: told how many trials there are, and how many of them are done.
    public func run(
        in folder: DimensionFolder?, deliver: (DimensionTrial) -> Void,
        begin: (_ total: Int, _ done: Int) -> Void = { _, _ in }
    ) throws(SweepError) -> Summary {
        let share = folder?.record.share ?? 0..<plan.allTrials
        var finished = FinishedTrials(problems: 1, trials: plan.allTrials), journal: JournalWriter?
        if let folder {
            do throws(SweepFolderError) { (finished, journal) = try folder.resume(deliver) } catch {
                throw .folder(error)
            }
        }
        let resumed = finished.count
        var missing = [Range<Int>](), next = share.lowerBound
        while let gap = finished.nextGap(problem: 0, from: next, to: share.upperBound) {
            missing.append(gap)
            next = gap.upperBound
        }
        state.withLock {
            $0.progress = Progress(trials: resumed, total: share.count, resumed: resumed)
            $0.start = .now
            for trial in missing.joined() { $0.all += work[plan.architecture(ofTrial: trial)] }
        }
        folder?.begin(trials: resumed)
        begin(share.count, resumed)
        let start = ContinuousClock.now
        let computed = try fill(Array(missing.joined()), journal, deliver)
        return Summary(
            isCompleted: resumed + computed == share.count, trials: computed, resumed: resumed, total: share.count,
            seconds: (ContinuousClock.now - start).seconds)
    }

    /// How many were computed: all, unless it was cancelled.
    private func fill(
        _ missing: [Int], _ journal: JournalWriter?, _ deliver: (DimensionTrial) -> Void
    ) throws(SweepError) -> Int {
        var place = 0, budget = 2e7
        while place < missing.count {
            if stopping.load(ordering: .sequentiallyConsistent) { return place }
            let chunk = chunk(of: missing[place...], work: budget)
            let size = chunk.reduce(0) { $0 + work[plan.architecture(ofTrial: $1)] }
            state.withLock { $0.asked = size }
            let start = ContinuousClock.now
            let trials: [DimensionTrial]
            do throws(BackendError) {
                let groups = groups(chunk)
                trials = try ranking.trials(of: groups, problems: groups.map { problems[$0.architecture] }, on: backend)
                    .sorted { $0.trial < $1.trial }
            } catch {
                guard error != .cancelled else { return place }
                throw .backend(error, during: words(chunk))
            }
            let seconds = max((ContinuousClock.now - start).seconds, 1e-6)
            do throws(SweepFolderError) { try journal?.append(trials, plan: plan) } catch { throw .folder(error) }
            trials.forEach(deliver)
            place += chunk.count
            state.withLock {
                ($0.done, $0.asked) = ($0.done + size, 0)
                $0.progress.trials += chunk.count
            }
            budget = max(1e6, size * min(16, Self.callSeconds / seconds))
        }
        do throws(SweepFolderError) { try journal?.flush() } catch { throw .folder(error) }
        return place
    }

    /// The first trials, at least one, whose work and numbers fit a call.
    private func chunk(of missing: ArraySlice<Int>, work budget: Double) -> ArraySlice<Int> {
        var size = 0.0, numbers = 0, count = 0
        for trial in missing {
            let architecture = plan.architecture(ofTrial: trial)
            // Small ones have costs of their own.
            size += work[architecture] + 1e4
            numbers += plan.numbers(problems[architecture])
            guard count == 0 || (size <= budget && numbers <= Self.mostNumbers) else { break }
            count += 1
        }
        return missing.prefix(count)
    }

    /// Trials by architecture, neighbouring draws together.
    private func groups(_ trials: ArraySlice<Int>) -> [DrawGroup] {
        let places = trials.map { (plan.architecture(ofTrial: $0), plan.draw(ofTrial: $0)) }.sorted(by: <)
        var groups = [DrawGroup]()
        for (architecture, draw) in places {
            if let last = groups.last, last.architecture == architecture, last.draws.upperBound == draw {
                groups[groups.count - 1].draws = last.draws.lowerBound..<(draw + 1)
            } else {
                groups.append(DrawGroup(architecture: architecture, draws: draw..<(draw + 1)))
            }
        }
        return groups
    }

    private func words(_ trials: ArraySlice<Int>) -> String {
        let first = trials.first.map { "\(plan.architectures[plan.architecture(ofTrial: $0)])" } ?? ""
        return trials.count > 1 ? "\(first) and the next \(trials.count - 1)" : first
    }
}
