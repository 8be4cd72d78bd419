import FullrankModel
import FullrankStatistics
import FullrankTestSupport
import Testing

@Suite struct SweepTallyTests {
    /// Cell by cell, from `RankProfile.rank(points:units:)`.
    static func obviousCells(_ problem: SweepProblem, _ profiles: [RankProfile]) -> [CellStatistics] {
        problem.points.flatMap { points in
            problem.units.map { units in
                let ranks = profiles.map { $0.rank(points: points, units: units) }
                return CellStatistics(
                    ratio: problem.ratio, inputDimension: problem.inputDimension, points: points, units: units,
                    trials: ranks.count, fullRank: ranks.count { $0 == points },
                    meanRank: Double(ranks.reduce(0, +)) / Double(ranks.count))
            }
        }
    }

    /// Width by width, counting the trials with h(n) at most that.
    static func obviousWidths(_ problem: SweepProblem, _ profiles: [RankProfile]) -> [WidthStatistics] {
        problem.points.map { points in
            func trials(atMost width: Int) -> Int {
                profiles.count { $0.rank(points: points, units: width) == points }
            }
            let quantiles = [5, 25, 50, 75, 95].map { percent in
                (0...problem.largestUnits).first { 100 * trials(atMost: $0) >= percent * profiles.count }
            }
            return WidthStatistics(
                ratio: problem.ratio, inputDimension: problem.inputDimension, points: points, trials: profiles.count,
                q05: quantiles[0], q25: quantiles[1], q50: quantiles[2], q75: quantiles[3], q95: quantiles[4],
                reached: trials(atMost: problem.largestUnits))
        }
    }

    @Test(arguments: 1...200 as ClosedRange<UInt64>)
    func profilesAgainstTheObviousCount(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let problem = randomProblem(using: &generator)
        let count = Int.random(in: 1...40, using: &generator)
        let profiles = (0..<count).map { _ in randomProfile(of: problem, using: &generator) }
        var tally = SweepTally(problem: problem)
        for profile in profiles { tally.add(profile) }
        #expect(tally.trials == count, "seed \(seed)")
        #expect(tally.cells == Self.obviousCells(problem, profiles), "seed \(seed)")
        #expect(tally.widths == Self.obviousWidths(problem, profiles), "seed \(seed)")
    }

    @Test(arguments: 1...50 as ClosedRange<UInt64>)
    func rankGridsGiveTheSameCellsButNoWidths(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let problem = randomProblem(using: &generator)
        let profiles = (0..<10).map { _ in randomProfile(of: problem, using: &generator) }
        var tally = SweepTally(problem: problem)
        for profile in profiles {
            tally.add(
                ranks: problem.points.flatMap { points in
                    problem.units.map { profile.rank(points: points, units: $0) }
                })
        }
        #expect(tally.cells == Self.obviousCells(problem, profiles), "seed \(seed)")
        #expect(tally.widths.isEmpty, "seed \(seed)")
    }

    @Test(arguments: 1...50 as ClosedRange<UInt64>)
    func anySplitMergesToOneRun(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let problem = randomProblem(using: &generator)
        var whole = SweepTally(problem: problem)
        var parts = Array(repeating: SweepTally(problem: problem), count: 3)
        for _ in 0..<Int.random(in: 0...20, using: &generator) {
            let part = Int.random(in: 0..<parts.count, using: &generator)
            let profile = randomProfile(of: problem, using: &generator)
            whole.add(profile)
            parts[part].add(profile)
            if seed % 2 == 0 {
                let ranks = problem.points.flatMap { points in
                    problem.units.map { _ in Int.random(in: 0...points, using: &generator) }
                }
                whole.add(ranks: ranks)
                parts[part].add(ranks: ranks)
            }
        }
        parts.shuffle(using: &generator)
        var merged = SweepTally(problem: problem)
        for part in parts { merged.merge(part) }
        #expect(merged == whole, "seed \(seed)")
        #expect(merged.cells == whole.cells && merged.widths == whole.widths, "seed \(seed)")
    }

    @Test func noTrialsNoCells() {
        let tally = SweepTally(
            problem: SweepProblem(ratio: nil, inputDimension: 1, points: [0, 5], units: [3], bias: true))
        #expect(tally.trials == 0 && tally.cells.isEmpty && tally.widths.isEmpty)
    }

    @Test func noPointsAreAlwaysOfFullRank() {
        var tally = SweepTally(
            problem: SweepProblem(ratio: nil, inputDimension: 1, points: [0], units: [2, 3], bias: true))
        tally.add(RankProfile(pivotColumns: [], columnsPerUnit: 2))
        tally.add(RankProfile(pivotColumns: [-1], columnsPerUnit: 2))
        #expect(tally.cells.map(\.fullRank) == [2, 2] && tally.cells.map(\.meanRank) == [0, 0])
        #expect(tally.widths[0].quantiles == [0, 0, 0, 0, 0] && tally.widths[0].reached == 2)
    }
}
