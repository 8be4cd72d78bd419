import FullrankKernels

/// The prime of the exact method.
public enum Prime {
    /// Largest prime the kernels take: products of balanced residues then sum exactly in a double.
    public static let largest: UInt32 = 8_388_593
    /// Primes are drawn from here up to `largest`: there are 268,216 of them.
    public static let smallestDrawn: UInt32 = 4_194_304

    /// The `index`-th prime of a seed: uniform among the primes of 23 bits (rejection on SplitMix64's sequence), so
    /// that no data can be arranged against it.
    public static func drawn(seed: UInt64, index: Int = 0) -> UInt32 {
        var state = seed
        var found = [UInt32]()
        while true {
            state &+= 0x9e37_79b9_7f4a_7c15
            let candidate = smallestDrawn + UInt32(mixed(state) >> 42)
            guard candidate <= largest, isPrime(candidate), !found.contains(candidate) else { continue }
            if found.count == index { return candidate }
            found.append(candidate)
        }
    }

    /// A seed for `drawn` made of a seed and a file's content. For one content it is a permutation of the seeds, so that no
    /// content meets the same primes whatever the seed; for one seed, contents that differ have others as by chance.
    /// Whoever knows the seed beforehand can search for a content that is divisible by its primes.
    public static func seed(_ seed: UInt64, content: [UInt8]) -> UInt64 {
        content.withUnsafeBytes { bytes in
            var state = mixed(seed ^ UInt64(bytes.count))
            let whole = bytes.count & ~7
            for place in stride(from: 0, to: whole, by: 8) {
                state = mixed(state ^ UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)))
            }
            for byte in bytes[whole...] { state = mixed(state ^ UInt64(byte)) }
            return state
        }
    }

    /// SplitMix64's last step (Steele, Lea, Flood, OOPSLA 2014): a permutation.
    private static func mixed(_ word: UInt64) -> UInt64 {
        var z = word
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    public static func isPrime(_ number: UInt32) -> Bool { fr_is_prime(UInt64(number)) != 0 }

    /// The chance that one trial's rank mod `prime` falls short of its rank, taking each pivot's minor for a random
    /// residue: about pivots/p (docs/mathematics.md, section 2). It can only fall short.
    public static func shortfallBound(pivots: Int, prime: UInt32) -> Double {
        min(1, Double(pivots) / Double(prime - 1))
    }
}
