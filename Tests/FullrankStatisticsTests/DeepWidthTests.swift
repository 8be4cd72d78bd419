import FullrankModel
import FullrankStatistics
import FullrankTestSupport
import Testing

/// Widths of a deep sweep: every d1 is a problem of its own.
@Suite struct DeepWidthTests {
    /// Planted fractions that also fall with d1, against the definition.
    @Test(arguments: 0..<20 as Range<UInt64>) func quantilesAreTheLeastWidthsOfThatShare(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let trials = Int.random(in: 1...60, using: &random), units = [1, 3, 4, 9], points = [2, 5]
        let plan = SweepPlan(
            inputDimensions: .fixed([1, 2]), points: points, units: units, trials: trials,
            hidden: [HiddenLayers([]), HiddenLayers([3, 2])])
        var tallies = [SweepTally]()
        var fullRank = [[Int]]()  // by problem, by n
        for problem in plan.problems {
            var tally = SweepTally(problem: problem)
            var counts = [0, 0]
            for _ in 0..<trials {
                // Five rows, of which some row has no pivot, or none has.
                let missing = Int.random(in: 0...7, using: &random)
                let columns = (0..<5).map { $0 == missing ? -1 : Int64($0 % problem.columnsPerUnit) }
                tally.add(RankProfile(pivotColumns: columns, columnsPerUnit: problem.columnsPerUnit))
                for (place, n) in points.enumerated() where missing >= n { counts[place] += 1 }
            }
            tallies.append(tally)
            fullRank.append(counts)
        }
        let rows = tallies.criticalWidths
        #expect(rows.map(\.hidden?.description) == ["none", "none", "none", "none", "3x2", "3x2", "3x2", "3x2"])
        #expect(
            rows.map(\.inputDimension) == [1, 1, 2, 2, 1, 1, 2, 2] && rows.map(\.points) == [2, 5, 2, 5, 2, 5, 2, 5])
        for (place, row) in rows.enumerated() {
            let counts = units.indices.map { fullRank[place / 2 * units.count + $0][place % 2] }
            for (percent, quantile) in zip([5, 25, 50, 75, 95], row.quantiles) {
                let least = (percent * trials + 99) / 100
                #expect(quantile == zip(units, counts).first { $1 >= least }?.0, "seed \(seed), \(row), \(percent)%")
            }
            #expect(row.trials == trials && row.reached == counts.max())
        }
        let digestWidths = {
            var digest = SweepDigest(plan: plan);
            digest.add(
                RankProfile(
                    pivotColumns: [0, 0, 0, 0, 0], columnsPerUnit: plan.problems[0].columnsPerUnit), problem: 0);
            return digest.widths
        }()
        #expect(
            digestWidths.map(\.hidden) == [HiddenLayers([]), HiddenLayers([])], "problems without trials have no widths"
        )
    }

    @Test func layersAsText() {
        #expect(HiddenLayers("64x32")?.widths == [64, 32] && HiddenLayers("none")?.widths == [])
        for text in ["", "x", "64x", "064", "0", "64X32", "-1", "None", " 3"] {
            #expect(HiddenLayers(text) == nil, "'\(text)'")
        }
        #expect(HiddenLayers([64, 32]).words == "depth 4: 64, 32, d1")
        #expect(HiddenLayers([8, 8, 8, 8]).words == "depth 6: 8 (4 times), d1")
        #expect(
            HiddenLayers([]) < HiddenLayers([9]) && HiddenLayers([9]) < HiddenLayers([1, 1])
                && HiddenLayers([1, 2]) < HiddenLayers([2, 1]))
        // 3 (2 + 1) + 5 (3 + 1), without biases 3 · 2 + 5 · 3.
        #expect(HiddenLayers([3]).columns(inputDimension: 2, units: 5, bias: true) == 29)
        #expect(HiddenLayers([3]).columns(inputDimension: 2, units: 5, bias: false) == 21)
        #expect(HiddenLayers([1 << 40, 1 << 40]).columns(inputDimension: 2, units: 5, bias: false) == .max)
    }
}
