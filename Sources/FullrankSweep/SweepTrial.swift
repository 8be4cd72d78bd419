import FullrankModel
import FullrankRuns

/// The result of one trial, from which every cell of its problem can be derived.
public enum TrialResult: Hashable, Sendable {
    /// Method `exact`: the profile of the largest n and d1.
    case profile(RankProfile)
    /// Method `svd`: one summary per cell of `points` × `units`, points-major; nil if the iteration did not converge,
    /// which never means rank 0.
    case summaries([SingularSummary?])
}

/// One finished trial of a sweep.
public struct SweepTrial: JournalTrial, Hashable {
    /// Index into `SweepPlan.problems`.
    public let problem: Int
    /// Counted from 0.
    public let trial: Int
    public let result: TrialResult

    public init(problem: Int, trial: Int, result: TrialResult) {
        self.problem = problem
        self.trial = trial
        self.result = result
    }
}
