import FullrankBackends
import FullrankModel
import FullrankRuns

/// Runs the trials of a plan that its folder lacks.
public typealias DimensionRunner = TrialRunner<DimensionCalls>

extension TrialRunner where Calls == DimensionCalls {
    /// - Throws: what `DimensionPlan.problem` throws.
    public convenience init(plan: DimensionPlan, backend: any DimensionBackend) throws(DimensionError) {
        self.init(try DimensionCalls(plan, backend))
    }
}

/// A call ranks some draws of some architectures.
public struct DimensionCalls: TrialCalls {
    public let plan: DimensionPlan
    private let networks: any DimensionBackend
    private let ranking: DimensionRanking
    /// By architecture.
    private let problems: [DimensionProblem]
    private let costs: [TrialCost]
    public var backend: any RankBackend { networks }

    init(_ plan: DimensionPlan, _ backend: any DimensionBackend) throws(DimensionError) {
        var problems = [DimensionProblem]()
        for index in plan.architectures.indices { problems.append(try plan.problem(index)) }
        (self.plan, self.problems, networks) = (plan, problems, backend)
        ranking = DimensionRanking(plan: plan)
        // Small ones have costs of their own.
        costs = problems.map { TrialCost(work: plan.work($0) + 1e4, numbers: plan.numbers($0)) }
    }

    /// Half a second: a call keeps all threads busy.
    public func sizer(problem: Int) -> CallSizer { CallSizer(first: 2e7, least: 1e6, seconds: 0.5) }

    public func cost(problem: Int, trial: Int) -> TrialCost { costs[plan.architecture(ofTrial: trial)] }

    public func work(problem: Int, trials: Range<Int>) -> Double {
        trials.reduce(0) { $0 + costs[plan.architecture(ofTrial: $1)].work }
    }

    public func compute(
        _ trials: Range<Int>, problem: Int, _ meter: RunMeter
    ) throws(BackendError) -> [DimensionTrial] {
        let groups = groups(trials)
        return try ranking.trials(of: groups, problems: groups.map { problems[$0.architecture] }, on: networks)
            .sorted { $0.trial < $1.trial }
    }

    /// Trials by architecture, neighbouring draws together.
    private func groups(_ trials: Range<Int>) -> [DrawGroup] {
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

    public func words(_ trials: Range<Int>, problem: Int) -> String {
        let first = "\(plan.architectures[plan.architecture(ofTrial: trials.lowerBound)])"
        return trials.count > 1 ? "\(first) and the next \(trials.count - 1)" : first
    }
}
