/// A sum of doubles without rounding, and its quotient by a whole number, rounded once.
///
/// A fixed-point number of digits of 32 bits, wide enough for every double there is and 2^63 of them; carries wait until
/// they must be made (Kulisch's accumulator; Neal, arXiv 1505.05571).
struct ExactSum {
    /// Digit i counts 2^(32 i - 1074). Any sign; below 2^62.
    private var digits = [Int64](repeating: 0, count: Self.count)
    private var waiting = 0

    private static let count = 72
    private static let lowest = -1074
    private static let mask: Int64 = 0xffff_ffff

    /// Adds `value` times `factor`, or takes it away. `value` is finite.
    mutating func add(_ value: Double, times factor: UInt64 = 1, negated: Bool = false) {
        let biased = Int(value.exponentBitPattern)
        let significand = biased == 0 ? value.significandBitPattern : value.significandBitPattern | 1 << 52
        let place = max(biased, 1) - 1
        let minus = (value.sign == .minus) != negated
        let (high, low) = significand.multipliedFullWidth(by: factor)
        add(low, at: place, minus: minus)
        if high != 0 { add(high, at: place + 64, minus: minus) }
    }

    private mutating func add(_ word: UInt64, at place: Int, minus: Bool) {
        let (index, shift) = (place / 32, UInt64(place % 32))
        let low = (word & 0xffff_ffff) << shift
        let high = (word >> 32) << shift
        let parts = (Int64(low & 0xffff_ffff), Int64(low >> 32) + Int64(high & 0xffff_ffff), Int64(high >> 32))
        digits.withUnsafeMutableBufferPointer { digits in
            digits[index] += minus ? -parts.0 : parts.0
            digits[index + 1] += minus ? -parts.1 : parts.1
            digits[index + 2] += minus ? -parts.2 : parts.2
        }
        waiting += 1
        if waiting == 1 << 28 { carry() }
    }

    /// Every digit but the last from 0 to 2^32 - 1.
    private mutating func carry() {
        for index in 0..<(Self.count - 1) {
            digits[index + 1] += digits[index] >> 32
            digits[index] &= Self.mask
        }
        waiting = 0
    }

    /// The sum over `divisor`, rounded to nearest, ties to even: a double, or its rounding if it is below the normal
    /// ones.
    ///
    /// - Precondition: 0 < divisor < 2^63.
    func divided(by divisor: UInt64) -> Double {
        var sum = self
        sum.carry()
        let isNegative = sum.digits[Self.count - 1] < 0
        if isNegative {
            for index in sum.digits.indices { sum.digits[index].negate() }
            sum.carry()
        }
        // Words of 64 bits, highest first, and 128 bits behind the point: more than a double's however small the sum.
        let words = stride(from: Self.count - 2, through: 0, by: -2).map {
            UInt64(sum.digits[$0 + 1]) << 32 | UInt64(sum.digits[$0])
        }
        var (quotient, rest) = ([UInt64](), UInt64(0))
        for word in words + [0, 0] {
            let (digit, remainder) = divisor.dividingFullWidth((rest, word))
            quotient.append(digit)
            rest = remainder
        }
        guard let first = quotient.firstIndex(where: { $0 != 0 }) else { return 0 }
        let shift = quotient[first].leadingZeroBitCount
        let next = first + 1 < quotient.count ? quotient[first + 1] : 0
        let top = quotient[first] << UInt64(shift) | (shift == 0 ? 0 : next >> UInt64(64 - shift))
        let isMore = rest != 0 || next << UInt64(shift) != 0 || quotient.dropFirst(first + 2).contains { $0 != 0 }
        var significand = top >> 11
        let tail = top & 0x7ff
        if tail > 0x400 || (tail == 0x400 && (isMore || significand & 1 == 1)) { significand += 1 }
        // The bit of `top` that is worth 1, counted from the sum's lowest.
        let exponent = 64 * (quotient.count - 1 - first) - shift + 11 - 128 + Self.lowest
        return Double(sign: isNegative ? .minus : .plus, exponent: exponent, significand: Double(significand))
    }
}
