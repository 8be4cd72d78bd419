/// Philox4x32-10 (Salmon, Moraes, Dror, Shaw, SC11), as docs/sampling.md uses it.
public enum Philox {
    /// The four words of a counter and a key.
    public static func words(
        _ counter: (UInt32, UInt32, UInt32, UInt32), key: (UInt32, UInt32)
    ) -> (UInt32, UInt32, UInt32, UInt32) {
        var (c0, c1, c2, c3) = counter
        var (k0, k1) = key
        for _ in 0..<10 {
            let first = c0.multipliedFullWidth(by: 0xD251_1F53), second = c2.multipliedFullWidth(by: 0xCD9E_8D57)
            (c0, c1, c2, c3) = (second.high ^ c1 ^ k0, second.low, first.high ^ c3 ^ k1, first.low)
            k0 &+= 0x9E37_79B9
            k1 &+= 0xBB67_AE85
        }
        return (c0, c1, c2, c3)
    }

    /// 128 bits of a stream, the lowest 64 first.
    static func bits(seed: UInt64, trial: UInt64, stream: UInt32, row: Int, column: Int) -> (UInt64, UInt64) {
        let high = UInt32(truncatingIfNeeded: trial >> 32) << 8 | stream
        let words = words(
            (UInt32(column), UInt32(row), UInt32(truncatingIfNeeded: trial), high),
            key: (UInt32(truncatingIfNeeded: seed), UInt32(seed >> 32)))
        return (UInt64(words.1) << 32 | UInt64(words.0), UInt64(words.3) << 32 | UInt64(words.2))
    }
}
