extension BigInteger {
    /// Truncated towards zero; the remainder has the dividend's sign. Knuth, The Art of Computer Programming 2, 4.3.1,
    /// algorithm D.
    package func quotientAndRemainder(dividingBy divisor: BigInteger) -> (quotient: BigInteger, remainder: BigInteger) {
        precondition(!divisor.isZero, "division by zero")
        if BigInteger.isLess(magnitude, divisor.magnitude) { return (.zero, self) }
        let sign = isNegative != divisor.isNegative
        if divisor.magnitude.count == 1 {
            let (quotient, remainder) = BigInteger.divide(magnitude, by: divisor.magnitude[0])
            return (
                BigInteger(magnitude: quotient, isNegative: sign),
                BigInteger(magnitude: [remainder], isNegative: isNegative)
            )
        }
        let shift = divisor.magnitude[divisor.magnitude.count - 1].leadingZeroBitCount
        let v = (divisor << shift).magnitude
        var u = (self << shift).magnitude
        while u.count <= magnitude.count { u.append(0) }
        var quotient = [UInt64](repeating: 0, count: u.count - v.count)
        for j in quotient.indices.reversed() {
            var digit = BigInteger.estimate(u[j + v.count], u[j + v.count - 1], u[j + v.count - 2], v)
            if BigInteger.subtract(v, times: digit, from: &u, at: j) {
                digit -= 1
                BigInteger.add(v, to: &u, at: j)
            }
            quotient[j] = digit
        }
        return (
            BigInteger(magnitude: quotient, isNegative: sign),
            BigInteger(magnitude: Array(u[..<v.count]), isNegative: isNegative) >> shift
        )
    }

    /// - Precondition: `divisor` divides `value`.
    package static func / (value: BigInteger, divisor: BigInteger) -> BigInteger {
        value.quotientAndRemainder(dividingBy: divisor).quotient
    }

    /// The next digit of a quotient, or one more.
    private static func estimate(_ high: UInt64, _ middle: UInt64, _ low: UInt64, _ v: [UInt64]) -> UInt64 {
        let top = v[v.count - 1], next = v[v.count - 2]
        guard high < top else { return .max }
        var (digit, rest) = top.dividingFullWidth((high, middle))
        while true {
            let product = digit.multipliedFullWidth(by: next)
            guard product.high > rest || (product.high == rest && product.low > low) else { return digit }
            digit -= 1
            let (sum, over) = rest.addingReportingOverflow(top)
            if over { return digit }
            rest = sum
        }
    }

    /// Whether the result was negative: it then is one `v` too low, modulo the limbs' size.
    private static func subtract(_ v: [UInt64], times digit: UInt64, from u: inout [UInt64], at place: Int) -> Bool {
        var carry: UInt64 = 0
        for (index, limb) in v.enumerated() {
            var (high, low) = limb.multipliedFullWidth(by: digit)
            let (sum, over) = low.addingReportingOverflow(carry)
            (low, high) = (sum, high &+ (over ? 1 : 0))
            let (rest, under) = u[place + index].subtractingReportingOverflow(low)
            u[place + index] = rest
            carry = high &+ (under ? 1 : 0)
        }
        let (rest, under) = u[place + v.count].subtractingReportingOverflow(carry)
        u[place + v.count] = rest
        return under
    }

    private static func add(_ v: [UInt64], to u: inout [UInt64], at place: Int) {
        var carry = false
        for (index, limb) in v.enumerated() {
            let (first, over) = u[place + index].addingReportingOverflow(limb)
            let (second, more) = first.addingReportingOverflow(carry ? 1 : 0)
            u[place + index] = second
            carry = over || more
        }
        u[place + v.count] &+= carry ? 1 : 0
    }

    private static func divide(_ u: [UInt64], by divisor: UInt64) -> (quotient: [UInt64], remainder: UInt64) {
        var quotient = u
        var remainder: UInt64 = 0
        for index in u.indices.reversed() {
            (quotient[index], remainder) = divisor.dividingFullWidth((remainder, u[index]))
        }
        return (quotient, remainder)
    }

    /// At least 0.
    package static func greatestCommonDivisor(_ a: BigInteger, _ b: BigInteger) -> BigInteger {
        var (a, b) = (a, b)
        while !b.isZero { (a, b) = (b, a.quotientAndRemainder(dividingBy: b).remainder) }
        return a.isNegative ? -a : a
    }

    /// Decimal digits, with a sign where it is negative.
    package var digits: String {
        guard !isZero else { return "0" }
        var groups = [UInt64]()
        var rest = magnitude
        while !rest.isEmpty {
            let (quotient, remainder) = BigInteger.divide(rest, by: 10_000_000_000_000_000_000)
            groups.append(remainder)
            rest = BigInteger(magnitude: quotient).magnitude
        }
        let text = groups.reversed().enumerated().map { index, group in
            let digits = "\(group)"
            return index == 0 ? digits : String(repeating: "0", count: 19 - digits.count) + digits
        }
        return (isNegative ? "-" : "") + text.joined()
    }

    /// A double as an integer times a power of two.
    package static func scaled(_ value: Double) -> (mantissa: Int, exponent: Int) {
        guard value != 0 else { return (0, 0) }
        let fraction = value.significandBitPattern | (value.isNormal ? 1 << 52 : 0)
        let exponent = (value.isNormal ? Int(value.exponent) : -1022) - 52
        let trailing = fraction.trailingZeroBitCount
        let mantissa = Int(fraction >> UInt64(trailing))
        return (value < 0 ? -mantissa : mantissa, exponent + trailing)
    }
}

extension BigInteger {
    /// Of decimal digits with or without a minus sign in front.
    package init(digits: String) {
        var value = BigInteger.zero
        let ten = BigInteger(10)
        for byte in digits.utf8 where byte != UInt8(ascii: "-") { value = value * ten + BigInteger(Int(byte & 15)) }
        self = digits.hasPrefix("-") ? -value : value
    }
}
