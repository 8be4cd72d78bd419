import FullrankBackends
import FullrankModel
import FullrankTestSupport
import Testing

/// Dense matrices handed to a backend: profiles and singular values of planted ranks.
@Suite struct MatrixConformanceTests {
    /// A product of two random integer matrices: of that rank almost always, entries exact.
    private func planted(rank: Int, rows: Int, columns: Int, _ generator: inout SeededGenerator) -> [Double] {
        func factor(_ count: Int) -> [Double] {
            (0..<count).map { _ in Double((generator.below(2) * 2 - 1) * (generator.below(9) + 1)) }
        }
        let left = factor(rows * rank), right = factor(rank * columns)
        return (0..<(rows * columns)).map { (place: Int) -> Double in
            let row = place / columns, column = place % columns
            return (0..<rank).reduce(0) { (sum: Double, k: Int) -> Double in
                sum + left[row * rank + k] * right[k * columns + column]
            }
        }
    }

    @Test(arguments: presentBackends)
    func everyPlantedRankIsFound(choice: BackendChoice) throws {
        let backend = try choice.opened()
        let seed: UInt64 = 111
        var generator = SeededGenerator(seed: seed)
        for (rows, columns) in [(0, 0), (0, 4), (4, 0), (1, 1), (1, 9), (9, 1), (7, 7), (12, 20), (20, 12), (40, 33)] {
            let most = min(rows, columns)
            let batch = (0...most).map { planted(rank: $0, rows: rows, columns: columns, &generator) }
            let profiles = try backend.rankProfiles(
                ofMatrices: batch.flatMap { $0 }, batch: most + 1, rows: rows, columns: columns, prime: Prime.largest)
            let summaries = try backend.singularValues(
                ofMatrices: batch.flatMap { $0 }, batch: most + 1, rows: rows, columns: columns, precision: .float64)
            for rank in 0...most {
                let words: Comment = "seed \(seed): rank \(rank) of \(rows) × \(columns)"
                let expected = ReferenceElimination.profile(
                    batch[rank], rows: rows, columns: columns, prime: Prime.largest)
                #expect(try profiles[rank].value == expected, words)
                #expect(expected.rank == rank, words)
                #expect(try summaries[rank].value.rank == expected.rank, words)
            }
        }
    }

    @Test(arguments: presentBackends)
    func profilesOfAnyDoublesEqualTheReference(choice: BackendChoice) throws {
        let backend = try choice.opened()
        let seed: UInt64 = 112
        var random = RandomProblems(seed: seed)
        for round in 0..<200 {
            let rows = random.below(20), columns = random.below(20)
            let prime = [Prime.largest, 3, 4_194_319][random.below(3)]
            let batch = (0..<3).map { _ in random.data(points: rows, dimension: columns).values }
            let outcomes = try backend.rankProfiles(
                ofMatrices: batch.flatMap { $0 }, batch: 3, rows: rows, columns: columns, prime: prime)
            for (matrix, outcome) in zip(batch, outcomes) {
                #expect(
                    try outcome.value
                        == ReferenceElimination.profile(matrix, rows: rows, columns: columns, prime: prime),
                    "seed \(seed), round \(round), p = \(prime): \(rows) × \(columns) \(matrix)")
            }
        }
    }

    /// A number that is not finite spoils its own matrix only.
    @Test(arguments: presentBackends)
    func whatIsNotFiniteIsSaid(choice: BackendChoice) throws {
        let backend = try choice.opened()
        for wrong in [Double.nan, .infinity, -.infinity] {
            let batch: [Double] = [1, 2, 3, 4, 1, wrong, 3, 4, 1, 2, 2, 4]
            let profiles = try backend.rankProfiles(ofMatrices: batch, batch: 3, rows: 2, columns: 2, prime: 101)
            let summaries = try backend.singularValues(
                ofMatrices: batch, batch: 3, rows: 2, columns: 2, precision: .float64)
            guard case .notFinite = profiles[1], case .notFinite = summaries[1] else {
                return #expect(Bool(false), "\(wrong): \(profiles[1]), \(summaries[1])")
            }
            #expect(try profiles[0].value.rank == 2 && profiles[2].value.rank == 1)
            #expect(try summaries[0].value.rank == 2 && summaries[2].value.rank == 1)
        }
    }
}
