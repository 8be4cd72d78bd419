import FullrankBackends
import FullrankModel
import FullrankTestSupport
import Testing

/// Deep networks on the CPU, which alone has them.
@Suite struct DeepNetworkTests {
    /// Of 400 networks of two to five hidden layers, every leading block of points.
    @Test func float64SingularValuesGiveTheExactRank() throws {
        var random = SeededGenerator(seed: 25)
        let backend = try BackendChoice.cpu.opened()
        var deficient = 0
        for network in 0..<400 {
            let points = Int.random(in: 1...14, using: &random)
            let hidden = (0..<Int.random(in: 1...4, using: &random)).map { _ in Int.random(in: 1...7, using: &random) }
            let problem = TrialProblem(
                seed: 25, points: points, inputDimension: Int.random(in: 1...4, using: &random),
                units: Int.random(in: 1...7, using: &random), bias: Bool.random(using: &random),
                inputs: .drawn(InputDistribution.allCases.randomElement(using: &random)!),
                network: .drawn(Initialization.allCases.randomElement(using: &random)!), hidden: hidden)
            let trial = UInt64(network)
            let profile = try backend.profiles(of: problem, trials: trial..<(trial + 1), prime: 8_388_593)[0]
            #expect(profile.columnsPerUnit == problem.columns)
            let cells = (1...points).map { Cell(points: $0, units: problem.units) }
            let values = try backend.singularValues(
                of: problem, cells: cells, trials: trial..<(trial + 1), precision: .float64)
            try #require(values.count == cells.count)
            for (cell, outcome) in zip(cells, values) {
                let exact = profile.pivotColumns[..<cell.points].count { $0 >= 0 }
                #expect(try outcome.value.rank == exact, "network \(network), \(problem), \(cell)")
                if exact < cell.points { deficient += 1 }
            }
        }
        #expect(deficient > 300, "\(deficient) blocks were deficient: too few to tell ranks apart")
    }

    /// Batches of trials are the trials one by one, in any precision; the Jacobian decides.
    @Test(arguments: Precision.allCases) func batchesAreSingleTrials(precision: Precision) throws {
        let problem = TrialProblem(seed: 3, points: 9, inputDimension: 2, units: 4, hidden: [5, 3])
        let backend = try BackendChoice.cpu.opened()
        let cells = [3, 9].map { Cell(points: $0, units: 4) }
        let batch = try backend.singularValues(of: problem, cells: cells, trials: 5..<12, precision: precision)
        for trial in 0..<7 {
            let jacobian = try backend.jacobian(of: problem, trial: UInt64(5 + trial))
            #expect(jacobian.count == 9 * problem.columns && problem.columns == 4 * 4 + 3 * 6 + 5 * 3)
            for (place, cell) in cells.enumerated() {
                let one = try backend.singularValues(
                    ofMatrices: Array(jacobian[..<(cell.points * problem.columns)]), batch: 1, rows: cell.points,
                    columns: problem.columns, precision: precision)[0].value
                #expect(try batch[2 * trial + place].value == one)
            }
        }
    }

    /// 8 · 10^5 · 10^5 bytes and more: said, not tried.
    @Test func aNetworkBeyondMemoryIsRefused() throws {
        let problem = TrialProblem(
            seed: 0, points: 1, inputDimension: 1, units: 1_000_000_000, hidden: [1_000_000_000, 2])
        let backend = try BackendChoice.cpu.opened()
        for call in [
            { _ = try backend.rankProfiles(of: problem, trials: 0..<1, prime: 8_388_593) },
            { _ = try backend.jacobian(of: problem, trial: 0) },
        ] as [() throws -> Void] {
            let error = #expect(throws: BackendError.self) { try call() }
            guard case .outOfMemory = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
        }
    }
}
