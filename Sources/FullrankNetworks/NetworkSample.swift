import FullrankModel

/// One trial's points and parameters, at a problem's largest n and d1. The points and the network of each cell are parts
/// of them (docs/sampling.md).
public struct NetworkSample: Sendable {
    /// n × d0, row-major; empty if all trials have a file's points.
    public let points: [Double]
    /// W_1 row-major, b_1, W_2, ..., W_L, b_L; without biases where there are none.
    public let parameters: [Double]

    /// Streams of the output layer's weights and biases; those of hidden layers are 1 and 2, then 16 and 17, ...
    private static let outputWeightStream: UInt8 = 8, outputBiasStream: UInt8 = 4

    public init(_ plan: NetworkSweepPlan, _ problem: SweepProblem, trial: Int) {
        let initialization = plan.grid.initialization
        func draw(_ stream: UInt8, _ rows: Int, _ columns: Int, _ values: SampleStream.Distribution) -> [Double] {
            SampleStream(seed: plan.grid.seed, trial: UInt64(trial), number: stream)
                .matrix(rows: rows, columns: columns, values)
        }
        points =
            switch plan.grid.inputs {
            case .drawn(let distribution): draw(0, problem.largestPoints, problem.inputDimension, distribution.values)
            case .file: []
            }
        var parameters = [Double](), inputs = problem.inputDimension
        parameters.reserveCapacity(plan.shape(of: problem, units: problem.largestUnits).parameterCount)
        for (layer, units) in ((problem.hidden?.widths ?? []) + [problem.largestUnits]).enumerated() {
            let first = UInt8(layer == 0 ? 1 : 14 + 2 * layer), values = initialization.distribution(inputs: inputs)
            parameters += draw(first, units, inputs, values)
            if plan.grid.bias { parameters += draw(first + 1, units, 1, values) }
            inputs = units
        }
        // A factor that all output weights have in common changes no rank. Without one they do not depend on the width.
        let values: SampleStream.Distribution = initialization == .normal ? .normal : .symmetric(bound: 1)
        parameters += draw(Self.outputWeightStream, plan.outputs, inputs, values)
        if plan.outputBias { parameters += draw(Self.outputBiasStream, plan.outputs, 1, values) }
        self.parameters = parameters
    }
}

extension InputDistribution {
    fileprivate var values: SampleStream.Distribution {
        switch self {
        case .normal: .normal
        case .uniform: .unit
        case .cube: .symmetric(bound: 1)
        }
    }
}
