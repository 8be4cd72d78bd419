import FullrankModel
import FullrankPlatform

/// Complete patterns of one input with bias: every step vector that is 1 from some point on, on units of both signs of
/// output weight. Their regions always hold a zero-loss minimum (Karhadkar et al., theorem 12 and lemma 15).
public enum CompletePatterns {
    /// The published sufficient width: `4 n log(2 n / epsilon)` units make all but a fraction epsilon of the non-empty
    /// regions complete.
    public static func sufficientWidth(points: Int, epsilon: Double) -> Double {
        4 * Double(points) * log(2 * Double(points) / epsilon)
    }

    /// The chance that a region drawn uniformly from the non-empty ones is complete.
    public static func probability(points: Int, units: Int, outputs: OutputWeights) -> Double {
        switch outputs {
        case .alternating:
            collects(points, draws: (units + 1) / 2, of: 2 * points)
                * collects(points, draws: units / 2, of: 2 * points)
        case .random:
            // A unit's step and sign are one of 4n, alike likely; 2n are wanted.
            collects(2 * points, draws: units, of: 4 * points)
        }
    }

    /// The chance that `draws` uniform draws of `kinds` kinds hold all of `wanted` given ones: how many were seen so far
    /// is a Markov chain. (The alternating sum over subsets loses all digits for long lists.)
    static func collects(_ wanted: Int, draws: Int, of kinds: Int) -> Double {
        guard draws >= wanted else { return wanted == 0 ? 1 : 0 }
        var chance = [Double](repeating: 0, count: wanted + 1)
        chance[0] = 1
        for _ in 0..<draws {
            for seen in stride(from: wanted, through: 0, by: -1) {
                let stays = 1 - Double(wanted - seen) / Double(kinds)
                let comes = seen > 0 ? chance[seen - 1] * Double(wanted - seen + 1) / Double(kinds) : 0
                chance[seen] = chance[seen] * stays + comes
            }
        }
        return chance[wanted]
    }

    /// The least width at which the probability reaches `level`.
    public static func width(points: Int, level: Double, outputs: OutputWeights) -> Int {
        var high = 2 * points
        while probability(points: points, units: high, outputs: outputs) < level { high *= 2 }
        var low = high / 2
        while high - low > 1 {
            let middle = (low + high) / 2
            if probability(points: points, units: middle, outputs: outputs) < level {
                low = middle
            } else {
                high = middle
            }
        }
        return high
    }
}
