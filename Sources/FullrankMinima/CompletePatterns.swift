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
            collects(points, draws: (units + 1) / 2, of: 2 * points) * collects(points, draws: units / 2, of: 2 * points)
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
            if probability(points: points, units: middle, outputs: outputs) < level { low = middle } else { high = middle }
        }
        return high
    }
}

/// A zero-loss minimum in the region of a complete pattern, written down (lemma 15): one break between each two
/// neighbours of the sorted points, one line for the first point.
public struct ExplicitMinimum: Hashable, Sendable {
    /// One a unit.
    public let weights: [Double]
    public let biases: [Double]

    /// - Parameters:
    ///   - inputs: ascending, distinct.
    ///   - labels: one a point.
    ///   - outputs: one a unit, none 0.
    ///   - pattern: units × points.
    ///   - slack: weights and biases of the units that the construction does not use, in the closures of their cells;
    ///     nil: 0.
    /// - Returns: nil where the pattern is not complete.
    public init?(
        inputs: [Double], labels: [Double], outputs: [Double], pattern: ActivationPattern,
        slack: (weights: [Double], biases: [Double])? = nil
    ) {
        let n = inputs.count
        // keys[j][sign]: a unit active from point j on, with output weight of that sign.
        var keys = [[Int?]](repeating: [nil, nil], count: n)
        for unit in 0..<pattern.units {
            guard let first = (0..<n).first(where: { pattern[unit, $0] }), (first..<n).allSatisfy({ pattern[unit, $0] })
            else { continue }
            let sign = outputs[unit] > 0 ? 1 : 0
            if keys[first][sign] == nil { keys[first][sign] = unit }
        }
        guard keys.allSatisfy({ $0[0] != nil && $0[1] != nil }) else { return nil }
        let used = Set(keys.flatMap { $0.compactMap { $0 } })
        var weights = slack?.weights ?? [Double](repeating: 0, count: pattern.units)
        var biases = slack?.biases ?? weights
        func output(_ unit: Int, _ x: Double) -> Double { max(0, weights[unit] * x + biases[unit]) * outputs[unit] }
        // What the key units are to make: the labels less the slack units' output.
        var rest = labels
        for unit in 0..<pattern.units where !used.contains(unit) {
            for j in 0..<n where pattern[unit, j] { rest[j] -= output(unit, inputs[j]) }
        }
        // g_j, the sum of the steps so far, as lines: s (w x + b) from point j on.
        var lines = [(w: Double, b: Double)]()
        for j in 0..<n {
            let made = lines.reduce(0) { $0 + $1.w * inputs[j] + $1.b }
            let missing = rest[j] - made
            let s = missing < 0 ? -1.0 : 1
            let (w, b): (Double, Double)
            if j == 0 {
                (w, b) = (1, abs(missing) - inputs[0])
            } else {
                let gap = inputs[j] - inputs[j - 1]
                (w, b) = (2 * abs(missing) / gap, -abs(missing) * (inputs[j] + inputs[j - 1]) / gap)
            }
            lines.append((s * w, s * b))
            for sign in 0...1 {
                guard let unit = keys[j][sign] else { return nil }
                let beta = sign == 1 ? 1.0 : -1
                let share = (3 + s * beta) / (2 * abs(outputs[unit]))
                weights[unit] = w * share
                biases[unit] = b * share
            }
        }
        self.weights = weights
        self.biases = biases
    }
}
