import FullrankKernels

/// Arithmetic modulo an odd number below 2^62, which must be a prime for inverses. Residues are kept times 2^64, so
/// that no division is needed (Montgomery, Modular multiplication without trial division, 1985).
package struct WordField: Sendable {
    package let prime: UInt64
    /// -1/prime modulo 2^64.
    @usableFromInline let negatedInverse: UInt64
    /// 1 and 2^64, as residues are kept.
    package let one: UInt64
    @usableFromInline let square: UInt64

    package init(_ prime: UInt64) {
        precondition(prime % 2 == 1 && prime > 2 && prime < 1 << 62, "an odd number below 2^62")
        self.prime = prime
        var inverse = prime  // right in 3 bits; each step doubles them
        for _ in 0..<5 { inverse &*= 2 &- prime &* inverse }
        negatedInverse = 0 &- inverse
        one = (UInt64.max % prime + 1) % prime
        var power = one
        for _ in 0..<64 { power = power << 1 >= prime ? power << 1 - prime : power << 1 }
        square = power
    }

    @inlinable @inline(__always) package func sum(_ a: UInt64, _ b: UInt64) -> UInt64 {
        let sum = a &+ b
        return sum >= prime ? sum &- prime : sum
    }

    @inlinable @inline(__always) package func difference(_ a: UInt64, _ b: UInt64) -> UInt64 {
        a >= b ? a &- b : a &+ prime &- b
    }
    @inlinable @inline(__always) package func negative(_ a: UInt64) -> UInt64 { a == 0 ? 0 : prime &- a }

    @inlinable @inline(__always) package func product(_ a: UInt64, _ b: UInt64) -> UInt64 {
        let (high, low) = a.multipliedFullWidth(by: b)
        let carried = (low &* negatedInverse).multipliedFullWidth(by: prime).high
        // The low words add up to 0 or to 2^64.
        let sum = high &+ carried &+ (low == 0 ? 0 : 1)
        return sum >= prime ? sum &- prime : sum
    }

    package func power(_ base: UInt64, _ exponent: UInt64) -> UInt64 {
        var (result, square, rest) = (one, base, exponent)
        while rest > 0 {
            if rest & 1 == 1 { result = product(result, square) }
            square = product(square, square)
            rest >>= 1
        }
        return result
    }

    /// By Fermat.
    package func inverse(_ a: UInt64) -> UInt64 { power(a, prime - 2) }

    @inlinable package func residue(_ value: UInt64) -> UInt64 { product(value % prime, square) }
    /// From 0 to prime - 1.
    @inlinable package func value(_ residue: UInt64) -> UInt64 { product(residue, 1) }
}

extension WordField {
    /// The primes below 2^61 that relations are found and checked by, the largest first. 2^61 - 1 is not among them: 2 has
    /// order 61 there.
    package struct Primes {
        private var candidate: UInt64 = (1 << 61) - 1

        package init() {}

        package mutating func next() -> UInt64 {
            repeat { candidate -= 2 } while fr_is_prime(candidate) == 0
            return candidate
        }
    }
}

/// Residues of doubles, which are dyadic rationals, modulo a prime.
package struct DyadicResidues: Sendable {
    package let field: WordField
    /// Of 2, from the smallest double's exponent on.
    private let powers: [UInt64]
    private static let least = -1074, most = 1023

    package init(_ field: WordField) {
        self.field = field
        func half(_ x: UInt64) -> UInt64 { x & 1 == 0 ? x >> 1 : (x + field.prime) >> 1 }
        var powers = [UInt64](repeating: field.one, count: Self.most - Self.least + 1)
        for place in stride(from: -Self.least - 1, through: 0, by: -1) { powers[place] = half(powers[place + 1]) }
        for place in (-Self.least + 1)..<powers.count {
            powers[place] = field.sum(powers[place - 1], powers[place - 1])
        }
        self.powers = powers
    }

    package func residue(_ value: Double) -> UInt64 {
        if value == 0 { return 0 }
        let number = DyadicNumber(value)
        let size = field.product(field.residue(UInt64(number.mantissa.magnitude)), powers[number.exponent - Self.least])
        return number.mantissa < 0 ? field.negative(size) : size
    }
}
