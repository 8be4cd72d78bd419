import FullrankModel
import FullrankStatistics
import FullrankTestSupport
import Testing

/// What only large sweeps meet: counters that outgrow their words, both forms of the widths' counts, thinned figures.
@Suite struct LargeSweepTests {
    /// 100 000 trials with all pivots in one cell: more than 16 bits hold, and more than 32 for the ranks' sum.
    @Test func countersDoNotOverflow() {
        let problem = SweepProblem(ratio: nil, inputDimension: 1, points: [3, 4], units: [2, 9], bias: true)
        var tally = SweepTally(problem: problem)
        for _ in 0..<100_000 { tally.add(RankProfile(pivotColumns: [0, 1, 2, 9], columnsPerUnit: 2)) }
        #expect(tally.cells.map(\.fullRank) == [100_000, 100_000, 0, 100_000])
        #expect(tally.cells.map(\.meanRank) == [3, 3, 3, 4])
        var doubled = tally
        doubled.merge(tally)
        #expect(doubled.cells.map(\.fullRank) == [200_000, 200_000, 0, 200_000])
        #expect(doubled.widths.map(\.q50) == [2, 5] && doubled.widths.map(\.reached) == [200_000, 200_000])

        let wide = SweepProblem(ratio: nil, inputDimension: 1, points: [1 << 31], units: [1], bias: true)
        var grid = SweepTally(problem: wide)
        for rank in [1 << 31, 1 << 31, 1 << 31, 5] { grid.add(ranks: [rank]) }
        #expect(grid.cells[0].meanRank == Double(3 << 31 + 5) / 4 && grid.cells[0].fullRank == 3)
        grid.merge(grid)
        #expect(grid.cells[0].meanRank == Double(3 << 31 + 5) / 4 && grid.cells[0].fullRank == 6)
    }

    /// Few widths far apart are counted in another way than many close together: the same answers, and those of the
    /// obvious count. Enough trials that the list of changes is sorted in several times.
    @Test(arguments: 1...6 as ClosedRange<UInt64>) func farWidthsCountLikeCloseOnes(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let points = [1, 5, 12, 40]
        let far = SweepProblem(ratio: nil, inputDimension: 1, points: points, units: [3_000_000], bias: true)
        let close = SweepProblem(ratio: nil, inputDimension: 1, points: points, units: Array(1...60), bias: true)
        var tallies = (far: SweepTally(problem: far), parts: [SweepTally(problem: far), SweepTally(problem: far)])
        var closeTally = SweepTally(problem: close)
        for _ in 0..<4000 {
            let profile = randomProfile(of: close, using: &generator)
            // Nothing beyond the narrower problem's widths.
            let inside = RankProfile(pivotColumns: profile.pivotColumns.map { $0 < 120 ? $0 : -1 }, columnsPerUnit: 2)
            tallies.far.add(inside)
            tallies.parts[generator.below(2)].add(inside)
            closeTally.add(inside)
        }
        #expect(tallies.far.widths == closeTally.widths, "seed \(seed)")
        #expect(tallies.far.cells.map(\.fullRank) == closeTally.cells.filter { $0.units == 60 }.map(\.fullRank))
        var merged = tallies.parts[0]
        merged.merge(tallies.parts[1])
        #expect(merged == tallies.far && merged.hashValue == tallies.far.hashValue, "seed \(seed)")
        #expect(merged.widths == closeTally.widths, "seed \(seed)")
    }

    @Test func rowsAreTheCells() {
        var generator = SeededGenerator(seed: 5)
        let problem = randomProblem(using: &generator)
        var tally = SweepTally(problem: problem)
        for _ in 0..<30 { tally.add(randomProfile(of: problem, using: &generator)) }
        var cells = [CellStatistics]()
        var points = [Int]()
        tally.forEachRow { row in
            points.append(row.points)
            cells += problem.units.indices.map { row[$0] }
        }
        #expect(cells == tally.cells && points == problem.points)
    }

    @Test(arguments: [(0, 3), (1, 1), (3, 3), (4, 3), (10, 4), (10_000, 400), (1000, 400), (401, 400)])
    func thinning(count: Int, limit: Int) {
        let thinning = Thinning(of: count, atMost: limit)
        let kept = Array(thinning.kept)
        #expect(kept.count <= limit && kept == (0..<count).filter { thinning.keeps($0) })
        #expect(kept.last == (count > 0 ? count - 1 : nil) && (kept.first ?? 0) < thinning.step)
        #expect(count > limit ? 2 * kept.count >= limit : kept.count == count)
    }

    @Test func figuresGetWholeCellsOfSome() throws {
        var generator = SeededGenerator(seed: 6)
        let problem = SweepProblem(
            ratio: nil, inputDimension: 2, points: Array(1...20), units: Array(1...30), bias: true)
        var tally = SweepTally(problem: problem)
        for _ in 0..<20 { tally.add(randomProfile(of: problem, using: &generator)) }
        #expect([tally].drawnCells(side: 30) == tally.cells)
        let drawn = [tally].drawnCells(side: 10)
        #expect(drawn == tally.cells.filter { $0.points % 2 == 0 && $0.units % 3 == 0 } && drawn.count == 100)
        // A ratio sweep has a problem for each n.
        let half = try #require(Ratio("0.5"))
        let tallies = (1...7).map { n in
            var tally = SweepTally(
                problem: SweepProblem(ratio: half, inputDimension: 1, points: [n], units: [5], bias: true))
            tally.add(RankProfile(pivotColumns: (0..<n).map { Int64($0) }, columnsPerUnit: 2))
            return tally
        }
        #expect(tallies.drawnCells(side: 3).map(\.points) == [1, 4, 7])
    }
}
