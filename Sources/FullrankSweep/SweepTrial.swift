import FullrankModel

/// What one trial gave: enough to derive every cell of its problem.
public enum TrialResult: Hashable, Sendable {
    /// Method `exact`: the profile of the largest n and d1.
    case profile(RankProfile)
    /// Method `svd`: a summary a cell of `points` × `units`, points-major; nil where the iteration did not converge,
    /// which is never rank 0.
    case summaries([SingularSummary?])
}

/// One finished trial of a sweep.
public struct SweepTrial: Hashable, Sendable {
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

/// Which trials of a sweep are done: a bit each, so that 10^5 trials of a thousand problems fit in 12 MB.
public struct FinishedTrials: Hashable, Sendable {
    public let problems: Int
    /// Trials of each problem.
    public let trials: Int
    /// How many are done, all problems together.
    public private(set) var count = 0
    private var words: [UInt64]
    private var counts: [Int]
    private var wordsPerProblem: Int { (trials + 63) / 64 }

    public init(problems: Int, trials: Int) {
        self.problems = problems
        self.trials = trials
        words = Array(repeating: 0, count: problems * ((trials + 63) / 64))
        counts = Array(repeating: 0, count: problems)
    }

    public init(of plan: SweepPlan) { self.init(problems: plan.problems.count, trials: plan.trials) }

    public func contains(problem: Int, trial: Int) -> Bool {
        words[problem * wordsPerProblem + trial / 64] >> UInt64(trial % 64) & 1 == 1
    }

    /// Marks a trial; false if it already was.
    @discardableResult
    public mutating func insert(problem: Int, trial: Int) -> Bool {
        precondition((0..<trials).contains(trial), "trials count from 0 to \(trials - 1)")
        guard !contains(problem: problem, trial: trial) else { return false }
        words[problem * wordsPerProblem + trial / 64] |= 1 << UInt64(trial % 64)
        counts[problem] += 1
        count += 1
        return true
    }

    /// How many trials of a problem are done.
    public func count(problem: Int) -> Int { counts[problem] }

    /// The first run of trials of a problem that are not done, at `start` or after; nil where all are.
    public func nextGap(problem: Int, from start: Int) -> Range<Int>? {
        guard let first = (start..<max(start, trials)).first(where: { !contains(problem: problem, trial: $0) }) else {
            return nil
        }
        let end = (first..<trials).first { contains(problem: problem, trial: $0) } ?? trials
        return first..<end
    }
}
