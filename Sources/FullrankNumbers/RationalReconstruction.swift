/// Rationals from their residues modulo many primes (Wang 1981), a vector of them with a common denominator.
package struct RationalReconstruction {
    /// From 0 to modulus - 1, one for each entry.
    private var values: [BigInteger]
    private var modulus = BigInteger(1)

    package init(count: Int) { values = Array(repeating: .zero, count: count) }

    /// Takes the residues modulo a further prime, from 0 to p - 1.
    package mutating func add(_ residues: [UInt64], modulo field: WordField) {
        let inverse = field.inverse(field.residue(modulus))
        for (index, residue) in residues.enumerated() {
            let missing = field.difference(field.residue(residue), field.residue(values[index]))
            let digit = field.value(field.product(missing, inverse))
            if digit != 0 { values[index].add(product: modulus, BigInteger(digit)) }
        }
        modulus *= field.prime
    }

    /// The vector as whole numbers over a positive denominator. Another residue of each number decides whether it is
    /// right; nil if there are too few primes.
    ///
    /// - Parameter guess: a possible multiple of the denominator. If it is one, no search is needed.
    package func find(guess: BigInteger = BigInteger(1)) -> (numerators: [BigInteger], denominator: BigInteger)? {
        let bits = (modulus.bitWidth - 2) / 2
        guard bits > 0 else { return nil }
        var denominator = guess
        for value in values {
            let (numerator, more) = Self.ratio(
                value: (value * denominator).remainder(modulus), modulus: modulus, bits: bits)
            denominator = denominator * more
            guard denominator.bitWidth <= bits, numerator.bitWidth <= bits else { return nil }
        }
        let numerators = values.map { value in
            let residue = (value * denominator).remainder(modulus)
            let other = modulus - residue
            return BigInteger.isSmaller(other, than: residue) ? -other : residue
        }
        return (numerators, denominator)
    }

    /// numerator / denominator = value modulo the modulus, the numerator below 2^bits.
    private static func ratio(value: BigInteger, modulus: BigInteger, bits: Int) -> (
        numerator: BigInteger, denominator: BigInteger
    ) {
        var (before, rest) = (modulus, value)
        // value less the modulus: mostly the denominator is known already.
        let other = modulus - value
        if value.bitWidth <= bits { return (value, BigInteger(1)) }
        if other.bitWidth <= bits { return (-other, BigInteger(1)) }
        var (factorBefore, factor) = (BigInteger.zero, BigInteger(1))
        while rest.bitWidth > bits {
            let (quotient, remainder) = before.quotientAndRemainder(dividingBy: rest)
            (before, rest) = (rest, remainder)
            (factorBefore, factor) = (factor, factorBefore - quotient * factor)
        }
        return factor.isNegative ? (-rest, -factor) : (rest, factor)
    }
}

extension BigInteger {
    fileprivate func remainder(_ divisor: BigInteger) -> BigInteger {
        quotientAndRemainder(dividingBy: divisor).remainder
    }
}

extension WordField {
    package func residue(_ value: BigInteger) -> UInt64 {
        residue(value.residue(modulo: prime))
    }
}
