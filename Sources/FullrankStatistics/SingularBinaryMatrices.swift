import FullrankPlatform

/// How many random d × d matrices of independent fair bits are singular (P Theorem 3).
public struct SingularBinaryMatrices: Hashable, Sendable {
    /// d
    public let order: Int
    public let trials: Int
    public let singular: Int

    public init(order: Int, trials: Int, singular: Int) {
        (self.order, self.trials, self.singular) = (order, trials, singular)
    }

    /// 95% of the share of singular ones.
    public var interval: WilsonInterval { WilsonInterval(successes: singular, trials: trials) }
    public var probability: Double { trials == 0 ? 0 : Double(singular) / Double(trials) }

    /// `(1/√2)^d`: Theorem 3 says `(1/√2 + o(1))^d`, so this is its order, and no bound for one d.
    public var bound: Double { pow(0.5, Double(order) / 2) }

    /// The exact probability, for orders up to 8: regular 0/1 matrices were counted (OEIS A055165; to order 4 again by
    /// the tests).
    public var exact: Double? {
        let regular: [UInt64] = [
            1, 1, 6, 174, 22560, 12_514_320, 28_836_612_000, 270_345_669_985_440, 10_160_459_763_342_013_440,
        ]
        guard regular.indices.contains(order) else { return nil }
        // The singular ones counted in whole numbers, 2^64 of all being 0 in 64 bits: one rounding, and the quotient is exact.
        let all: UInt64 = order == 8 ? 0 : 1 << UInt64(order * order)
        return Double(sign: .plus, exponent: -order * order, significand: Double(all &- regular[order]))
    }
}
