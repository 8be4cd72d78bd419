import FullrankBackends
import FullrankModel
import FullrankPlatform
import FullrankRuns

/// The cost of a sweep's trials on this machine, measured by running a few of them, or smaller ones, for about half
/// a second.
public struct SpeedProbe {
    /// The cost of one trial of a problem.
    public struct Cost: Hashable, Sendable {
        /// Wall time, with as many trials side by side as in the sweep; includes writing and counting.
        public var seconds: Double
        /// Bytes of the journal.
        public var bytes: Double
        /// Whether the trial itself was run; otherwise its cost is extrapolated from smaller trials.
        public var isMeasured: Bool
        /// The seconds may be more or less by this factor, beyond what a probe of sweeps is held to.
        public var spread = 1.0

        package init(seconds: Double, bytes: Double, isMeasured: Bool, spread: Double = 1) {
            (self.seconds, self.bytes, self.isMeasured, self.spread) = (seconds, bytes, isMeasured, spread)
        }
    }

    /// In the plan's order.
    public private(set) var costs: [Cost] = []
    /// Peak memory of the sweep in this process, in bytes; host memory if a GPU computes.
    public private(set) var memory = 0.0
    /// GPU memory of the largest trial, in bytes; nil on the CPU, and if it is not known.
    public private(set) var deviceMemory: Double?
    /// Seconds that the probe took.
    public private(set) var elapsed = 0.0

    let plan: SweepPlan
    let dataSet: DataSet?
    let backend: any RankBackend
    let threads: Int

    /// Seconds for all problems together; more problems than `mostProblems` are interpolated between.
    private static let budget = 0.5
    private static let mostProblems = 48
    /// The assumption before anything is measured: multiply-adds per second on a slow core.
    static let slowRate = 1e9

    /// Runs the probe.
    ///
    /// - Parameter threads: of the CPU, as the sweep will have them.
    public init(
        plan: SweepPlan, dataSet: DataSet? = nil, backend: any RankBackend, threads: Int
    ) throws(SweepError) {
        (self.plan, self.dataSet, self.backend, self.threads) = (plan, dataSet, backend, threads)
        let start = ContinuousClock.now
        let problems = plan.problems
        let probed = ProbedProblems(of: problems.count, atMost: Self.mostProblems)
        let chosen = probed.chosen
        // Threads and libraries start once, not in a measurement.
        let tiny = ProbeShape(problems[0], method: plan.method).scaled(1e-9, givenInputs: dataSet != nil)
        _ = try time(tiny, of: problems[0], trials: 0..<threads)
        let idle = peakMemory()

        var measured = [Measurement]()
        for (place, index) in chosen.enumerated() {
            let left = Self.budget - (ContinuousClock.now - start).seconds
            measured.append(try measure(problems[index], seconds: max(0, left) / Double(chosen.count - place)))
        }
        // Between measured problems the cost of a multiply-add changes evenly.
        for (index, problem) in problems.enumerated() {
            let (before, after, share) = probed.neighbours(of: index)
            if share == 0 {
                costs.append(measured[before].cost)
                continue
            }
            func between(_ value: (Measurement) -> Double) -> Double {
                value(measured[before]) * (1 - share) + value(measured[after]) * share
            }
            costs.append(
                Cost(
                    seconds: between { $0.cost.seconds / $0.work } * problem.work(plan.method),
                    bytes: between { $0.cost.bytes / Double($0.problem.resultBytes(plan.method)) }
                        * Double(problem.resultBytes(plan.method)),
                    isMeasured: false))
        }
        let cells = Double(problems.reduce(0) { $0 + $1.points.count * $1.units.count })
        memory = max(peakMemory(), idle + (measured.map(\.memory).max() ?? 0) + 4 * cells)
        if backend.name != "cpu" {
            deviceMemory = problems.compactMap {
                DeviceMemory.ofTrial(ProbeShape($0, method: plan.method), $0, plan)
            }.max()
        }
        elapsed = (ContinuousClock.now - start).seconds
    }

    struct Measurement {
        let problem: SweepProblem
        let work: Double
        var cost: Cost
        /// Bytes of the call that needs most.
        var memory: Double
    }
}
