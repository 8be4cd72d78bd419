import FullrankBackends
import FullrankModel
import FullrankNetworks
import FullrankSweep
import FullrankTestSupport
import Testing

/// Ranks of a sweep's cells, against references.
@Suite struct NetworkSweepRankTests {
    private let sweeps: NetworkSweeps

    init() throws { sweeps = try NetworkSweeps() }

    private func ranks(_ plan: NetworkSweepPlan) throws -> [[[Int]]] { try sweeps.trials(plan).map { $0.map(\.ranks) } }

    /// Each cell by elimination in fractions, of a network of its own.
    @Test(
        arguments: [NetworkActivation.relu, .leaky(slope: 0.25), .leaky(slope: 1), .identity, .power(1), .power(2)],
        NetworkSweepPlan.Trained.allCases)
    func ranksEqualFractions(activation: NetworkActivation, trained: NetworkSweepPlan.Trained) throws {
        for (outputs, bias) in [(1, true), (2, false), (3, true)] {
            let plan = NetworkSweepPlan(
                grid: sweeps.grid(d0: [1, 2], points: [1, 3, 7], units: [1, 2, 3], trials: 2, bias: bias),
                activation: activation,
                trained: trained, outputs: outputs, outputBias: outputs == 3)
            for (problem, trials) in zip(plan.problems, try sweeps.trials(plan)) {
                for trial in trials {
                    for (row, n) in problem.points.enumerated() {
                        for (column, units) in problem.units.enumerated() {
                            let part = sweeps.part(plan, problem, trial: trial.trial, points: n, units: units)
                            let rank = RationalJacobian(part.network, part.data, plan.query).rank
                            #expect(
                                trial.ranks[row * problem.units.count + column] == rank,
                                "d0 \(problem.inputDimension), n \(n), d1 \(units), \(outputs) outputs, trial \(trial.trial)"
                            )
                        }
                    }
                }
            }
        }
    }

    /// The ranks of each cell's network by `network_ranks`, and its bound.
    private func checkCells(_ plan: NetworkSweepPlan, data: DataSet? = nil) throws {
        for (problem, trials) in zip(plan.problems, try sweeps.trials(plan, data: data)) {
            let bounds = plan.bounds(of: problem)
            for trial in trials {
                for (row, n) in problem.points.enumerated() {
                    for (column, units) in problem.units.enumerated() {
                        let part = sweeps.part(plan, problem, trial: trial.trial, points: n, units: units, data: data)
                        let outcome = try sweeps.backend.networkRanks(
                            of: [part.network], on: part.data, plan.query, prime: plan.grid.prime)[0]
                        guard case .computed(let rank) = outcome else {
                            Issue.record("not computed")
                            continue
                        }
                        let cell = row * problem.units.count + column
                        #expect(trial.ranks[cell] == rank.rank, "n \(n), d1 \(units), trial \(trial.trial)")
                        #expect(bounds[cell] == rank.bound, "bound at n \(n), d1 \(units)")
                    }
                }
            }
        }
    }

    @Test func cellsAreNetworksOfTheirOwn() throws {
        for outputs in [1, 4] {
            try checkCells(
                NetworkSweepPlan(grid: sweeps.grid(points: [2, 9, 60], units: [1, 4, 12]), outputs: outputs))
        }
        var deep = sweeps.grid(d0: [3], points: [4, 30], units: [2, 5], trials: 3)
        deep.hidden = [HiddenLayers([]), HiddenLayers([4]), HiddenLayers([3, 6])]
        for activation in [NetworkActivation.relu, .identity, .power(3)] {
            try checkCells(NetworkSweepPlan(grid: deep, activation: activation, outputs: 2, outputBias: true))
        }
        var ratio = sweeps.grid(trials: 2)
        ratio.inputDimensions = .proportional([try #require(Ratio("0.5"))])
        try checkCells(NetworkSweepPlan(grid: ratio, activation: .leaky(slope: -1), trained: .hidden, outputs: 2))
    }

    /// Coordinates that are 0 on the first points have no columns there.
    @Test func unusedInputsOfAFileLowerTheBound() throws {
        let values = (0..<20).flatMap { (point: Int) -> [Double] in
            let second: Double = point < 10 ? 0 : 1.25 * Double(point * point % 7)
            return [Double(point) - 3.5, second, 0]
        }
        let data = DataSet(points: 20, inputDimension: 3, values: values)
        var grid = sweeps.grid(d0: [3], points: [5, 10, 20], units: [1, 2, 4], bias: false)
        grid.inputs = .file(path: "points.npy", fingerprint: data.fingerprint)
        let plan = NetworkSweepPlan(grid: grid, outputs: 3, data: data)
        #expect(plan.usedInputs == [1, 1, 2])
        try checkCells(plan, data: data)
    }

    /// The samples are those of the plain sweep, and so are its ranks. With one output and no bias there training v
    /// changes nothing: a unit's value is a combination of its own columns.
    @Test func oneOutputHasTheHiddenLayersRank() throws {
        for bias in [true, false] {
            var grid = sweeps.grid(d0: [1, 2, 4], points: [3, 10, 40], units: [1, 5, 9, 20], trials: 5, bias: bias)
            grid.initialization = bias ? .heUniform : .normal
            let problems = grid.problems
            let expected = try problems.map { problem in
                let outcomes = try sweeps.backend.rankProfiles(
                    of: grid.trialProblem(of: problem, dataSet: nil), trials: 0..<5, prime: grid.prime)
                return outcomes.map { outcome -> [Int] in
                    guard case .computed(let profile) = outcome else { return [] }
                    return problem.points.flatMap { n in
                        problem.units.map { units in
                            profile.pivotColumns.prefix(n).count { $0 >= 0 && $0 < units * problem.columnsPerUnit }
                        }
                    }
                }
            }
            for trained in NetworkSweepPlan.Trained.allCases {
                #expect(try ranks(NetworkSweepPlan(grid: grid, trained: trained)) == expected)
            }
            // Another slope of 0, and a bias of the output that is not trained.
            #expect(try ranks(NetworkSweepPlan(grid: grid, activation: .leaky(slope: 0), trained: .hidden)) == expected)
            #expect(try ranks(NetworkSweepPlan(grid: grid, trained: .hidden, outputBias: true)) == expected)
        }
    }

    /// rho (m + c - rho), docs/networks.md, section 2.
    @Test func linearNetworksHaveTheirClosedForm() throws {
        let plan = NetworkSweepPlan(
            grid: sweeps.grid(d0: [2, 6], points: [1, 4, 9], units: [1, 2, 5], bias: false), activation: .identity,
            outputs: 3)
        for (problem, trials) in zip(plan.problems, try ranks(plan)) {
            let expected = problem.points.flatMap { n in
                problem.units.map { units in
                    let m = min(n, problem.inputDimension), rho = min(m, units, 3)
                    return rho * (m + 3 - rho)
                }
            }
            #expect(trials.allSatisfy { $0 == expected } && plan.bounds(of: problem) == expected)
        }
    }

    /// NETWORKS: 40 trials of every kind reach no rank above the bound, and two primes only raise ranks.
    @Test func secondPrimesOnlyRaise() throws {
        var grid = sweeps.grid(d0: [2], points: [5, 30], units: [2, 9], trials: 40)
        let one = NetworkSweepPlan(grid: grid, outputs: 2)
        grid.primeCount = 2
        let two = NetworkSweepPlan(grid: grid, outputs: 2)
        for (low, high) in zip(try ranks(one)[0], try ranks(two)[0]) {
            #expect(zip(low, high).allSatisfy { $0 <= $1 })
            #expect(zip(high, two.bounds(of: two.problems[0])).allSatisfy { $0 <= $1 })
        }
    }
}
