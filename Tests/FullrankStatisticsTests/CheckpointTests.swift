import FullrankModel
import FullrankStatistics
import FullrankTestSupport
import Testing

/// The rule that adds trials (docs/mathematics.md, section 10).
@Suite struct CheckpointTests {
    @Test func halfWidthsAreTheIntervals() {
        for trials in [1, 2, 9, 100, 1001, 98765] {
            for successes in stride(from: 0, through: trials, by: max(1, trials / 13)) {
                let interval = WilsonInterval(successes: successes, trials: trials)
                let half = WilsonInterval.halfWidth(product: successes * (trials - successes), trials: trials)
                #expect(abs(half - (interval.high - interval.low) / 2) < 1e-15)
            }
        }
        #expect(abs(WilsonInterval.halfWidth(product: 0, trials: 0) - 0.5) < 1e-15)
    }

    @Test(arguments: [(0.01, 9600), (0.05, 381), (0.1, 93), (0.2, 21), (0.49, 1)])
    func enoughForAnyFraction(halfWidth: Double, trials: Int) {
        #expect(WilsonInterval.trialsForAnyFraction(halfWidth: halfWidth) == trials)
        func widest(_ trials: Int) -> Double {
            (0...trials).map { WilsonInterval.halfWidth(product: $0 * (trials - $0), trials: trials) }.max()!
        }
        #expect(widest(trials) <= halfWidth)
        #expect(trials < 3 || widest(trials - 2) > halfWidth)
        #expect(WilsonInterval.trialsForAnyFraction(halfWidth: 1e-6) == nil)
    }

    /// The formula against a search: the smallest number of trials at which the same fraction would do.
    @Test(arguments: 0..<400) func theNextCheckpointIsWhatTheFractionAsksFor(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let trials = Int.random(in: 1...300, using: &generator)
        let counted = seed % 5 == 0 ? Int.random(in: 0...trials, using: &generator) : trials
        let successes = Int.random(in: 0...counted, using: &generator)
        let target = IntervalTarget(
            halfWidth: Double.random(in: 0.02...0.3, using: &generator),
            maxTrials: trials + Int.random(in: 0...1000, using: &generator))
        let widest = WidestCell(trials: counted, product: successes * (counted - successes))
        let next = target.nextCheckpoint(after: trials, widest: widest)
        guard trials < target.maxTrials, widest.halfWidth > target.halfWidth else { return #expect(next == nil) }

        let fraction = counted > 0 ? Double(successes) / Double(counted) : 0
        var more = 0
        while counted > 0 {
            let count = Double(counted + more), square = WilsonInterval.z * WilsonInterval.z
            let half =
                WilsonInterval.z / (count + square) * (count * fraction * (1 - fraction) + square / 4).squareRoot()
            // A count at which the half-width is as asked for but for rounding may fall either way.
            if half <= target.halfWidth * (1 + 1e-12) { break }
            more += 1
        }
        let expected = min(target.maxTrials, trials + min(3 * trials, max((trials + 7) / 8, more)))
        #expect(next == expected, "seed \(seed)")
    }

    @Test func theLargestNumbersDoNotOverflow() {
        let target = IntervalTarget(halfWidth: 1e-12, maxTrials: Int(Int32.max))
        let half = Int(Int32.max) / 2
        #expect(
            target.nextCheckpoint(after: half, widest: WidestCell(trials: half, product: (half / 2) * (half / 2)))
                == Int(Int32.max))
    }

    @Test func theWidestCellIsFoundAmongAll() {
        let problem = SweepProblem(ratio: nil, inputDimension: 1, points: [2, 5, 6], units: [1, 2, 4], bias: true)
        for seed in 0..<20 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            var tally = SweepTally(problem: problem)
            for trial in 0..<30 {
                if trial % 3 == 0 {
                    tally.add(
                        ranks: problem.points.flatMap { n in
                            problem.units.map { _ in Int.random(in: n - 1...n, using: &generator) }
                        })
                } else {
                    let pivots = (0..<6).map { _ in Int64.random(in: -1..<8, using: &generator) }
                    tally.add(RankProfile(pivotColumns: pivots, columnsPerUnit: 2))
                }
                let counts = tally.cells.map(\.fullRank), done = tally.trials
                #expect(tally.widest == WidestCell(trials: done, product: counts.map { $0 * (done - $0) }.max()!))
                for halfWidth in [0.05, 0.12, 0.2] {
                    let wider = tally.cells.count { ($0.ciHigh - $0.ciLow) / 2 > halfWidth }
                    #expect(tally.cells(widerThan: halfWidth) == wider)
                }
            }
        }
    }

    /// Exact coverage of one cell's final interval under the rule: all outcomes, with their probabilities. Stopping on
    /// the data costs a little; docs/mathematics.md quotes what this finds.
    @Test(arguments: [(20, 0.1, 0.915), (100, 0.05, 0.925)])
    func sequentialStoppingCostsLittleCoverage(first: Int, halfWidth: Double, least: Double) {
        let target = IntervalTarget(
            halfWidth: halfWidth, maxTrials: WilsonInterval.trialsForAnyFraction(halfWidth: halfWidth)!)
        var (sequential, fixed) = (1.0, 1.0)
        for percent in stride(from: 2, through: 50, by: 4) {
            let p = Double(percent) / 100
            sequential = min(sequential, Self.coverage(p, first: first, target))
            var plain = 0.0
            for (successes, chance) in Self.binomial(target.maxTrials, p).enumerated() {
                let interval = WilsonInterval(successes: successes, trials: target.maxTrials)
                if interval.low <= p && p <= interval.high { plain += chance }
            }
            fixed = min(fixed, plain)
        }
        #expect(sequential > least && fixed - sequential < 0.01, "\(sequential), of fixed trials \(fixed)")
    }

    private static func coverage(_ p: Double, first: Int, _ target: IntervalTarget) -> Double {
        // By checkpoint, the chance to be there with that many successes.
        var states: [Int: [Double]] = [first: binomial(first, p)]
        var covered = 0.0, total = 0.0
        var steps = [Int: [Double]]()
        while let trials = states.keys.min(), let chances = states.removeValue(forKey: trials) {
            for (successes, chance) in chances.enumerated() where chance > 0 {
                let widest = WidestCell(trials: trials, product: successes * (trials - successes))
                guard let next = target.nextCheckpoint(after: trials, widest: widest) else {
                    let interval = WilsonInterval(successes: successes, trials: trials)
                    total += chance
                    if interval.low <= p && p <= interval.high { covered += chance }
                    continue
                }
                var later = states[next] ?? Array(repeating: 0, count: next + 1)
                let step = steps[next - trials] ?? binomial(next - trials, p)
                steps[next - trials] = step
                for (more, factor) in step.enumerated() { later[successes + more] += chance * factor }
                states[next] = later
            }
        }
        #expect(abs(total - 1) < 1e-9)
        return covered
    }

    private static func binomial(_ trials: Int, _ p: Double) -> [Double] {
        var chances = [1.0]
        for _ in 0..<trials {
            var next = chances.map { $0 * (1 - p) } + [0]
            for index in chances.indices { next[index + 1] += chances[index] * p }
            chances = next
        }
        return chances
    }
}
