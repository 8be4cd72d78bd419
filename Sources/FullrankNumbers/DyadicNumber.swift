/// A finite double as it is: `mantissa * 2^exponent`, the mantissa odd, or 0.
package struct DyadicNumber: Hashable {
    package var mantissa: Int
    package var exponent: Int

    package init(_ value: Double) {
        guard value != 0 else { (mantissa, exponent) = (0, 0); return }
        let fraction = value.significandBitPattern | (value.isNormal ? 1 << 52 : 0)
        let zeros = fraction.trailingZeroBitCount
        let odd = Int(fraction >> UInt64(zeros))
        mantissa = value < 0 ? -odd : odd
        exponent = (value.isNormal ? Int(value.exponent) : -1022) - 52 + zeros
    }

    /// Bits of the mantissa; 0 for 0.
    package var bits: Int { Int.bitWidth - Int(mantissa.magnitude).leadingZeroBitCount }

    /// Of `self * 2^-scale`, an integer.
    func residue(scale: Int, modulo prime: UInt64) -> UInt64 {
        guard mantissa != 0 else { return 0 }
        let shift = SmallModulus.power(2, UInt64(exponent - scale), modulo: prime)
        let magnitude = UInt64(mantissa.magnitude) % prime * shift % prime
        return mantissa > 0 || magnitude == 0 ? magnitude : prime - magnitude
    }
}

/// Doubles times a common power of two, so that they are integers.
package struct DyadicRow {
    let numbers: [DyadicNumber]
    let scale: Int
    /// All absolute values are below 2^bits.
    let bits: Int

    /// - Parameter scale: the exponent to take out; nil: the smallest there is.
    package init(_ values: some Sequence<Double>, scale: Int? = nil) {
        numbers = values.map { DyadicNumber($0) }
        let others = numbers.filter { $0.mantissa != 0 }
        let smallest = scale ?? others.map(\.exponent).min() ?? 0
        self.scale = smallest
        bits = others.map { $0.bits + $0.exponent - smallest }.max() ?? 0
    }

    package func residues(modulo prime: UInt64) -> [UInt64] { numbers.map { $0.residue(scale: scale, modulo: prime) } }
}
