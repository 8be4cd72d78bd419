import FullrankKernels
import Synchronization

/// An integer known by its residues modulo primes below 2^31: exact signs of determinants and sums of products without
/// arithmetic on long numbers.
package struct ResidueInteger {
    let residues: [UInt64]
    let primes: [UInt64]

    /// - Parameters:
    ///   - bits: the absolute value is below 2^bits.
    ///   - residue: of the integer, modulo a prime; between 0 and the prime.
    init(bits: Int, residue: (UInt64) -> UInt64) {
        // Each prime is above 2^30, and the product must exceed 2^(bits + 1).
        primes = Primes.first((bits + 1) / 30 + 1)
        residues = primes.map(residue)
    }

    /// -1, 0 or 1: that of the leading digit in mixed radix with balanced digits, which all lower digits together
    /// cannot outweigh.
    package var sign: Int {
        guard residues.contains(where: { $0 != 0 }) else { return 0 }
        let digits = digits(balanced: true)
        return digits.last { $0 != 0 }!.signum()
    }

    /// Its absolute value.
    package var magnitude: BigInteger {
        guard sign != 0 else { return .zero }
        let positive =
            sign > 0
            ? self : ResidueInteger(residues: zip(residues, primes).map { $0 == 0 ? 0 : $1 - $0 }, primes: primes)
        var value = BigInteger.zero
        for (digit, prime) in zip(positive.digits(balanced: false), primes).reversed() {
            value *= prime
            value += UInt64(digit)
        }
        return value
    }

    private init(residues: [UInt64], primes: [UInt64]) { (self.residues, self.primes) = (residues, primes) }

    /// `value = d_0 + p_0 (d_1 + p_1 (d_2 + ...))` (Garner).
    private func digits(balanced: Bool) -> [Int] {
        var digits = [Int]()
        for (index, prime) in primes.enumerated() {
            // The part found so far, and the product of its primes, modulo this one.
            var known: UInt64 = 0, product: UInt64 = 1
            for (digit, earlier) in zip(digits, primes[..<index]) {
                let reduced = digit >= 0 ? UInt64(digit) % prime : prime - UInt64(-digit) % prime
                known = (known + reduced * product) % prime
                product = product * (earlier % prime) % prime
            }
            let rest = (residues[index] + prime - known) % prime
            let digit = Int(rest * SmallModulus.inverse(product, modulo: prime) % prime)
            digits.append(balanced && digit > Int(prime) / 2 ? digit - Int(prime) : digit)
        }
        return digits
    }
}

/// The primes below 2^31, the largest first.
package enum Primes {
    private static let known = Mutex<[UInt64]>([])

    package static func first(_ count: Int) -> [UInt64] {
        known.withLock { known in
            var candidate = (known.last ?? (1 << 31) + 1) - 2
            while known.count < count {
                if fr_is_prime(candidate) != 0 { known.append(candidate) }
                candidate -= 2
            }
            return Array(known[..<count])
        }
    }
}
