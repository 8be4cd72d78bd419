import FullrankModel
import FullrankRuns
import FullrankStatistics

/// Which trials of a run count: those below their problem's bound (`TrialBounds`).
public struct CountedMinima: TrialSelection {
    private let plan: MinimaPlan
    private let start: Int
    private var limits: TrialBounds
    private var tallies: [MinimaTally]
    /// With a target: trials that came before it was known that they count.
    private var waiting: [[Int: MinimaTrial]]
    private var done: [Int]

    /// - Parameter share: trials of each problem. A plan with a target has no shares.
    init(_ plan: MinimaPlan, share: Range<Int>) {
        self.plan = plan
        start = share.lowerBound
        let problems = plan.inputDimensions.indices
        limits = TrialBounds(
            problems: problems.count, end: plan.target == nil ? share.upperBound : plan.trials, target: plan.target)
        tallies = plan.target == nil ? [] : problems.map { MinimaTally(plan: plan, problem: $0) }
        waiting = problems.map { _ in [:] }
        done = problems.map { _ in 0 }
    }

    public func bound(problem: Int) -> Int { limits.ends[problem] }

    public mutating func add(_ trial: MinimaTrial, _ deliver: (MinimaTrial) -> Void) {
        let problem = trial.problem
        guard plan.target != nil else {
            done[problem] += 1
            return deliver(trial)
        }
        guard trial.trial < limits.ends[problem] else {
            waiting[problem][trial.trial] = trial
            return
        }
        count(trial, deliver)
        while done[problem] == limits.ends[problem],
            limits.advance(problem: problem, widest: tallies[problem].widest)
        {
            for index in waiting[problem].keys.sorted() where index < limits.ends[problem] {
                if let trial = waiting[problem].removeValue(forKey: index) { count(trial, deliver) }
            }
        }
    }

    private mutating func count(_ trial: MinimaTrial, _ deliver: (MinimaTrial) -> Void) {
        done[trial.problem] += 1
        tallies[trial.problem].add(trial)
        deliver(trial)
    }

    public var count: TrialCount {
        TrialCount(
            done: done.reduce(0, +), total: limits.ends.reduce(0) { $0 + $1 - start }, mayGrow: limits.mayGrow)
    }

    public var left: [(least: Int, most: Int)] {
        limits.ends.indices.map { problem in
            let least = limits.ends[problem] - start - done[problem]
            let most = limits.isOpen[problem] ? plan.mostTrials - done[problem] - waiting[problem].count : least
            return (least, most)
        }
    }
}
