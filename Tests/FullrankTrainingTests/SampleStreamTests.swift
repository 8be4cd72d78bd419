import FullrankBackends
import FullrankModel
import Testing

/// The streams made above the kernels have the kernels' bits.
@Suite struct SampleStreamTests {
    private static let distributions: [(InputDistribution, SampleStream.Distribution)] = [
        (.normal, .normal), (.uniform, .unit), (.cube, .symmetric(bound: 1)),
    ]

    @Test(arguments: distributions.indices) func inputsAreTheKernels(index: Int) throws {
        let (drawn, distribution) = Self.distributions[index]
        let backend = try CBackend(.cpu())
        for (seed, trial) in [(0, 0), (1, 7), (UInt64.max, (1 << 56) - 1)] as [(UInt64, UInt64)] {
            let problem = TrialProblem(
                seed: seed, points: 40, inputDimension: 5, units: 1, inputs: .drawn(drawn), network: .drawn(.normal))
            let stream = SampleStream(seed: seed, trial: trial, number: 0)
            let ours = stream.matrix(rows: 40, columns: 5, distribution).map(\.bitPattern)
            #expect(try ours == backend.inputs(of: problem, trial: trial).map(\.bitPattern), "seed \(seed)")
        }
    }

    @Test(arguments: Initialization.allCases) func weightsAreTheKernels(initialization: Initialization) throws {
        let backend = try CBackend(.cpu())
        let problem = TrialProblem(
            seed: 5, points: 1, inputDimension: 3, units: 33, network: .drawn(initialization))
        let (weights, biases) = try backend.weights(of: problem, trial: 2)
        let distribution = initialization.distribution(inputs: 3)
        func drawn(_ number: UInt8, _ columns: Int) -> [UInt64] {
            SampleStream(seed: 5, trial: 2, number: number).matrix(rows: 33, columns: columns, distribution)
                .map(\.bitPattern)
        }
        #expect(drawn(1, 3) == weights.map(\.bitPattern))
        #expect(drawn(2, 1) == biases.map(\.bitPattern))
    }
}
