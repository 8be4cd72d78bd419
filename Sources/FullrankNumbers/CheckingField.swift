/// Arithmetic modulo the prime 2^61 − 2373: another prime than any the kernels take, by other instructions.
///
/// It is the largest prime below 2^61 with (p − 1)/2 prime too, and 2 is a primitive root. Modulo 2^61 − 1, which would be
/// a little faster, 2 has order 61: data that are powers of two, or that differ by some, would seem to coincide.
package enum CheckingField {
    // Computed and inlinable: elimination in another module then has constants.
    @inlinable package static var prime: UInt64 { (1 << 61) - excess }
    @usableFromInline static var excess: UInt64 { 2373 }

    /// Of two residues: 2^61 is 2373, so what lies above 61 bits comes back below, twice.
    @inlinable package static func product(_ a: UInt64, _ b: UInt64) -> UInt64 {
        let low61: UInt64 = (1 << 61) - 1
        let (high, low) = a.multipliedFullWidth(by: b)
        let (carryHigh, carryLow) = (low >> 61 | high << 3).multipliedFullWidth(by: excess)
        let sum = (low & low61) + (carryLow & low61) + (carryLow >> 61 | carryHigh << 3) * excess
        // Below 2^61 + 2^61 + 2^26: at most two times the prime too much.
        let once = sum >= prime ? sum - prime : sum
        return once >= prime ? once - prime : once
    }

    @inlinable package static func difference(_ a: UInt64, _ b: UInt64) -> UInt64 { a >= b ? a - b : a + prime - b }

    package static func power(_ base: UInt64, _ exponent: UInt64) -> UInt64 {
        var (result, square, rest) = (UInt64(1), base, exponent)
        while rest > 0 {
            if rest & 1 == 1 { result = product(result, square) }
            square = product(square, square)
            rest >>= 1
        }
        return result
    }

    /// By Fermat.
    package static func inverse(_ a: UInt64) -> UInt64 { power(a, prime - 2) }

    /// A double as the dyadic rational it is.
    package static func residue(_ value: Double) -> UInt64 {
        let number = DyadicNumber(value)
        // 1/2 is (p + 1)/2.
        let scale = power(number.exponent >= 0 ? 2 : (prime + 1) / 2, UInt64(number.exponent.magnitude))
        let magnitude = product(UInt64(number.mantissa.magnitude), scale)
        return number.mantissa < 0 && magnitude > 0 ? prime - magnitude : magnitude
    }
}
