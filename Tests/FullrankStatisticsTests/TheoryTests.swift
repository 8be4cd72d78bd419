import FullrankStatistics
import Testing

@Suite struct TheoryTests {
    /// Values worked out from the theorems by hand.
    @Test(
        arguments: [
            (WidthBound.parameterCount, 1, true, nil, 10), (.randomPatterns, 1, true, nil, 10),
            (.randomPatterns, 50, false, nil, 1.3862943611198906), (.stepPatterns, 1, true, nil, 211.93),
            (.globalMinima, 1, true, nil, 479.32), (.anticoncentration, 2, false, 0.5, 139.86),
        ] as [(WidthBound, Int, Bool, Double?, Double)])
    func widthsOfTheTheorems(bound: WidthBound, d0: Int, bias: Bool, gamma: Double?, expected: Double) throws {
        let width = try #require(
            bound.width(points: 20, inputDimension: d0, bias: bias, epsilon: 0.1, gamma: gamma))
        #expect(abs(width - expected) < 0.006, "\(width)")
    }

    @Test func boundsForOneInputSayNothingElsewhere() {
        for bound in [WidthBound.stepPatterns, .globalMinima] {
            #expect(bound.width(points: 9, inputDimension: 2, bias: true, epsilon: 0.1) == nil)
            #expect(bound.width(points: 9, inputDimension: 1, bias: false, epsilon: 0.1) == nil)
        }
        #expect(WidthBound.anticoncentration.width(points: 9, inputDimension: 2, bias: true, epsilon: 0.1) == nil)
    }

    @Test(arguments: [(3, 2, 6), (4, 3, 14), (6, 3, 32), (5, 5, 32), (5, 9, 32), (1, 1, 2)])
    func regions(n: Int, k: Int, count: Int) {
        let log = RegionCount.log2OfUnit(points: n, columnsPerUnit: k)
        #expect(abs(log - [2: 1, 6: 2.584962500721156, 14: 3.807354922057604, 32: 5][count, default: .nan]) < 1e-12)
    }

    /// Regions of full rank among all (2n)^d1, counted one by one.
    @Test(arguments: [(1, 1), (1, 3), (2, 2), (3, 2), (3, 3), (4, 3), (4, 4), (5, 4), (6, 3), (7, 3)])
    func stepPatternsAgainstEnumeration(n: Int, d1: Int) {
        let rows = (1...n).flatMap { m in [(1...n).map { $0 < m }, (1...n).map { $0 >= m }] }
        var fullRank = 0, patternRank = 0, all = 0
        func visit(_ chosen: [[Bool]]) {
            if chosen.count < d1 {
                for row in rows { visit(chosen + [row]) }
                return
            }
            all += 1
            // Unlike points, in no arithmetic progression.
            let jacobian = (0..<n).map { (j: Int) -> [Int] in
                let input = j * j * j + 2 * j
                return chosen.flatMap { $0[j] ? [input, 1] : [0, 0] }
            }
            if rank(jacobian) == n { fullRank += 1 }
            if rank((0..<n).map { j in chosen.map { $0[j] ? 1 : 0 } }) == n { patternRank += 1 }
        }
        visit([])
        var patterns = StepPatterns(points: n)
        for _ in 0..<d1 { patterns.addUnit() }
        #expect(abs(patterns.fullRank - Double(fullRank) / Double(all)) < 1e-12, "\(fullRank) of \(all)")
        #expect(abs(patterns.patternRank - Double(patternRank) / Double(all)) < 1e-12, "\(patternRank) of \(all)")
        if n == 3, d1 == 2 { #expect(fullRank == 14 && all == 36) }
        if n == 3, d1 == 3 { #expect(fullRank == 144 && patternRank * 9 == 2 * all) }
    }

    private func rank(_ matrix: [[Int]]) -> Int {
        let p = 1_000_003
        var rows = matrix, rank = 0
        for column in 0..<(matrix.first?.count ?? 0) {
            guard let pivot = (rank..<rows.count).first(where: { rows[$0][column] % p != 0 }) else { continue }
            rows.swapAt(rank, pivot)
            for row in (rank + 1)..<max(rows.count, rank + 1) where rows[row][column] != 0 {
                // Cross-multiplication needs no inverse.
                let (a, b) = (rows[rank][column], rows[row][column])
                for c in column..<rows[row].count {
                    rows[row][c] = ((rows[row][c] * a - rows[rank][c] * b) % p + p) % p
                }
            }
            rank += 1
            if rank == rows.count { break }
        }
        return rank
    }

    /// Theorem 10's width is enough, and the exact one far below it.
    @Test(arguments: [2, 5, 20, 100, 401])
    func theoremTenHoldsForTheExactChance(n: Int) throws {
        let bound = try #require(WidthBound.stepPatterns.width(points: n, inputDimension: 1, bias: true, epsilon: 0.1))
        let exact = StepPatterns.widths(points: n, levels: [0.9], of: \.patternRank)[0]
        let full = StepPatterns.widths(points: n, levels: [0.9], of: \.fullRank)[0]
        #expect(Double(exact) <= bound && full <= exact)
    }

    /// Against the share of 20,000 directions that tell the two points apart.
    @Test func separationIsAnAngle() {
        let gammas = Separation.gammas(inputs: [0, 3, 0.5], points: 3, inputDimension: 1, bias: true)
        // arctan 3, arctan ½: angles from the bias axis.
        let expected = [0.5, 1.2490457723982544 / Double.pi, 0.4636476090008061 / Double.pi]
        #expect(zip(gammas, expected).allSatisfy { abs($0 - $1) < 1e-15 })
        let near = Separation.gammas(inputs: [1, 1 + 1e-9], points: 2, inputDimension: 1, bias: true)[1]
        #expect(abs(near * Double.pi / 5e-10 - 1) < 1e-6, "small angles keep their digits")
        #expect(Separation.gammas(inputs: [1, 2, 2, 4], points: 2, inputDimension: 2, bias: false)[1] < 1e-16)
    }

    @Test func summaryHoldsWhatApplies() {
        let one = TheorySummary(points: 20, inputDimension: 1, bias: true, epsilon: 0.1)
        #expect(
            one.entries.map(\.name) == [
                "count", "theorem-5", "theorem-10", "theorem-12", "steps-0.05", "steps-0.5", "steps-0.95",
                "steps-pattern-rank",
            ])
        let small = TheorySummary(points: 2, inputDimension: 3, bias: true, epsilon: 0.19, gamma: 0.25)
        #expect(small.entries.map(\.name) == ["count", "theorem-5", "anticoncentration", "inactive-points"])
        // (1 - 2^-d1)^2 = 0.81 at 2^-d1 = 0.1.
        #expect(abs((small.entries.last?.width ?? 0) - 3.321928094887362) < 1e-12)
    }
}
