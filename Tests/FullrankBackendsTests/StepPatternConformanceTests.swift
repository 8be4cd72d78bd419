import FullrankBackends
import FullrankModel
import FullrankTestSupport
import Testing

/// `d0 = 1` with bias: backends against the closed forms of CATALOGUE section 1, on 10,000 random trials.
@Suite struct StepPatternConformanceTests {
    /// Sorted, and in no special position.
    private func sortedData(_ points: Int, _ generator: inout SeededGenerator) -> DataSet {
        let values = (0..<points).map { _ in Double.random(in: -1...1, using: &generator) }.sorted()
        return DataSet(points: points, inputDimension: 1, values: values)
    }

    private func problem(_ steps: StepPattern, _ data: DataSet) -> TrialProblem {
        TrialProblem(
            seed: 0, points: steps.points, inputDimension: 1, units: steps.steps.count, inputs: .given(data),
            network: .pattern(steps.pattern))
    }

    private func matrix(_ pattern: ActivationPattern) -> [Double] {
        (0..<(pattern.units * pattern.points)).map { pattern[$0 / pattern.points, $0 % pattern.points] ? 1 : 0 }
    }

    /// Rows iid uniform over the 2n steps: regions drawn uniformly (Karhadkar et al., theorem 10).
    @Test(arguments: presentBackends)
    func fiveThousandUniformRegions(choice: BackendChoice) throws {
        let backend = try choice.opened()
        let seed: UInt64 = 121
        var generator = SeededGenerator(seed: seed)
        var withConstants = 0
        for trial in 0..<5_000 {
            let points = 1 + generator.below(25), units = 1 + generator.below(40)
            let all = StepPattern.allSteps(points: points)
            let steps = StepPattern(points: points, steps: (0..<units).map { _ in all[generator.below(all.count)] })
            let data = sortedData(points, &generator)
            let words: Comment = "seed \(seed), trial \(trial): \(points) points, \(steps.steps)"
            let rank = try backend.profiles(of: problem(steps, data), trials: 0..<1, prime: Prime.largest)[0].rank
            #expect(rank == steps.jacobianRank, words)
            let patternRank = try backend.rankProfiles(
                ofMatrices: matrix(steps.pattern), batch: 1, rows: units, columns: points, prime: Prime.largest)
            #expect(try patternRank[0].value.rank == steps.patternRank, words)
            if steps.holdsConstants { withConstants += 1 }
        }
        #expect((2_000..<4_500).contains(withConstants), "both cases of the closed form are met: \(withConstants)")
    }

    /// Drawn networks: their patterns, read off in the order of their data, are steps too.
    @Test(arguments: presentBackends, InputDistribution.allCases)
    func fiveThousandDrawnNetworks(choice: BackendChoice, inputs: InputDistribution) throws {
        let backend = try choice.opened()
        for (number, initialization) in Initialization.allCases.enumerated() {
            let trials: UInt64 = number == 0 ? 559 : 554  // 1,667 for each of three distributions
            let shape = TrialProblem(
                seed: 122, points: 8 + 6 * number, inputDimension: 1, units: 5 + 15 * number, inputs: .drawn(inputs),
                network: .drawn(initialization))
            let profiles = try backend.profiles(of: shape, trials: 0..<trials, prime: Prime.largest)
            for (trial, profile) in zip(UInt64(0)..., profiles) {
                let values = try backend.inputs(of: shape, trial: trial)
                let sorted = values.indices.sorted { values[$0] < values[$1] }
                let pattern = try backend.activationPattern(of: shape, trial: trial)
                let steps = try #require(StepPattern(pattern, sorted: sorted), "trial \(trial) of \(shape)")
                #expect(profile.rank == steps.jacobianRank, "trial \(trial) of \(shape)")
            }
        }
    }

    /// Every region of n points and d1 units, by the rank of its Jacobian; P(rk A = 3) = 2/9 at (3, 3).
    @Test(arguments: presentBackends)
    func regionsByRank(choice: BackendChoice) throws {
        let backend = try choice.opened()
        var generator = SeededGenerator(seed: 123)
        let data = sortedData(3, &generator)
        let all = StepPattern.allSteps(points: 3)
        for (units, expected, ofFullPatternRank) in [(2, [1, 6, 15, 14], 0), (3, [1, 14, 57, 144], 48)] {
            var counts = [0, 0, 0, 0]
            var full = 0
            for number in 0..<(0..<units).reduce(1, { product, _ in product * 6 }) {
                var rest = number
                var rows = [StepPattern.Step]()
                for _ in 0..<units {
                    rows.append(all[rest % 6])
                    rest /= 6
                }
                let steps = StepPattern(points: 3, steps: rows)
                counts[try backend.profiles(of: problem(steps, data), trials: 0..<1, prime: Prime.largest)[0].rank] += 1
                let patternRank = try backend.rankProfiles(
                    ofMatrices: matrix(steps.pattern), batch: 1, rows: units, columns: 3, prime: Prime.largest)
                if try patternRank[0].value.rank == 3 { full += 1 }
            }
            #expect(counts == expected)
            #expect(full == ofFullPatternRank)
        }
    }
}
