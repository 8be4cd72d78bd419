import FullrankModel
import FullrankNumbers
import FullrankPlatform

/// An architecture with its activation: the numbers that need no computation.
///
/// Powers: φ(z) = z^r. Without biases the outputs are forms of degree D = r^(L−1) in the d_0 inputs; with biases they are
/// polynomials of degree D, as many as forms in one input more. The identity is the power 1.
public struct DimensionProblem: Hashable, Sendable {
    public let architecture: Architecture
    public let activation: NetworkActivation
    public let biases: Bool
    /// Dimension of the space that holds the outputs: d_L · C(D + v − 1, v − 1) with v = d_0 variables, one more with
    /// biases. nil for ReLU and leaky ReLU, whose functions are no polynomials.
    public let ambient: BigInteger?
    /// min(P − Σ_{l<L} d_l, ambient): each hidden unit can be rescaled without a change of the function.
    public let expected: Int
    /// A proved upper bound of the dimension, at most `expected`.
    public let bound: Int

    /// An ambient dimension of more decimal digits is refused.
    public static let mostDigits = 1000

    /// - Throws: `ambientOverflow`
    public init(_ architecture: Architecture, activation: NetworkActivation, biases: Bool) throws(DimensionError) {
        self.architecture = architecture
        self.activation = activation
        self.biases = biases
        let variables = architecture.inputs + (biases ? 1 : 0)
        if let exponent = activation.exponent {
            let space = PolynomialSpace(
                exponent: exponent, layers: architecture.layers, variables: variables, outputs: architecture.outputs)
            guard space.digits <= Double(Self.mostDigits) else {
                throw .ambientOverflow(architecture: architecture, activation: activation)
            }
            ambient = space.dimension
        } else {
            ambient = nil
        }
        let moving = architecture.shape(biases: biases).parameterCount - architecture.hiddenUnits
        expected = min(moving, ambient?.int ?? .max)
        if activation.isLinear {
            // Linear maps of rank ρ at most, and with biases any constant.
            let rank = architecture.widths.min() ?? 1
            let maps = rank * (architecture.inputs + architecture.outputs - rank)
            bound = min(expected, maps + (biases ? architecture.outputs : 0))
        } else {
            bound = expected
        }
    }

    public var shape: Network.Shape { architecture.shape(biases: biases) }
    /// P
    public var parameters: Int { shape.parameterCount }

    public var isPolynomial: Bool { activation.exponent != nil }
}

extension NetworkActivation {
    /// r of z^r; nil for ReLU and leaky ReLU.
    public var exponent: Int? {
        switch self {
        case .power(let exponent): exponent
        case .identity: 1
        case .relu, .leaky: nil
        }
    }
}

/// Forms of degree D = r^(L−1), one for each output.
private struct PolynomialSpace {
    let exponent: Int
    let layers: Int
    let variables: Int
    let outputs: Int

    /// d_L · C(D + v − 1, v − 1), by the shorter of the products for k = v − 1 and k = D, whose partial results are whole.
    var dimension: BigInteger {
        var degree = BigInteger(1)
        for _ in 1..<layers { degree *= UInt64(exponent) }
        var (count, rest) = (variables - 1, degree)
        if let small = degree.int, small < count { (count, rest) = (small, BigInteger(variables - 1)) }
        var value = BigInteger(outputs)
        for index in 0..<count { value = value * (rest + BigInteger(index + 1)) / BigInteger(index + 1) }
        return value
    }

    /// Upper bound of the dimension's log10, by C(n + k, k) ≤ (e (n + k) / k)^k for the smaller k of D and v − 1.
    var digits: Double {
        let degree = Double(layers - 1) * log10(Double(exponent)), count = Double(variables - 1)
        if count == 0 { return degree }
        let (small, large) = degree < log10(count) ? (pow(10, degree), log10(count)) : (count, degree)
        return log10(Double(outputs)) + small * (0.4343 + large - log10(small) + 0.3011)
    }
}

/// Why a dimension is not computed: one line.
public enum DimensionError: Error, Hashable, Sendable, CustomStringConvertible {
    case ambientOverflow(architecture: Architecture, activation: NetworkActivation)

    public var description: String {
        switch self {
        case .ambientOverflow(let architecture, let activation):
            "\(architecture) with \(activation): the ambient dimension may have more than \(DimensionProblem.mostDigits) digits; "
                + "fewer inputs, layers or a smaller exponent are taken"
        }
    }
}
