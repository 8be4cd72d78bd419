/// How parameters follow a gradient.
public enum Optimizer: Hashable, Sendable {
    /// θ ← θ − rate · g
    case gradientDescent(rate: Double)
    /// Kingma and Ba (arXiv 1412.6980), with PyTorch's defaults β = (0.9, 0.999), ε = 1e-8.
    case adam(rate: Double)

    /// "gd", "adam"
    public var name: String {
        switch self {
        case .gradientDescent: "gd"
        case .adam: "adam"
        }
    }

    public var rate: Double {
        switch self {
        case .gradientDescent(let rate), .adam(let rate): rate
        }
    }

    static let beta1 = 0.9
    static let beta2 = 0.999
    static let epsilon = 1e-8

    /// Numbers a parameter that the optimizer keeps between steps.
    var memory: Int { if case .adam = self { 2 } else { 0 } }

    /// One update of the leading `gradient.count` parameters, the `step`-th, counted from 1. `moments` holds, for
    /// Adam, the means of the gradients and then those of their squares.
    func update(
        _ parameters: inout [Double], gradient: ArraySlice<Double>, moments: inout [Double], step: Int
    ) {
        let count = gradient.count
        gradient.withUnsafeBufferPointer { gradient in
            parameters.withUnsafeMutableBufferPointer { parameters in
                switch self {
                case .gradientDescent(let rate):
                    for index in 0..<count { parameters[index] -= rate * gradient[index] }
                case .adam(let rate):
                    let size = rate / (1 - Self.power(Self.beta1, step))
                    let root = (1 - Self.power(Self.beta2, step)).squareRoot()
                    moments.withUnsafeMutableBufferPointer { moments in
                        for index in 0..<count {
                            let slope = gradient[index]
                            let mean = Self.beta1 * moments[index] + (1 - Self.beta1) * slope
                            let square = Self.beta2 * moments[count + index] + (1 - Self.beta2) * (slope * slope)
                            moments[index] = mean
                            moments[count + index] = square
                            parameters[index] -= size * (mean / (square.squareRoot() / root + Self.epsilon))
                        }
                    }
                }
            }
        }
    }

    /// Computed by squaring, because the last bit of `pow` differs between C libraries.
    static func power(_ base: Double, _ exponent: Int) -> Double {
        var (result, square, rest) = (1.0, base, exponent)
        while rest > 0 {
            if rest & 1 == 1 { result *= square }
            square *= square
            rest >>= 1
        }
        return result
    }
}
