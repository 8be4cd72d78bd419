import FullrankBackends
import FullrankModel

/// One trial's deep network, layer by layer, as the kernels draw it and run it (docs/sampling.md).
public struct DeepSamples: Sendable {
    public struct Layer: Sendable {
        public let inputDimension: Int
        public let units: Int
        /// units × inputDimension, row-major.
        public let weights: [Double]
        /// Empty without bias.
        public let biases: [Double]
        public let pattern: ActivationPattern
    }

    /// n × d0, row-major.
    public let inputs: [Double]
    /// From the inputs on.
    public let layers: [Layer]
    /// v
    public let outputs: [Double]

    /// - Precondition: the problem's weights are drawn.
    /// - Throws: what the backend throws, for a network that overflows too.
    public init(_ problem: TrialProblem, trial: UInt64, on backend: any RankBackend) throws(BackendError) {
        guard case .drawn(let initialization) = problem.network else { preconditionFailure("weights are drawn") }
        inputs = try backend.inputs(of: problem, trial: trial)
        var (values, dimension) = (inputs, problem.inputDimension)
        var layers = [Layer]()
        for (index, units) in (problem.hidden + [problem.units]).enumerated() {
            let distribution = initialization.distribution(inputs: dimension)
            func draw(_ first: Int, _ columns: Int) -> [Double] {
                // 1 and 2, then 16 and 17, 18 and 19, ...
                let number = UInt8(index == 0 ? first : 13 + first + 2 * index)
                return SampleStream(seed: problem.seed, trial: trial, number: number)
                    .matrix(rows: units, columns: columns, distribution)
            }
            let weights = draw(1, dimension)
            let biases = problem.bias ? draw(2, 1) : []
            // Signs are decided exactly, by the kernels.
            let pattern = try backend.activationPattern(
                of: TrialProblem(
                    seed: problem.seed, points: problem.points, inputDimension: dimension, units: units,
                    bias: problem.bias,
                    inputs: .given(DataSet(points: problem.points, inputDimension: dimension, values: values)),
                    network: .given(weights: weights, biases: biases)), trial: trial)
            layers.append(
                Layer(inputDimension: dimension, units: units, weights: weights, biases: biases, pattern: pattern))
            values = Self.values(of: layers[index], on: values, points: problem.points)
            dimension = units
        }
        self.layers = layers
        outputs = SampleStream(seed: problem.seed, trial: trial, number: 8)
            .matrix(rows: 1, columns: problem.units, initialization.distribution(inputs: problem.units))
    }

    /// ((b + w_0 f_0) + w_1 f_1) + ... where the unit is active, else 0.
    private static func values(of layer: Layer, on values: [Double], points: Int) -> [Double] {
        var next = [Double](repeating: 0, count: points * layer.units)
        for point in 0..<points {
            for unit in 0..<layer.units where layer.pattern[unit, point] {
                var sum = layer.biases.isEmpty ? 0 : layer.biases[unit]
                for c in 0..<layer.inputDimension {
                    sum += layer.weights[unit * layer.inputDimension + c] * values[point * layer.inputDimension + c]
                }
                next[point * layer.units + unit] = sum
            }
        }
        return next
    }
}
