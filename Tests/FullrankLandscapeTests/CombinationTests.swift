import FullrankLandscape
import FullrankModel
import FullrankNumbers
import FullrankPlatform
import FullrankTestSupport
import Testing

/// Verdicts on drawn combinations of cells against the exact census, and against a closed form.
@Suite struct CombinationTests {
    private static func normal(_ count: Int, _ random: inout SeededGenerator) -> [Double] {
        (0..<count).map { _ in
            let radius = (-2 * log(Double.random(in: 0x1p-50..<1, using: &random))).squareRoot()
            return radius * cos(2 * Double.pi * Double.random(in: 0..<1, using: &random))
        }
    }

    /// A word of a cell for each unit of each draw.
    private static func words(_ points: [[Double]], units: Int, _ random: inout SeededGenerator) -> [UInt64] {
        (0..<units).map { _ in
            let weights = normal(points[0].count, &random)
            return points.enumerated().reduce(0) { word, point in
                let value = zip(point.element, weights).reduce(0) { $0 + $1.0 * $1.1 }
                return value > 0 ? word | 1 << UInt64(point.offset) : word
            }
        }
    }

    private static func text(_ word: UInt64, _ count: Int) -> String {
        String((0..<count).map { word >> UInt64($0) & 1 == 1 ? "1" as Character : "0" })
    }

    /// Of the Jacobian, by elimination in fractions.
    private static func rank(_ points: [[Double]], _ words: [UInt64]) -> Int {
        var rows = points.enumerated().map { place, point in
            words.flatMap { word in point.map { word >> UInt64(place) & 1 == 1 ? Fraction(exactly: $0) : .zero } }
        }
        var rank = 0
        for column in 0..<(words.count * points[0].count) {
            guard let pivot = rows.indices.dropFirst(rank).first(where: { !rows[$0][column].isZero }) else { continue }
            rows.swapAt(rank, pivot)
            for row in rows.indices.dropFirst(rank + 1) where !rows[row][column].isZero {
                let factor = rows[row][column] / rows[rank][column]
                for place in rows[row].indices { rows[row][place] -= factor * rows[rank][place] }
            }
            rank += 1
            if rank == rows.count { break }
        }
        return rank
    }

    private struct Tally {
        var screened = 0
        var minima = 0
        var none = 0
        var undecided = 0
        var bounded = 0
        var saddles = 0
    }

    /// - Parameter whole: data are small whole numbers, with duplicates, multiples and zeros; else of 20 bits.
    private static func compare(_ seed: Int, whole: Bool, frozen: Bool, _ tally: inout Tally) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        let width = Int.random(in: 2...3, using: &random), units = width == 3 ? 1 : 2, draws = 12
        let count = Int.random(in: 3...(width == 3 ? 6 : 5), using: &random)
        func number() -> Double {
            whole
                ? Double(Int.random(in: -2...2, using: &random)) : (normal(1, &random)[0] * 0x1p10).rounded() * 0x1p-10
        }
        let points = (0..<count).map { _ in (0..<width).map { !whole && $0 == width - 1 ? 1 : number() } }
        let labels = (0..<count).map { _ in number() }
        let signs = frozen ? (0..<units).map { $0 % 2 == 0 ? 1.0 : -1 } : nil
        let census = try LandscapeCensus(
            LandscapeProblem(
                points: points.map { $0.map { Fraction(exactly: $0) } }, labels: labels.map { Fraction(exactly: $0) },
                units: units, frozen: signs.map { $0.map { Fraction(exactly: $0) } }))
        let pieces = census.minima.filter { $0.boundaries == 0 }
        let cells = (0..<draws).map { _ in words(points, units: units, &random) }
        let batch = CombinationBatch(
            points: SampledPoints(points), labels: labels,
            pattern: ActivationPattern(units: units * draws, points: count, words: cells.flatMap { $0 }),
            stride: units, units: units, signs: signs)
        let screened = try batch.screen(0..<draws)
        for (draw, verdict) in screened.verdicts.enumerated() {
            let patterns = cells[draw].map { text($0, count) }
            let own = pieces.filter { frozen ? $0.patterns == patterns : $0.patterns.sorted() == patterns.sorted() }
            let rank = rank(points, cells[draw])
            let final = verdict.isOpen ? try batch.decided(verdict, draw: draw, rank: rank) : verdict
            let words: Comment = "seed \(seed), \(points), \(labels), \(patterns)"
            if verdict.minimum != .undecided {
                tally.screened += 1
                #expect(final.minimum == verdict.minimum)
            }
            switch final.minimum {
            case .feasible:
                tally.minima += 1
                #expect(!own.isEmpty, words)
                if let loss = own.first?.loss.double {
                    let squares = loss * Double(count)
                    #expect(final.low <= squares * (1 + 1e-12) + 1e-12, words)
                    // 0 says nothing.
                    #expect(final.low == 0 || final.low >= squares * (1 - 1e-5) - 1e-5, words)
                    if final.low > 0 { tally.bounded += 1 }
                }
            case .infeasible:
                tally.none += 1
                #expect(own.isEmpty, words)
            case .undecided: tally.undecided += 1
            }
            #expect(final.fullRank == (rank == count ? .feasible : .infeasible), words)
        }
        guard !frozen else { return }
        let saddles = try batch.saddles(0..<draws)
        tally.saddles += saddles.saddle
        if saddles.saddle > 0 { #expect(census.saddles.contains { !$0.isEmpty }) }
    }

    @Test(arguments: [false, true]) func agreesWithTheCensus(_ frozen: Bool) throws {
        var tally = Tally()
        for seed in 0..<24 { try Self.compare(300 + seed, whole: false, frozen: frozen, &tally) }
        #expect(tally.undecided == 0 && tally.screened > 150 && tally.bounded > 30, "\(tally)")
        #expect(tally.minima > 30 && tally.none > 30, "\(tally)")
        #expect(frozen || tally.saddles > 5, "\(tally)")
    }

    /// Of degenerate data some verdicts remain open; none is wrong.
    @Test(arguments: [false, true]) func agreesWithTheCensusOnDegenerateData(_ frozen: Bool) throws {
        var tally = Tally()
        for seed in 0..<24 { try Self.compare(900 + seed, whole: true, frozen: frozen, &tally) }
        #expect(tally.undecided < 100 && tally.minima > 30 && tally.none > 30, "\(tally)")
    }

    /// One unit on a line: given the active points, a cell holds its minimum with probability arccos(ρ)/π for normal
    /// labels, ρ being the correlation of the fitted line's values at the two points beside the kink.
    @Test(arguments: [2, 3, 4]) func oneUnitOnALine(_ first: Int) throws {
        var random = SeededGenerator(seed: 77)
        let inputs = Self.normal(7, &random).sorted(), points = inputs.map { [$0, 1] }
        var (a, b, c) = (0.0, 0.0, 0.0)
        for point in points[first...] { (a, b, c) = (a + point[0] * point[0], b + point[0], c + 1) }
        func covariance(_ x: Double, _ y: Double) -> Double { c * x * y - b * (x + y) + a }
        let (x, y) = (inputs[first - 1], inputs[first])
        let chance = acos(covariance(x, y) / (covariance(x, x) * covariance(y, y)).squareRoot()) / Double.pi
        let word = (first..<7).reduce(UInt64(0)) { $0 | 1 << UInt64($1) }
        let pattern = ActivationPattern(units: 1, points: 7, words: [word]), given = SampledPoints(points)
        let draws = 4000
        var found = 0
        for _ in 0..<draws {
            let batch = CombinationBatch(
                points: given, labels: Self.normal(7, &random), pattern: pattern, stride: 1, units: 1, signs: nil)
            let verdict = try batch.screen(0..<1).verdicts[0]
            #expect(verdict.minimum != .undecided && verdict.unique == .feasible)
            if verdict.minimum == .feasible { found += 1 }
        }
        let error = (chance * (1 - chance) / Double(draws)).squareRoot()
        #expect(abs(Double(found) / Double(draws) - chance) < 4 * error, "\(found) of \(draws), expected \(chance)")
    }
}
