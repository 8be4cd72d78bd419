import FullrankBackends
import FullrankModel
import Testing

/// On the published grid, float64 singular values give the exact rank in every cell; float32 does not (docs/mathematics.md, section 7).
@Suite struct MethodAgreementTests {
    /// Cells in which singular values give another rank than the pivots do: over, under, and all that were compared.
    private func disagreements(
        _ precision: Precision, trials: UInt64, on backend: any RankBackend
    ) throws -> (above: Int, below: Int, cells: Int) {
        let plan = PublishedFigure.fixedInput.plan(trials: Int(trials), seed: 0)
        var counts = (above: 0, below: 0, cells: 0)
        for problem in plan.problems {
            let trial = TrialProblem(
                seed: plan.seed, points: problem.largestPoints, inputDimension: problem.inputDimension,
                units: problem.largestUnits)
            let cells = problem.points.flatMap { points in problem.units.map { Cell(points: points, units: $0) } }
            let profiles = try backend.profiles(of: trial, trials: 0..<trials, prime: plan.prime)
            let values = try backend.singularValues(of: trial, cells: cells, trials: 0..<trials, precision: precision)
            try #require(values.count == cells.count * profiles.count)
            for (place, outcome) in values.enumerated() {
                let cell = cells[place % cells.count]
                let exact = profiles[place / cells.count].rank(points: cell.points, units: cell.units)
                let value = try outcome.value
                if value.rank > exact { counts.above += 1 } else if value.rank < exact { counts.below += 1 }
                if precision == .float64, value.rank != exact {
                    let trial = place / cells.count
                    Issue.record("d0 = \(problem.inputDimension), trial \(trial), \(cell): \(value), exact \(exact)")
                }
                counts.cells += 1
            }
        }
        return counts
    }

    @Test(arguments: presentBackends)
    func float64AgreesEverywhere(choice: BackendChoice) throws {
        let counts = try disagreements(.float64, trials: 20, on: choice.opened())
        #expect(counts.cells == 8_000 && counts.above == 0 && counts.below == 0, "\(counts)")
    }

    @Test(arguments: presentBackends)
    func float32DoesNot(choice: BackendChoice) throws {
        let counts = try disagreements(.float32, trials: 5, on: choice.opened())
        // Both ways: small singular values vanish, and rounding the inputs breaks dependencies.
        #expect(counts.cells == 2_000 && counts.below > 100, "\(counts)")
    }
}
