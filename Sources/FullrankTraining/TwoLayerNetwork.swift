/// `F(x) = Σ_i v_i max(0, w_i·x + b_i)`, its parameters in one list: W row by row, then b (if there are biases), then v.
public struct TwoLayerNetwork: Hashable, Sendable {
    /// d0
    public let inputDimension: Int
    /// d1
    public let units: Int
    public let bias: Bool
    public var parameters: [Double]

    /// - Precondition: weights are units × inputDimension, biases units of them (none without bias), outputs units.
    public init(inputDimension: Int, units: Int, bias: Bool, weights: [Double], biases: [Double], outputs: [Double]) {
        precondition(weights.count == units * inputDimension, "weights are units × inputs")
        precondition(biases.count == (bias ? units : 0), "biases are one a unit, or none")
        precondition(outputs.count == units, "output weights are one a unit")
        self.inputDimension = inputDimension
        self.units = units
        self.bias = bias
        parameters = weights + biases + outputs
    }

    var firstBias: Int { units * inputDimension }
    var firstOutput: Int { firstBias + (bias ? units : 0) }

    /// units × inputDimension, row-major.
    public var weights: [Double] { Array(parameters[..<firstBias]) }
    /// Empty without biases.
    public var biases: [Double] { Array(parameters[firstBias..<firstOutput]) }
    public var outputs: [Double] { Array(parameters[firstOutput...]) }

    /// Parameters of the hidden layer, d1 k.
    public var hiddenParameters: Int { firstOutput }
    /// Those that training changes.
    public func trained(outputs: Bool) -> Int { outputs ? parameters.count : firstOutput }
}
