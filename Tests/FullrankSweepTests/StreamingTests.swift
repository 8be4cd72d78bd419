import FullrankBackends
import FullrankModel
import FullrankPlatform
import FullrankRuns
import FullrankStatistics
import FullrankSweep
import FullrankTestSupport
import Testing

/// Everything behind the backend, with trials that cost nothing: journal, tally, resuming, merging. With
/// `FULLRANK_LARGE=100000` that many trials of 10⁷ cells, and what they took (docs/performance.md).
@Suite struct StreamingTests {
    private static let large = environmentVariable("FULLRANK_LARGE").flatMap { Int($0) }

    @Test func trialsStreamThroughJournalTallyAndMerge() throws {
        let trials = Self.large ?? 300
        let plan = SweepPlan(
            inputDimensions: .fixed([1]), points: Array(1...(Self.large == nil ? 100 : 1000)), units: Array(1...10_000),
            trials: trials)
        let problem = plan.problems[0]
        let folder = TemporaryFolder()
        var tally = SweepTally(problem: problem)
        func add(_ trial: SweepTrial) { if case .profile(let profile) = trial.result { tally.add(profile) } }

        // Halves, as two shards would leave them.
        for half in 0..<2 {
            let sweep = try SweepFolder("\(folder.path)/\(half)", plan: plan, provenance: provenance)
            let journal = try sweep.resume { _ in }.journal
            try measure("journal, shard \(half)", trials / 2) {
                for start in stride(from: half * trials / 2, to: (half + 1) * trials / 2, by: 50) {
                    let batch = (start..<min(start + 50, (half + 1) * trials / 2)).map { profile($0, problem) }
                    try journal.append(batch)
                }
            }
        }
        measure("profiles alone", trials) { for trial in 0..<trials { _ = profile(trial, problem) } }
        measure("profiles and tally", trials) { for trial in 0..<trials { add(profile(trial, problem)) } }
        let whole = tally
        tally = SweepTally(problem: problem)
        let output = try SweepFolder("\(folder.path)/merged", plan: plan, provenance: provenance)
        try measure("merge and tally", trials) {
            try SweepMerge(["\(folder.path)/1", "\(folder.path)/0"]).write(to: output) { add($0) }
        }
        #expect(tally == whole)
        tally = SweepTally(problem: problem)
        try measure("resume and tally", trials) { _ = try output.resume { add($0) } }
        #expect(tally == whole)
        var cells = 0
        measure("rows of cells", trials) { tally.forEachRow { cells += $0.fullRank.count } }
        #expect(cells == problem.points.count * problem.units.count)
    }

    /// A profile without likeness to its neighbours': the longest text, the worst for a cache.
    private func profile(_ trial: Int, _ problem: SweepProblem) -> SweepTrial {
        var generator = SeededGenerator(seed: UInt64(trial))
        let columns = UInt64(problem.largestUnits * problem.columnsPerUnit)
        var taken = Set<Int64>()
        let pivots = (0..<UInt64(problem.largestPoints)).map { row -> Int64 in
            while true {
                let bits = generator.next()
                let column = Int64((bits >> 20) % (bits % 64 == 0 ? columns : min(columns, 20 * row + 20)))
                if taken.insert(column).inserted { return column }
            }
        }
        return SweepTrial(
            problem: 0, trial: trial,
            result: .profile(RankProfile(pivotColumns: pivots, columnsPerUnit: problem.columnsPerUnit)))
    }

    private func measure(_ name: String, _ trials: Int, _ body: () throws -> Void) rethrows {
        let start = ContinuousClock.now
        try body()
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        guard Self.large != nil else { return }
        print(
            "\(name): \(Int(seconds * 1e6 / Double(trials) * 10) / 10) µs a trial, peak memory \(Int(peakMemory() / 1e6)) MB"
        )
    }
}
