/// A fully connected network: f_0 = x, z_l = W_l f_{l−1} + b_l, f_l = φ(z_l) for l < L, output z_L.
public struct Network: Hashable, Sendable {
    /// Widths and biases.
    public struct Shape: Hashable, Sendable {
        public struct Layer: Hashable, Sendable {
            /// d_l
            public let units: Int
            public let bias: Bool
            public init(units: Int, bias: Bool) {
                self.units = units
                self.bias = bias
            }
        }

        /// d_0
        public let inputDimension: Int
        /// At least one.
        public let layers: [Layer]

        public init(inputDimension: Int, layers: [Layer]) {
            self.inputDimension = inputDimension
            self.layers = layers
        }

        /// d_0 ... d_L
        public var widths: [Int] { [inputDimension] + layers.map(\.units) }
        /// "784-30-10"
        public var text: String { widths.map(String.init).joined(separator: "-") }
        public var outputs: Int { layers[layers.count - 1].units }
        /// W_l and b_l, as numbers; layer from 0.
        public func parameters(ofLayer layer: Int) -> Int {
            layers[layer].units * (widths[layer] + (layers[layer].bias ? 1 : 0))
        }
        public var parameterCount: Int { layers.indices.reduce(0) { $0 + parameters(ofLayer: $1) } }
    }

    public let shape: Shape
    /// W_1 row-major (d_1 × d_0), b_1, W_2, ...: all finite.
    public let parameters: [Double]

    /// - Precondition: as many parameters as the shape has.
    public init(shape: Shape, parameters: [Double]) {
        precondition(parameters.count == shape.parameterCount, "a network has its shape's parameters")
        self.shape = shape
        self.parameters = parameters
    }

    /// FNV-1a over shape and bits, as of a data set: tells whether a file still holds the network that was ranked.
    public var fingerprint: String {
        let biases = shape.layers.map { $0.bias ? 1.0 : 0.0 }
        let values = shape.widths.map(Double.init) + biases + parameters
        return DataSet(points: 1, inputDimension: values.count, values: values).fingerprint
    }

    /// W_l, row-major, and b_l, empty without; layer from 0.
    public func layer(_ layer: Int) -> (weights: ArraySlice<Double>, biases: ArraySlice<Double>) {
        let start = (0..<layer).reduce(0) { $0 + shape.parameters(ofLayer: $1) }
        let middle = start + shape.layers[layer].units * shape.widths[layer]
        return (parameters[start..<middle], parameters[middle..<(start + shape.parameters(ofLayer: layer))])
    }

    /// Outputs at a point, in double precision.
    public func outputs(at point: ArraySlice<Double>, activation: NetworkActivation) -> [Double] {
        var values = Array(point)
        for index in shape.layers.indices {
            let (weights, biases) = layer(index)
            let inputs = values.count
            values = (0..<shape.layers[index].units).map { unit in
                var sum = shape.layers[index].bias ? biases[biases.startIndex + unit] : 0
                let start = weights.startIndex + unit * inputs
                for input in 0..<inputs { sum += weights[start + input] * values[input] }
                return index + 1 < shape.layers.count ? activation(sum) : sum
            }
        }
        return values
    }
}
