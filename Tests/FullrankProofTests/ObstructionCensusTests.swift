import FullrankBackends
import FullrankModel
import FullrankProof
import FullrankStatistics
import FullrankSweep
import FullrankTestSupport
import Testing

/// The census against the slow way: every cell's leading block explained by itself.
@Suite struct ObstructionCensusTests {
    /// cell → obstruction → trials
    private typealias Table = [[Int]: [Obstruction: Int]]

    private func census(_ plan: SweepPlan, data: DataSet? = nil, threads: Int, reversed: Bool = false) throws -> Table {
        let backend = try BackendChoice.cpu.open(options: BackendOptions(threads: 1)).backend
        var trials = [SweepTrial]()
        _ = try SweepRunner(plan: plan, dataSet: data, backend: backend).run { trials.append($0) }
        if reversed { trials.reverse() }
        let census = try ObstructionCensus(plan: plan, dataSet: data, threads: threads)
        var tallies = plan.problems.map { ObstructionTally(problem: $0) }
        for (trial, found) in zip(trials, try census.obstructions(of: trials)) {
            for one in found { tallies[trial.problem].add(one) }
        }
        var table = Table()
        for tally in tallies {
            tally.forEachCell { counts in
                for count in counts {
                    table[[count.inputDimension, count.points, count.units], default: [:]][count.obstruction] =
                        count.trials
                }
            }
        }
        return table
    }

    /// Of each cell the first circuit of its own explanation.
    private func slowly(_ plan: SweepPlan, data: DataSet? = nil) throws -> Table {
        let backend = try BackendChoice.cpu.open(options: BackendOptions(threads: 1)).backend
        var table = Table()
        for problem in plan.problems {
            for trial in 0..<plan.trials {
                for n in problem.points {
                    for d1 in problem.units {
                        var block = plan.trialProblem(of: problem, dataSet: data)
                        (block.points, block.units) = (n, d1)
                        let explanation = try Explanation(block, trial: UInt64(trial), primes: 1, on: backend)
                        guard let first = explanation.circuits.first else { continue }
                        let obstruction = Obstruction(size: first.points.count, rank: first.rank)
                        table[[problem.inputDimension, n, d1], default: [:]][obstruction, default: 0] += 1
                    }
                }
            }
        }
        return table
    }

    @Test(arguments: [true, false], PatternEnsemble.allCases)
    func everyCellHasTheObstructionsOfItsOwnBlocks(bias: Bool, patterns: PatternEnsemble) throws {
        // Patterns of regions are drawn for one input with bias, and nest in neither n nor trials of other shapes.
        guard patterns != .regions else { return }
        let plan = SweepPlan(
            inputDimensions: .fixed([1, 2, 3]), points: [1, 3, 8, 14], units: [1, 2, 3, 5, 9, 16], trials: 8, seed: 4,
            patterns: patterns, bias: bias)
        let expected = try slowly(plan)
        #expect(expected.count > 20)
        for threads in 1...3 { #expect(try census(plan, threads: threads, reversed: threads == 2) == expected) }
    }

    /// A sweep of one n finds columns only; the census finds the rows again.
    @Test func aSweepOfColumns() throws {
        let plan = SweepPlan(
            inputDimensions: .fixed([3, 4]), points: [64], units: [10, 14, 16, 17, 20], trials: 6, seed: 4)
        #expect(plan.problems.allSatisfy { plan.findsColumnsOnly($0) })
        let expected = try slowly(plan)
        #expect(expected.count > 4)
        #expect(try census(plan, threads: 2) == expected)
    }

    /// Duplicates and integers: sizes without k rank + 1.
    @Test func specialData() throws {
        var generator = SeededGenerator(seed: 8)
        let values = (0..<30).map { _ in Double(generator.below(4) - 1) }
        let data = DataSet(points: 15, inputDimension: 2, values: values)
        let plan = SweepPlan(
            inputDimensions: .fixed([2]), points: [5, 10, 15], units: [2, 4, 8, 30], trials: 10, seed: 1,
            inputs: .file(path: "data", fingerprint: data.fingerprint))
        let expected = try slowly(plan, data: data)
        #expect(expected.values.joined().contains { $0.key.size != 3 * $0.key.rank + 1 })
        #expect(try census(plan, data: data, threads: 2) == expected)
    }

    @Test func ratioSweepsHaveAProblemEachN() throws {
        let plan = SweepPlan(
            inputDimensions: .proportional([Ratio("0.25")!]), points: [4, 8, 12], units: [1, 2, 4], trials: 6, seed: 2)
        #expect(try census(plan, threads: 1) == slowly(plan))
    }

    @Test func cancelledCensusesSaySo() throws {
        let plan = SweepPlan(inputDimensions: .fixed([1]), points: [9], units: [2], trials: 5, seed: 2)
        let census = try ObstructionCensus(plan: plan, dataSet: nil, threads: 1)
        census.cancel()
        let profile = RankProfile(pivotColumns: Array(repeating: -1, count: 9), columnsPerUnit: 2)
        #expect(throws: BackendError.cancelled) {
            try census.obstructions(of: [SweepTrial(problem: 0, trial: 0, result: .profile(profile))])
        }
    }

    /// A journal of another program is told, not explained.
    @Test func profilesThatAreNotTheSamplesOwnAreRefused() throws {
        let plan = SweepPlan(inputDimensions: .fixed([1]), points: [9], units: [200], trials: 5, seed: 2)
        let profile = RankProfile(pivotColumns: [-1] + (0..<8).map(Int64.init), columnsPerUnit: 2)
        let census = try ObstructionCensus(plan: plan, dataSet: nil, threads: 1)
        #expect(throws: BackendError.self) {
            try census.obstructions(of: [SweepTrial(problem: 0, trial: 0, result: .profile(profile))])
        }
    }
}
