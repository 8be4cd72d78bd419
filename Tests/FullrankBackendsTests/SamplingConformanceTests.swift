import FullrankBackends
import FullrankModel
import Testing

/// The sampling contract (docs/sampling.md) as every backend's users see it.
@Suite struct SamplingConformanceTests {
    /// The numbers that Kernels/tests/samples/cpu_samples.c pins; they must never change.
    @Test(arguments: presentBackends)
    func pinnedNumbers(choice: BackendChoice) throws {
        let backend = try choice.opened()
        let problem = TrialProblem(seed: 42, points: 2, inputDimension: 3, units: 2)
        let inputs = try backend.inputs(of: problem, trial: 7)
        let (weights, biases) = try backend.weights(of: problem, trial: 7)
        #expect(inputs.count == 6 && weights.count == 6 && biases.count == 2)
        #expect(inputs[0] == -0x1.1197f79546c8dp+0 && inputs[5] == -0x1.d2242bd099d2p+0)
        #expect(weights[0] == 0x1.b563189d1c2b4p-2 && biases[1] == 0x1.9a3af9038bb6p-2)
    }

    @Test(arguments: presentBackends, InputDistribution.allCases)
    func inputsNestInPointsAndDimensions(choice: BackendChoice, distribution: InputDistribution) throws {
        let backend = try choice.opened()
        var problem = TrialProblem(seed: 141, points: 33, inputDimension: 7, units: 1, inputs: .drawn(distribution))
        let whole = try backend.inputs(of: problem, trial: 5)
        #expect(Set(whole).count == 33 * 7, "all different")
        for (points, dimension) in [(1, 1), (5, 2), (33, 6), (32, 7), (7, 3)] {
            (problem.points, problem.inputDimension) = (points, dimension)
            let part = try backend.inputs(of: problem, trial: 5)
            let leading: [Double] = (0..<points).flatMap { whole[($0 * 7)..<($0 * 7 + dimension)] }
            #expect(part == leading, "\(points) × \(dimension)")
        }
        #expect(try backend.inputs(of: problem, trial: 6) != backend.inputs(of: problem, trial: 5))
    }

    @Test(arguments: presentBackends, Initialization.allCases)
    func networksNestInUnits(choice: BackendChoice, initialization: Initialization) throws {
        let backend = try choice.opened()
        var problem = TrialProblem(
            seed: 142, points: 70, inputDimension: 3, units: 40, network: .drawn(initialization))
        let whole = try backend.weights(of: problem, trial: 1)
        let pattern = try backend.activationPattern(of: problem, trial: 1)
        (problem.units, problem.points) = (13, 66)
        let part = try backend.weights(of: problem, trial: 1)
        #expect(part.weights == Array(whole.weights[..<39]) && part.biases == Array(whole.biases[..<13]))
        let leading = try backend.activationPattern(of: problem, trial: 1)
        for unit in 0..<13 {
            let agree = (0..<66).allSatisfy { leading[unit, $0] == pattern[unit, $0] }
            #expect(agree, "unit \(unit)")
        }
        // Biases change nothing of the weights.
        problem.bias = false
        let withoutBias = try backend.weights(of: problem, trial: 1)
        #expect(withoutBias.weights == part.weights && withoutBias.biases.isEmpty)
    }

    /// J is the Khatri-Rao product of pattern and inputs: row j is a_j ⊗ x̃_j, the bias's 1 last, to the bit.
    @Test(arguments: presentBackends)
    func jacobiansAreKhatriRaoProducts(choice: BackendChoice) throws {
        let backend = try choice.opened()
        let seed: UInt64 = 143
        var random = RandomProblems(seed: seed)
        for round in 0..<200 {
            let problem = random.next()
            let (d0, k) = (problem.inputDimension, problem.columnsPerUnit)
            let inputs = try backend.inputs(of: problem, trial: 2)
            let pattern = try backend.activationPattern(of: problem, trial: 2)
            let expected = (0..<problem.points).flatMap { point in
                (0..<problem.columns).map { column -> Double in
                    guard pattern[column / k, point] else { return 0 }
                    return column % k < d0 ? inputs[point * d0 + column % k] : 1
                }
            }
            #expect(try backend.jacobian(of: problem, trial: 2) == expected, "seed \(seed), round \(round): \(problem)")
        }
    }

    /// A given network decides its own pattern: plain arithmetic is exact on small integers.
    @Test(arguments: presentBackends)
    func patternsAreSigns(choice: BackendChoice) throws {
        let backend = try choice.opened()
        let seed: UInt64 = 144
        var random = RandomProblems(seed: seed)
        func integers(_ count: Int) -> [Double] { (0..<count).map { _ in Double(random.below(7) - 3) } }
        for _ in 0..<50 {
            let (points, d0, units) = (random.below(80) + 1, random.below(4) + 1, random.below(9) + 1)
            let (x, w, b) = (integers(points * d0), integers(units * d0), integers(units))
            let problem = TrialProblem(
                seed: 0, points: points, inputDimension: d0, units: units,
                inputs: .given(DataSet(points: points, inputDimension: d0, values: x)),
                network: .given(weights: w, biases: b))
            let pattern = try backend.activationPattern(of: problem, trial: 0)
            for unit in 0..<units {
                for point in 0..<points {
                    let sum = (0..<d0).reduce(b[unit]) { $0 + w[unit * d0 + $1] * x[point * d0 + $1] }
                    #expect(pattern[unit, point] == (sum > 0), "seed \(seed): \(sum)")
                }
            }
        }
    }
}
