import FullrankModel
import FullrankStatistics
import FullrankSweep

/// Which trials count, as `CountedTrials` has it for sweeps of full rank: all of a plan's or, where it asks for narrow
/// intervals, of each d0 those below its checkpoint, which moves on when they are all there and an interval is still too
/// wide. The checkpoints follow from the plan and the trials' results alone, whatever the order of the trials.
public struct CountedMinima {
    private let plan: MinimaPlan
    private let start: Int
    /// By problem: trials from here on do not count yet.
    public private(set) var bounds: [Int]
    private var tallies: [MinimaTally]
    /// With a target: trials that came before it was known that they count.
    private var waiting: [[Int: MinimaTrial]]
    private var done: [Int]
    /// Whether a problem's bound may still move.
    private var isOpen: [Bool]

    /// - Parameter share: trials of each problem. A plan with a target has no shares.
    public init(_ plan: MinimaPlan, share: Range<Int>) {
        self.plan = plan
        start = share.lowerBound
        let problems = plan.inputDimensions.indices
        bounds = problems.map { _ in plan.target == nil ? share.upperBound : plan.trials }
        tallies = plan.target == nil ? [] : problems.map { MinimaTally(plan: plan, problem: $0) }
        waiting = problems.map { _ in [:] }
        done = problems.map { _ in 0 }
        isOpen = problems.map { _ in plan.trials < plan.mostTrials }
    }

    /// Takes a trial, each once; delivers it, and those that waited, as soon as they count.
    public mutating func add(_ trial: MinimaTrial, _ deliver: (MinimaTrial) -> Void) {
        let problem = trial.problem
        guard let target = plan.target else {
            done[problem] += 1
            return deliver(trial)
        }
        guard trial.trial < bounds[problem] else {
            waiting[problem][trial.trial] = trial
            return
        }
        count(trial, deliver)
        while done[problem] == bounds[problem], isOpen[problem] {
            guard let next = target.nextCheckpoint(after: bounds[problem], widest: tallies[problem].widest) else {
                isOpen[problem] = false
                return
            }
            bounds[problem] = next
            isOpen[problem] = next < target.maxTrials
            for index in waiting[problem].keys.sorted() where index < next {
                if let trial = waiting[problem].removeValue(forKey: index) { count(trial, deliver) }
            }
        }
    }

    private mutating func count(_ trial: MinimaTrial, _ deliver: (MinimaTrial) -> Void) {
        done[trial.problem] += 1
        tallies[trial.problem].add(trial)
        deliver(trial)
    }

    /// Trials of a problem that wait: they are computed, and need not be again.
    public func isWaiting(problem: Int, trial: Int) -> Bool { waiting[problem][trial] != nil }

    public var count: TrialCount {
        TrialCount(
            done: done.reduce(0, +), total: bounds.reduce(0) { $0 + $1 - start }, mayGrow: isOpen.contains(true))
    }

    /// By problem, the trials left: those called for so far, and the most there may turn out to be.
    public var left: [(least: Int, most: Int)] {
        bounds.indices.map { problem in
            let least = bounds[problem] - start - done[problem]
            let most = isOpen[problem] ? plan.mostTrials - done[problem] - waiting[problem].count : least
            return (least, most)
        }
    }
}
