/// An integer of any size: a sign and 64-bit limbs, the lowest first. As much of one as exact relations need; products
/// and quotients are the schoolbook's.
package struct BigInteger: Hashable, Sendable {
    /// Without leading zeros; empty for 0.
    package private(set) var magnitude: [UInt64]
    /// False for 0.
    package private(set) var isNegative: Bool

    package init(magnitude: [UInt64], isNegative: Bool = false) {
        var limbs = magnitude
        while limbs.last == 0 { limbs.removeLast() }
        self.magnitude = limbs
        self.isNegative = isNegative && !limbs.isEmpty
    }

    package init(_ value: Int) {
        self.init(magnitude: [UInt64(value.magnitude)], isNegative: value < 0)
    }

    static let zero = BigInteger(magnitude: [])
    package var isZero: Bool { magnitude.isEmpty }

    /// Bits of the absolute value; 0 for 0.
    package var bitWidth: Int { magnitude.isEmpty ? 0 : 64 * magnitude.count - magnitude[magnitude.count - 1].leadingZeroBitCount }

    /// How often 2 divides it. Not of 0.
    package var trailingZeroBits: Int {
        let limb = magnitude.firstIndex { $0 != 0 }!
        return 64 * limb + magnitude[limb].trailingZeroBitCount
    }

    package static prefix func - (value: BigInteger) -> BigInteger {
        BigInteger(magnitude: value.magnitude, isNegative: !value.isNegative)
    }

    package static func << (value: BigInteger, bits: Int) -> BigInteger {
        let (limbs, rest) = bits.quotientAndRemainder(dividingBy: 64)
        var shifted = [UInt64](repeating: 0, count: limbs)
        var carry: UInt64 = 0
        for limb in value.magnitude {
            shifted.append(rest == 0 ? limb : limb << UInt64(rest) | carry)
            carry = rest == 0 ? 0 : limb >> UInt64(64 - rest)
        }
        shifted.append(carry)
        return BigInteger(magnitude: shifted, isNegative: value.isNegative)
    }

    /// Without the lowest bits.
    package static func >> (value: BigInteger, bits: Int) -> BigInteger {
        let (limbs, rest) = bits.quotientAndRemainder(dividingBy: 64)
        guard limbs < value.magnitude.count else { return zero }
        let kept = Array(value.magnitude[limbs...])
        guard rest > 0 else { return BigInteger(magnitude: kept, isNegative: value.isNegative) }
        let shifted = kept.indices.map { index in
            kept[index] >> UInt64(rest) | (index + 1 < kept.count ? kept[index + 1] << UInt64(64 - rest) : 0)
        }
        return BigInteger(magnitude: shifted, isNegative: value.isNegative)
    }

    package static func + (a: BigInteger, b: BigInteger) -> BigInteger {
        if a.isNegative == b.isNegative {
            return BigInteger(magnitude: sum(a.magnitude, b.magnitude), isNegative: a.isNegative)
        }
        return isLess(a.magnitude, b.magnitude)
            ? BigInteger(magnitude: difference(b.magnitude, a.magnitude), isNegative: b.isNegative)
            : BigInteger(magnitude: difference(a.magnitude, b.magnitude), isNegative: a.isNegative)
    }

    package static func - (a: BigInteger, b: BigInteger) -> BigInteger { a + -b }

    package static func * (a: BigInteger, b: BigInteger) -> BigInteger {
        guard !a.isZero, !b.isZero else { return zero }
        var product = [UInt64](repeating: 0, count: a.magnitude.count + b.magnitude.count)
        for (i, x) in a.magnitude.enumerated() {
            var carry: UInt64 = 0
            for (j, y) in b.magnitude.enumerated() {
                let (high, low) = x.multipliedFullWidth(by: y)
                let (first, over) = product[i + j].addingReportingOverflow(low)
                let (second, more) = first.addingReportingOverflow(carry)
                product[i + j] = second
                carry = high &+ (over ? 1 : 0) &+ (more ? 1 : 0)
            }
            product[i + b.magnitude.count] = carry
        }
        return BigInteger(magnitude: product, isNegative: a.isNegative != b.isNegative)
    }

    private static func sum(_ a: [UInt64], _ b: [UInt64]) -> [UInt64] {
        let (long, short) = a.count >= b.count ? (a, b) : (b, a)
        var result = long
        var carry = false
        for index in long.indices where index < short.count || carry {
            let (first, over) = long[index].addingReportingOverflow(index < short.count ? short[index] : 0)
            let (second, more) = first.addingReportingOverflow(carry ? 1 : 0)
            result[index] = second
            carry = over || more
        }
        if carry { result.append(1) }
        return result
    }

    /// - Precondition: a ≥ b.
    private static func difference(_ a: [UInt64], _ b: [UInt64]) -> [UInt64] {
        var result = a
        var borrow = false
        for index in a.indices where index < b.count || borrow {
            let (first, over) = a[index].subtractingReportingOverflow(index < b.count ? b[index] : 0)
            let (second, more) = first.subtractingReportingOverflow(borrow ? 1 : 0)
            result[index] = second
            borrow = over || more
        }
        return result
    }

    package static func isLess(_ a: [UInt64], _ b: [UInt64]) -> Bool {
        guard a.count == b.count else { return a.count < b.count }
        for index in a.indices.reversed() where a[index] != b[index] { return a[index] < b[index] }
        return false
    }
}
