/// An exact fraction in lowest terms, its denominator positive.
///
/// Numbers that fit machine words are kept there; others are GMP's. A value has one form only, so that equality and
/// hashes are those of the parts.
public enum Fraction: Hashable, Sendable {
    case word(Int, Int)
    case large(BigInteger, BigInteger)

    public static let zero = Fraction.word(0, 1)
    public static let one = Fraction.word(1, 1)

    public init(_ value: Int) { self = value == .min ? .large(BigInteger(value), BigInteger(1)) : .word(value, 1) }

    /// - Precondition: `denominator` is not 0.
    public init(_ numerator: BigInteger, over denominator: BigInteger = BigInteger(1)) {
        precondition(!denominator.isZero, "a fraction's denominator is not 0")
        let divisor = BigInteger.greatestCommonDivisor(numerator, denominator)
        var (above, below) = (numerator / divisor, denominator / divisor)
        if below.isNegative { (above, below) = (-above, -below) }
        if let a = above.int, let b = below.int, a != .min { self = .word(a, b) } else { self = .large(above, below) }
    }

    /// A finite double as it is stored.
    public init(exactly value: Double) {
        let number = DyadicNumber(value)
        let mantissa = BigInteger(number.mantissa)
        self =
            number.exponent >= 0
            ? Fraction(mantissa << number.exponent) : Fraction(mantissa, over: BigInteger(1) << -number.exponent)
    }

    private init(reducing numerator: Int, over denominator: Int) {
        let divisor = Self.divisor(numerator.magnitude, UInt(denominator))
        self = .word(numerator / Int(divisor), denominator / Int(divisor))
    }

    /// Greatest common divisor of words, `b` not 0.
    @inline(__always)
    private static func divisor(_ a: UInt, _ b: UInt) -> UInt {
        var (a, b) = (a, b)
        while a != 0 { (a, b) = (b % a, a) }
        return b
    }

    public var parts: (numerator: BigInteger, denominator: BigInteger) {
        switch self {
        case .word(let a, let b): (BigInteger(a), BigInteger(b))
        case .large(let a, let b): (a, b)
        }
    }

    /// -1, 0 or 1.
    public var signum: Int {
        switch self {
        case .word(let a, _): a.signum()
        case .large(let a, _): a.signum
        }
    }

    public var isZero: Bool { self == .zero }

    /// Rounded: within some units in the last place unless it is beyond the range of float64.
    public var double: Double {
        switch self {
        case .word(let a, let b): return Double(a) / Double(b)
        case .large(let a, let b):
            // A quotient of 64 bits or more, then the power of two that was taken out.
            let shift = a.bitWidth - b.bitWidth - 64
            let quotient = (shift < 0 ? a << -shift : a).quotientAndRemainder(dividingBy: shift > 0 ? b << shift : b)
                .quotient
            return (Double(quotient.digits) ?? 0)
                * Double(sign: .plus, exponent: max(-1022, min(1023, shift)), significand: 1)
        }
    }
}

extension Fraction: Comparable, CustomStringConvertible {
    public static func < (a: Fraction, b: Fraction) -> Bool { (a - b).signum < 0 }

    /// "3", "-7/2"
    public var description: String {
        switch self {
        case .word(let a, let b): b == 1 ? "\(a)" : "\(a)/\(b)"
        case .large(let a, let b): b == BigInteger(1) ? a.digits : "\(a.digits)/\(b.digits)"
        }
    }
}

extension Fraction {
    public static prefix func - (value: Fraction) -> Fraction {
        switch value {
        case .word(let a, let b): .word(-a, b)
        case .large(let a, let b): Fraction(-a, over: b)
        }
    }

    public static func + (a: Fraction, b: Fraction) -> Fraction {
        if case .word(let p, let q) = a, case .word(let r, let s) = b {
            if q == s {
                let (sum, isLarge) = p.addingReportingOverflow(r)
                if !isLarge, sum != .min { return q == 1 ? .word(sum, 1) : Fraction(reducing: sum, over: q) }
            }
            let (left, first) = p.multipliedReportingOverflow(by: s),
                (right, second) = r.multipliedReportingOverflow(by: q)
            let (below, third) = q.multipliedReportingOverflow(by: s),
                (sum, fourth) = left.addingReportingOverflow(right)
            if !first, !second, !third, !fourth, sum != .min { return Fraction(reducing: sum, over: below) }
        }
        let (x, y) = (a.parts, b.parts)
        return Fraction(
            x.numerator * y.denominator + y.numerator * x.denominator, over: x.denominator * y.denominator)
    }

    public static func - (a: Fraction, b: Fraction) -> Fraction { a + -b }

    public static func * (a: Fraction, b: Fraction) -> Fraction {
        if case .word(let p, let q) = a, case .word(let r, let s) = b {
            if p == 0 || r == 0 { return .zero }
            let (above, first) = p.multipliedReportingOverflow(by: r),
                (below, second) = q.multipliedReportingOverflow(by: s)
            if !first, !second, above != .min {
                return below == 1 ? .word(above, 1) : Fraction(reducing: above, over: below)
            }
        }
        let (x, y) = (a.parts, b.parts)
        return Fraction(x.numerator * y.numerator, over: x.denominator * y.denominator)
    }

    /// - Precondition: `b` is not 0.
    public static func / (a: Fraction, b: Fraction) -> Fraction {
        if case .word(let r, let s) = b {
            precondition(r != 0, "division by zero")
            return a * (r < 0 ? .word(-s, -r) : .word(s, r))
        }
        let y = b.parts
        return a * Fraction(y.denominator, over: y.numerator)
    }

    public static func += (a: inout Fraction, b: Fraction) { a = a + b }
    public static func -= (a: inout Fraction, b: Fraction) { a = a - b }
    public static func *= (a: inout Fraction, b: Fraction) { a = a * b }
}

/// Inner product of two vectors of one length.
public func dot(_ a: [Fraction], _ b: [Fraction]) -> Fraction {
    var sum = Fraction.zero
    for index in a.indices where !a[index].isZero && !b[index].isZero { sum += a[index] * b[index] }
    return sum
}
