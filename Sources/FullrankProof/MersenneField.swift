/// Arithmetic modulo the prime 2^61 − 1: another prime than any the kernels take, by other instructions.
enum MersenneField {
    static let prime: UInt64 = (1 << 61) - 1

    static func product(_ a: UInt64, _ b: UInt64) -> UInt64 {
        let (high, low) = a.multipliedFullWidth(by: b)
        let sum = (low & prime) &+ (low >> 61 | high << 3)
        return sum >= prime ? sum - prime : sum
    }

    static func difference(_ a: UInt64, _ b: UInt64) -> UInt64 { a >= b ? a - b : a &+ prime &- b }

    /// By Fermat.
    static func inverse(_ a: UInt64) -> UInt64 {
        var (result, square, exponent) = (UInt64(1), a, prime - 2)
        while exponent > 0 {
            if exponent & 1 == 1 { result = product(result, square) }
            square = product(square, square)
            exponent >>= 1
        }
        return result
    }

    /// A double as the dyadic rational it is: 2^61 = 1, so powers of two count modulo 61.
    static func residue(_ value: Double) -> UInt64 {
        let (mantissa, exponent) = BigInteger.scaled(value)
        let shift = ((exponent % 61) + 61) % 61
        let magnitude = product(UInt64(mantissa.magnitude) % prime, 1 << UInt64(shift))
        return mantissa < 0 && magnitude > 0 ? prime - magnitude : magnitude
    }
}
