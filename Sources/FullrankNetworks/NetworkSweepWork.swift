import FullrankBackends
import FullrankModel
import FullrankPlatform
import FullrankRuns
import FullrankSweep

extension NetworkSweepPlan {
    /// Doubles that a trial's points and parameters take.
    func numbersPerTrial(_ problem: SweepProblem) -> Int {
        let drawn = if case .file = grid.inputs { 0 } else { problem.largestPoints * problem.inputDimension }
        return shape(of: problem, units: problem.largestUnits).parameterCount + drawn
    }

    /// Bytes that one trial takes at least: its numbers twice, the elimination's m²/4 doubles, and the passes. A double:
    /// there is no overflow.
    public func trialBytes(_ problem: SweepProblem) -> Double {
        let shape = shape(of: problem, units: problem.largestUnits)
        let rows = Double(problem.largestPoints) * Double(outputs)
        let parameters = Double(columns(of: problem, units: problem.largestUnits)), m = min(rows, parameters)
        let widths = shape.widths.reduce(0.0) { $0 + Double($1) }
        return 16 * Double(numbersPerTrial(problem)) + 2 * m * m + 16 * min(rows, parameters < rows ? 512 : rows)
            * widths
    }

    /// Multiply-adds of a trial's elimination: r² (M − 2r/3) for r of M columns. With more rows than parameters most of
    /// the rows are skipped (docs/networks.md, section 3).
    public func multiplyAdds(_ problem: SweepProblem) -> Double {
        let parameters = Double(columns(of: problem, units: problem.largestUnits))
        let rows = Double(problem.largestPoints) * Double(outputs), r = min(rows, parameters)
        return r * r * (min(max(rows, parameters), 2 * parameters) - 2 * r / 3) * Double(grid.primeCount)
    }
}

/// What a plan's trials cost here, measured by running some of them, or smaller ones of the same kind. Writes nothing.
public struct NetworkSweepProbe {
    /// In the plan's order.
    public private(set) var costs: [SpeedProbe.Cost] = []
    /// Peak memory, in bytes.
    public private(set) var memory = 0.0
    /// What the probe took.
    public private(set) var elapsed = 0.0

    /// Seconds for all problems together; more problems than `mostProblems` are interpolated between.
    private static let budget = 0.5
    private static let mostProblems = 12

    /// - Throws: what the run's own first calls would throw.
    public init(
        plan: NetworkSweepPlan, data: DataSet?, backend: any NetworkBackend
    ) throws(SweepError) {
        let start = ContinuousClock.now, problems = plan.problems
        let probed = ProbedProblems(of: problems.count, atMost: Self.mostProblems)
        costs = try probed.costs(seconds: Self.budget, since: start) { (index, seconds) throws(SweepError) in
            try Self.measure(plan, index, data, backend, seconds: seconds)
        }
        let largest = problems.map { plan.trialBytes($0) }.max() ?? 0
        memory = peakMemory() + largest * Double(backend.threads)
        elapsed = (ContinuousClock.now - start).seconds
    }

    /// From small trials to large ones, as far as the next one is likely to be short.
    private static func measure(
        _ plan: NetworkSweepPlan, _ index: Int, _ data: DataSet?, _ backend: any NetworkBackend, seconds: Double
    ) throws(SweepError) -> SpeedProbe.Cost {
        let problem = plan.problems[index], width = max(1, min(backend.threads, plan.grid.trials))
        var left = seconds, factor = min(1, 4 / Double(max(problem.largestPoints, problem.largestUnits)))
        while true {
            var part = plan
            part.grid.points = scaled(plan.grid.points, factor)
            part.grid.units = scaled(plan.grid.units, factor)
            part.usedInputs = nil
            // A ratio's problems have an n each: the one of this place, or the last.
            let place = min(index, part.problems.count - 1)
            let begun = ContinuousClock.now
            let trials: [NetworkSweepTrial]
            do throws(BackendError) {
                trials = try backend.trials(0..<width, of: part, index: place, data: data)
            } catch {
                throw .backend(error, during: "probing d0 = \(problem.inputDimension)")
            }
            let took = (ContinuousClock.now - begun).seconds
            left -= took
            let growth = plan.multiplyAdds(problem) / max(1, part.multiplyAdds(part.problems[place]))
            // Work grows at most with the cube of n and d1.
            let next = min(1, factor * min(2, pow(left * 0.6 / max(took, 1e-7), 1.0 / 3)))
            guard factor < 1, left > 0, next > factor * 1.2 else {
                let digits = Double(String(plan.bounds(of: problem).max() ?? 0).utf8.count)
                let line = 100 + Double(trials[0].ranks.count) * (digits + 1)
                return SpeedProbe.Cost(
                    seconds: took / Double(width) * max(1, growth), bytes: line, isMeasured: factor == 1,
                    spread: factor == 1 ? 1.5 : 1.5 * pow(growth, 0.15))
            }
            factor = next
        }
    }

    private static func scaled(_ list: [Int], _ factor: Double) -> [Int] {
        Set(list.map { max(1, Int((Double($0) * factor).rounded(.up))) }).sorted()
    }
}
