import FullrankBackends
import FullrankModel

extension SpeedProbe {
    /// Of a call: what each trial or matrix that is under way takes, and results in their several forms.
    func memory(_ shape: ProbeShape, _ problem: SweepProblem, secondsPerTrial: Double) -> Double {
        // A longer trial always has a call of its own (BatchSizer).
        let trials =
            secondsPerTrial > BatchSizer.patience
            ? 1 : min(Double(plan.mostTrials), max(2, BatchSizer.target / max(secondsPerTrial, 1e-7)))
        let results = 3 * min(trials * Double(problem.resultBytes(plan.method)), Double(32 << 20))
        let points = Double(shape.points)
        guard backend.name == "cpu" else {
            // Proofs of column profiles keep the patterns of all units on the host, twice, in lists that double; of two
            // trials or more at a time.
            guard plan.findsColumnsOnly(problem) else { return results }
            let units = min(Double(shape.units), points / Double(problem.columnsPerUnit) + 32)
            return results + 4 * units * points / 8 * min(2, trials)
        }
        switch plan.method {
        case .exact where plan.isProvedByOrder(problem):
            return results + BufferSize.orderBytes(points: shape.points) * min(Double(threads), trials)
        case .exact:
            let samples = shape.hidden?.trialBytes(
                points: shape.points, inputDimension: shape.inputDimension, units: shape.units)
            let one = BufferSize.rankBytes(
                points: shape.points, columnsPerUnit: problem.columnsPerUnit,
                columnsOnly: plan.findsColumnsOnly(problem))
            return results + (one + (samples ?? 24 * points * Double(shape.inputDimension + 1)))
                * min(Double(threads), trials)
        case .svd:
            let largest =
                shape.cells.map {
                    8 * Double($0.points) * Double(shape.columns(units: $0.units, bias: problem.bias))
                }.max() ?? 0
            return results + largest * min(Double(threads), trials * Double(shape.cells.count))
        }
    }
}
