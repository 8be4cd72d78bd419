import FullrankModel
import FullrankRuns
import FullrankStatistics

/// Which trials count. All of a plan's, unless it asks for narrow intervals: then of each problem those below its
/// checkpoint, which moves on when they are all counted and an interval is still too wide.
///
/// The checkpoints follow from the plan and the trials' results alone: not from the order in which trials come, nor
/// from others that a journal holds (of a plan that asked for other half-widths, say).
struct CountedTrials {
    private let target: IntervalTarget?
    /// By problem: trials from here on do not count yet.
    private(set) var bounds: [Int]
    /// By problem: how often its bound has moved on.
    private(set) var rounds: [Int]
    /// Kept with a target only.
    private var counted: FinishedTrials
    /// Problems of which more trials than `bounds` say may be asked for.
    private var open = 0

    /// - Parameter share: of each problem; nil: all. A plan with a target has no shares.
    init(_ plan: SweepPlan, share: Range<Int>? = nil) {
        precondition(plan.target == nil || share == nil, "shards have fixed trials")
        target = plan.target
        let problems = plan.problems.count
        bounds = Array(repeating: share?.upperBound ?? plan.trials, count: problems)
        rounds = Array(repeating: 0, count: problems)
        counted = FinishedTrials(problems: problems, trials: plan.mostTrials)
        if plan.trials < plan.mostTrials { open = problems }
    }

    /// Delivers a trial if it counts and has not been delivered; moves its problem's bound on where that was the last
    /// one below it.
    ///
    /// - Parameter widest: of a problem, after all delivered so far.
    mutating func offer(_ trial: SweepTrial, _ deliver: (SweepTrial) -> Void, widest: (Int) -> WidestCell) {
        guard let target else { return deliver(trial) }
        let problem = trial.problem
        guard trial.trial < bounds[problem], counted.insert(problem: problem, trial: trial.trial) else { return }
        deliver(trial)
        guard counted.count(problem: problem) == bounds[problem], bounds[problem] < target.maxTrials else { return }
        if let next = target.nextCheckpoint(after: bounds[problem], widest: widest(problem)) {
            bounds[problem] = next
            rounds[problem] += 1
            if next == target.maxTrials { open -= 1 }
        } else {
            open -= 1
        }
    }

    /// Whether some of a problem's finished trials came before it was known that they count: they are to be offered
    /// again.
    func isBehind(_ finished: FinishedTrials, problem: Int) -> Bool {
        target != nil && counted.count(problem: problem) < finished.count(problem: problem, below: bounds[problem])
    }

    func isBehind(_ finished: FinishedTrials) -> Bool {
        target != nil && bounds.indices.contains { isBehind(finished, problem: $0) }
    }

    /// Whether more trials may be asked for than `bounds` say.
    var mayGrow: Bool { open > 0 }
}

/// How far a sweep is.
public struct TrialCount: Hashable, Sendable {
    /// Finished trials that count.
    public var done: Int
    /// Asked for so far.
    public var total: Int
    /// Whether results may ask for more.
    public var mayGrow: Bool

    package init(done: Int, total: Int, mayGrow: Bool) {
        self.done = done
        self.total = total
        self.mayGrow = mayGrow
    }
}

extension CountedTrials {
    func count(_ finished: FinishedTrials) -> TrialCount {
        TrialCount(
            done: bounds.indices.reduce(0) { $0 + finished.count(problem: $1, below: bounds[$1]) },
            total: bounds.reduce(0, +), mayGrow: mayGrow)
    }
}

/// What a folder's journal says of a sweep.
public struct SweepState: Sendable {
    public let count: TrialCount
    /// By problem, the trials left: those called for so far, and the most there may turn out to be.
    public let left: [(least: Int, most: Int)]

    init(_ plan: SweepPlan, share: Range<Int>?, _ counted: CountedTrials, _ finished: FinishedTrials) {
        var count = counted.count(finished)
        if let share { (count.done, count.total) = (finished.count, share.count * finished.problems) }
        self.count = count
        left = counted.bounds.enumerated().map { problem, bound in
            let done = finished.count(problem: problem, below: bound)
            let least = bound - (share?.lowerBound ?? 0) - done
            let rest = finished.count(problem: problem, below: plan.mostTrials)
            return (least, plan.target == nil || least == 0 ? least : plan.mostTrials - rest)
        }
    }
}

extension [SweepTally] {
    /// Counts a trial, in its problem's tally.
    public mutating func add(_ trial: SweepTrial) {
        switch trial.result {
        case .profile(let profile): self[trial.problem].add(profile)
        case .summaries(let summaries):
            let ranks = summaries.compactMap { $0?.rank }
            // A trial with a cell missing counts nowhere: the cells of a table then have the same trials.
            if ranks.count == summaries.count { self[trial.problem].add(ranks: ranks) }
        }
    }
}
