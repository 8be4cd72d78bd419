import FullrankModel

/// One trial's points and weights, at a problem's largest n and d1. The points and the network of each cell are parts of
/// them (docs/sampling.md).
struct NetworkSample: Sendable {
    /// n × d0, row-major; empty if all trials have a file's points.
    let points: [Double]
    /// By hidden layer: units × inputs, row-major, and biases, empty without.
    private let hidden: [(weights: [Double], biases: [Double])]
    /// W_L, outputs × d1, row-major.
    private let outputWeights: [Double]
    /// b_L; empty without.
    private let outputBiases: [Double]
    private let outputs: Int
    private let largestUnits: Int

    /// Streams of the output layer's weights and biases; those of hidden layers are 1 and 2, then 16 and 17, ...
    private static let outputWeightStream: UInt8 = 8, outputBiasStream: UInt8 = 4

    init(_ plan: NetworkSweepPlan, _ problem: SweepProblem, trial: Int) {
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
        var hidden = [(weights: [Double], biases: [Double])](), inputs = problem.inputDimension
        for (layer, units) in ((problem.hidden?.widths ?? []) + [problem.largestUnits]).enumerated() {
            let first = UInt8(layer == 0 ? 1 : 14 + 2 * layer), values = initialization.distribution(inputs: inputs)
            hidden.append((draw(first, units, inputs, values), plan.grid.bias ? draw(first + 1, units, 1, values) : []))
            inputs = units
        }
        self.hidden = hidden
        // A factor that all output weights have in common changes no rank. Without one they do not depend on the width.
        let values: SampleStream.Distribution = initialization == .normal ? .normal : .symmetric(bound: 1)
        outputWeights = draw(Self.outputWeightStream, plan.outputs, problem.largestUnits, values)
        outputBiases = plan.outputBias ? draw(Self.outputBiasStream, plan.outputs, 1, values) : []
        (outputs, largestUnits) = (plan.outputs, problem.largestUnits)
    }

    /// Appends the parameters of the network of which the last hidden layer has only the first `units` units.
    func appendParameters(units: Int, to parameters: inout [Double]) {
        for (weights, biases) in hidden.dropLast() { parameters += weights + biases }
        if let (weights, biases) = hidden.last {
            parameters += weights[..<(weights.count / largestUnits * units)]
            parameters += biases.prefix(units)
        }
        for output in 0..<outputs {
            parameters += outputWeights[(output * largestUnits)..<(output * largestUnits + units)]
        }
        parameters += outputBiases
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
