import FullrankBackends
import FullrankModel
import FullrankRuns

/// Runs the trials of a plan that its folder lacks.
public typealias NetworkSweepRunner = TrialRunner<NetworkSweepCalls>

extension TrialRunner where Calls == NetworkSweepCalls {
    /// - Throws: `data` if the file's points are not the plan's.
    public convenience init(
        plan: NetworkSweepPlan, data: DataSet? = nil, backend: any NetworkBackend
    ) throws(SweepError) {
        try plan.grid.inputs.check(data)
        self.init(NetworkSweepCalls(plan, data, backend))
    }
}

/// A call ranks all cells of some trials of one problem.
public struct NetworkSweepCalls: TrialCalls {
    public let plan: NetworkSweepPlan
    private let data: DataSet?
    private let networks: any NetworkBackend
    private let problems: [SweepProblem]
    /// By problem.
    private let costs: [TrialCost]
    public var backend: any RankBackend { networks }

    init(_ plan: NetworkSweepPlan, _ data: DataSet?, _ backend: any NetworkBackend) {
        (self.plan, self.data, networks, problems) = (plan, data, backend, plan.problems)
        costs = problems.map { TrialCost(numbers: plan.numbersPerTrial($0)) }
    }

    public func sizer(problem: Int) -> CallSizer {
        CallSizer(first: Double(backend.threads), least: Double(4 * backend.threads))
    }

    public func cost(problem: Int, trial: Int) -> TrialCost { costs[problem] }

    public func compute(
        _ trials: Range<Int>, problem: Int, _ meter: RunMeter
    ) throws(BackendError) -> [NetworkSweepTrial] {
        try networks.trials(trials, of: plan, index: problem, data: data) { done, all in
            meter.note(finished: Double(done) / Double(all), measured: 1 / Double(all))
        }
    }

    public func words(_ trials: Range<Int>, problem: Int) -> String {
        "d0 = \(problems[problem].inputDimension), trials \(trials)"
    }
}
