/// The function that a hidden layer applies to each pre-activation z.
public enum NetworkActivation: Hashable, Sendable, CustomStringConvertible {
    case relu
    /// z, or slope · z if z ≤ 0.
    case leaky(slope: Double)
    case identity
    /// z^r, r ≥ 1.
    case power(Int)

    /// Largest exponent.
    public static let mostExponent = 1000
    /// For messages and help.
    public static let forms = "relu, leaky:SLOPE, identity, power:R"

    /// "relu", "leaky:0.01", "identity", "power:2"; nil for anything else.
    public init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: ":"), maxSplits: 1, omittingEmptySubsequences: false)
            .map { String(Substring($0)) }
        switch (parts[0], parts.count) {
        case ("relu", 1): self = .relu
        case ("identity", 1): self = .identity
        case ("leaky", 2):
            guard let slope = Double(parts[1]), slope.isFinite, parts[1].utf8.allSatisfy(Self.isOfDecimal) else {
                return nil
            }
            self = .leaky(slope: slope)
        case ("power", 2):
            guard let exponent = Int(parts[1]), (1...Self.mostExponent).contains(exponent), "\(exponent)" == parts[1]
            else {
                return nil
            }
            self = .power(exponent)
        default: return nil
        }
    }

    /// No hexadecimal, no "nan".
    private static func isOfDecimal(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "+-.eE".utf8.contains(byte)
    }

    public var description: String {
        switch self {
        case .relu: "relu"
        case .leaky(let slope): "leaky:\(slope)"
        case .identity: "identity"
        case .power(let exponent): "power:\(exponent)"
        }
    }

    /// Whether a unit's derivative jumps where z = 0.
    public var hasKink: Bool {
        switch self {
        case .relu, .leaky: true
        case .identity, .power: false
        }
    }

    /// Whether φ(z) = z, under whichever name.
    public var isLinear: Bool {
        switch self {
        case .identity, .power(1): true
        case .leaky(let slope): slope == 1
        case .relu, .power: false
        }
    }

    /// φ(z) in double precision.
    public func callAsFunction(_ z: Double) -> Double {
        switch self {
        case .relu: max(z, 0)
        case .leaky(let slope): z > 0 ? z : slope * z
        case .identity: z
        case .power(let exponent): (0..<exponent).reduce(1) { power, _ in power * z }
        }
    }
}
