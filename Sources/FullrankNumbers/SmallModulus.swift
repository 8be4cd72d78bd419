/// Residues whose products fit into 64 bits: 0 < p < 2^32.
package enum SmallModulus {
    package static func power(_ base: UInt64, _ exponent: UInt64, modulo p: UInt64) -> UInt64 {
        var (result, square, rest) = (UInt64(1), base % p, exponent)
        while rest > 0 {
            if rest & 1 == 1 { result = result * square % p }
            square = square * square % p
            rest >>= 1
        }
        return result
    }

    /// By Fermat: p is a prime.
    package static func inverse(_ value: UInt64, modulo p: UInt64) -> UInt64 { power(value, p - 2, modulo: p) }
}
