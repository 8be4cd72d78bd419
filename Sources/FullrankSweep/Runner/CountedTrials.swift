import FullrankModel
import FullrankRuns
import FullrankStatistics

/// Which trials of a sweep count: those below their problem's bound (`TrialBounds`).
struct CountedTrials {
    private let hasTarget: Bool
    private var limits: TrialBounds
    /// Kept with a target only.
    private var counted: FinishedTrials

    /// - Parameter share: of each problem; nil: all. A plan with a target has no shares.
    init(_ plan: SweepPlan, share: Range<Int>? = nil) {
        precondition(plan.target == nil || share == nil, "shards have fixed trials")
        hasTarget = plan.target != nil
        let problems = plan.problems.count
        limits = TrialBounds(problems: problems, end: share?.upperBound ?? plan.trials, target: plan.target)
        counted = FinishedTrials(problems: problems, trials: plan.mostTrials)
    }

    /// By problem: trials from here on do not count yet.
    var bounds: [Int] { limits.ends }
    /// By problem: how often its bound has moved on.
    var rounds: [Int] { limits.rounds }
    /// Whether more trials may be asked for than `bounds` say.
    var mayGrow: Bool { limits.mayGrow }

    /// Delivers a trial if it counts and has not been delivered; moves its problem's bound on if it was the last one
    /// below it.
    ///
    /// - Parameter widest: of a problem, after all delivered so far.
    mutating func offer(_ trial: SweepTrial, _ deliver: (SweepTrial) -> Void, widest: (Int) -> WidestCell) {
        guard hasTarget else { return deliver(trial) }
        let problem = trial.problem
        guard trial.trial < limits.ends[problem], counted.insert(problem: problem, trial: trial.trial) else { return }
        deliver(trial)
        if counted.count(problem: problem) == limits.ends[problem] {
            limits.advance(problem: problem, widest: widest(problem))
        }
    }

    /// Whether some of a problem's finished trials came before it was known that they count: they are to be offered
    /// again.
    func isBehind(_ finished: FinishedTrials, problem: Int) -> Bool {
        hasTarget && counted.count(problem: problem) < finished.count(problem: problem, below: limits.ends[problem])
    }

    func isBehind(_ finished: FinishedTrials) -> Bool {
        hasTarget && limits.ends.indices.contains { isBehind(finished, problem: $0) }
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
