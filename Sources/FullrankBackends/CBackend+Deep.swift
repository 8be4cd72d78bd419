import FullrankKernels
import FullrankModel

// Deep networks: a trial's ranks and Jacobian for all layers at once.
extension CBackend {
    func deepRankProfiles(
        of problem: TrialProblem, trials: Range<UInt64>, prime: UInt32
    ) throws(BackendError) -> [Outcome<RankProfile>] {
        let profiles = try require(functions.deep_rank_profiles, "deep networks; --backend cpu has them")
        try checkMemory(of: problem, trials: trials.count)
        // No unit's columns are a narrower network's: the whole Jacobian counts as one unit.
        var batch = try PivotBatch(items: trials.count, rows: problem.points, columnsPerUnit: problem.columns)
        let widths = problem.hidden.map(Int64.init)
        try problem.withArguments { arguments throws(BackendError) in
            try call {
                profiles(
                    $0, arguments, widths, Int64(widths.count), prime, trials.lowerBound, Int64(trials.count),
                    &batch.pivots, &batch.outcomes)
            }
        }
        return try batch.answers(from: name)
    }

    /// Checks the memory for as many trials as run side by side, each with its known least size. A network that cannot
    /// fit is then refused, instead of the process being killed by the system.
    private func checkMemory(of problem: TrialProblem, trials: Int) throws(BackendError) {
        let one = HiddenLayers(problem.hidden)
            .trialBytes(points: problem.points, inputDimension: problem.inputDimension, units: problem.units)
        let bytes = one * Double(min(trials, Processors.available))
        guard AvailableMemory.holds(bytes) else {
            throw .outOfMemory("\(name): networks take \(AvailableMemory.shortage(bytes))")
        }
    }

    /// One after the other, n × P each, and whether no number overflowed.
    private func deepJacobians(
        of problem: TrialProblem, trials: Range<UInt64>
    ) throws(BackendError) -> (numbers: [Double], isFinite: [Bool]) {
        let jacobians = try require(functions.deep_jacobians, "deep networks; --backend cpu has them")
        try checkMemory(of: problem, trials: trials.count)
        let count = try BufferSize.count([trials.count, problem.points, problem.columns], stride: 8, of: "Jacobian")
        var numbers = [Double](repeating: 0, count: count)
        var outcomes = [fr_outcome](repeating: FR_NOT_COMPUTED, count: trials.count)
        let widths = problem.hidden.map(Int64.init)
        try problem.withArguments { arguments throws(BackendError) in
            try call {
                jacobians(
                    $0, arguments, widths, Int64(widths.count), trials.lowerBound, Int64(trials.count), &numbers,
                    &outcomes)
            }
        }
        for (trial, outcome) in zip(trials, outcomes) where outcome != FR_COMPUTED && outcome != FR_NOT_FINITE {
            throw .internal("\(name): trial \(trial)'s Jacobian was not computed (outcome \(outcome.rawValue))")
        }
        return (numbers, outcomes.map { $0 == FR_COMPUTED })
    }

    /// nil: a number overflowed.
    func deepJacobian(of problem: TrialProblem, trial: UInt64) throws(BackendError) -> [Double]? {
        let (numbers, isFinite) = try deepJacobians(of: problem, trials: trial..<(trial + 1))
        return isFinite[0] ? numbers : nil
    }

    /// A cell is its first points, all units.
    func deepSingularValues(
        of problem: TrialProblem, cells: [Cell], trials: Range<UInt64>, precision: Precision
    ) throws(BackendError) -> [Outcome<SingularSummary>] {
        let columns = problem.columns
        let count = try BufferSize.count([problem.points, columns], stride: 8, of: "Jacobian")
        // Small Jacobians are computed in groups of as many as there are threads.
        let atOnce = max(1, min(Processors.available, AvailableMemory.bytes / 8 / max(8 * count, 1)))
        var outcomes = [Outcome<SingularSummary>]()
        outcomes.reserveCapacity(trials.count * cells.count)
        for start in stride(from: trials.lowerBound, to: trials.upperBound, by: atOnce) {
            let part = start..<min(start + UInt64(atOnce), trials.upperBound)
            let (numbers, isFinite) = try deepJacobians(of: problem, trials: part)
            let finite = isFinite.indices.filter { isFinite[$0] }
            var byCell = [[Outcome<SingularSummary>]]()
            for cell in cells {
                // The whole is not copied: it may be most of the memory.
                let isWhole = cell.points == problem.points && finite.count == part.count
                let rows =
                    isWhole ? numbers : finite.flatMap { numbers[($0 * count)..<($0 * count + cell.points * columns)] }
                byCell.append(
                    try singularValues(
                        ofMatrices: rows, batch: finite.count, rows: cell.points, columns: columns, precision: precision
                    ))
            }
            var place = 0
            for isFinite in isFinite {
                outcomes += isFinite ? byCell.map { $0[place] } : cells.map { _ in .notFinite }
                if isFinite { place += 1 }
            }
        }
        return outcomes
    }
}
