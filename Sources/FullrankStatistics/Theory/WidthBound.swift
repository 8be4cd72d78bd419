import FullrankPlatform

/// A width d1 that a theorem proves sufficient, or necessary, for full rank, with its assumptions, for figures and
/// `fullrank theory`. P is Karhadkar, Murray, Tseran, Montúfar (arXiv 2305.19510), S its later version.
///
/// The papers' networks have no bias, so that a unit has d0 columns. With bias, k = d0 + 1 replaces their d0.
public enum WidthBound: Hashable, Sendable, CaseIterable {
    /// d1 k = n: below it the Jacobian has fewer columns than rows, and no network has full rank.
    case parameterCount
    /// P Theorem 5.
    case randomPatterns
    /// P Theorem 10, d0 = 1 with bias.
    case stepPatterns
    /// P Theorem 12, d0 = 1 with bias.
    case globalMinima
    /// S Theorem 12; needs γ.
    case anticoncentration

    /// Short, for `--overlay` and JSON.
    public var name: String {
        switch self {
        case .parameterCount: "count"
        case .randomPatterns: "theorem-5"
        case .stepPatterns: "theorem-10"
        case .globalMinima: "theorem-12"
        case .anticoncentration: "anticoncentration"
        }
    }

    /// Which theorem, with its formula.
    public var title: String {
        switch self {
        case .parameterCount: "d1 · k = n: as many parameters as data points"
        case .randomPatterns: "Theorem 5: d1 ≥ max(n/k, C log(n/(ε k))), C = 1"
        case .stepPatterns: "Theorem 10: d1 ≥ 2 n log(n/ε)"
        case .globalMinima: "Theorem 12: d1 ≥ 4 n log(2 n/ε)"
        case .anticoncentration: "later version, Theorem 12: d1 ≥ (8/γ²) log(k/ε) + (2/γ)(n/k + 1)"
        }
    }

    /// The statement and its assumptions, in a sentence or two.
    public var assumptions: String {
        switch self {
        case .parameterCount: "Necessary: with fewer columns than data points no Jacobian has full rank."
        case .randomPatterns:
            "Enough for rank n on all but a share ε of the 2^(n d1) binary patterns, for generic data. "
                + "Patterns count equally, whether a network has them or not. "
                + "The theorem states its second term as Ω(...); no constant is given, and C = 1 here is a choice."
        case .stepPatterns:
            "d0 = 1 with bias, distinct inputs: enough for rank n on all but a share ε of the non-empty activation "
                + "regions, which count equally, whatever their volume."
        case .globalMinima:
            "d0 = 1 with bias, distinct inputs, half of the output weights of each sign: enough for a global minimum "
                + "of loss 0 in all but a share ε of the non-empty regions. Theorem 12 asks 2 n log(2 n/ε) units of each sign."
        case .anticoncentration:
            "Enough for rank n with probability 1 - ε over the weights, which are Gaussian, if every u ≠ 0 has "
                + "P(u·a = 0) ≤ 1 - γ for a unit's pattern a. Measured over u = e_i and e_i - e_j only, γ is an upper "
                + "bound (exact for d0 = 1 with bias), and the width at most the theorem's."
        }
    }

    /// Whether it applies to networks with these inputs.
    public func applies(inputDimension: Int, bias: Bool) -> Bool {
        switch self {
        case .stepPatterns, .globalMinima: inputDimension == 1 && bias
        default: true
        }
    }

    /// The width, not rounded; nil if the bound does not apply or γ is missing.
    ///
    /// - Precondition: n and k are positive, 0 < ε < 1, 0 < γ ≤ 1.
    public func width(points n: Int, inputDimension: Int, bias: Bool, epsilon: Double, gamma: Double? = nil) -> Double?
    {
        guard applies(inputDimension: inputDimension, bias: bias) else { return nil }
        let n = Double(n), k = Double(inputDimension + (bias ? 1 : 0))
        switch self {
        case .parameterCount: return n / k
        case .randomPatterns: return max(n / k, log(n / (epsilon * k)))
        case .stepPatterns: return 2 * n * log(n / epsilon)
        case .globalMinima: return 4 * n * log(2 * n / epsilon)
        case .anticoncentration:
            guard let gamma, gamma > 0 else { return nil }
            return 8 / (gamma * gamma) * log(k / epsilon) + 2 / gamma * (n / k + 1)
        }
    }
}

/// How many activation patterns a network of ReLU units has on n points in general position.
public enum RegionCount {
    /// log2 of 2 Σ_{j<k} C(n-1, j), the number of non-empty regions of one unit (P Proposition 6; Schläfli, Cover
    /// 1965); n where k ≥ n, when every pattern occurs.
    public static func log2OfUnit(points n: Int, columnsPerUnit k: Int) -> Double {
        guard n > 0, k > 0 else { return 0 }
        if k >= n { return Double(n) }
        // Terms relative to the largest, so that nothing overflows.
        var logs = [0.0]
        for j in 1..<max(k, 1) where j < n { logs.append(logs[j - 1] + log2(Double(n - j)) - log2(Double(j))) }
        let largest = logs.max() ?? 0
        return 1 + largest + log2(logs.reduce(0) { $0 + exp2($1 - largest) })
    }
}
