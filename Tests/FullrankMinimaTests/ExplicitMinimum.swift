import FullrankModel

/// A zero-loss minimum in the region of a complete pattern, written down (lemma 15): one break between each two
/// neighbours of the sorted points, one line for the first point.
struct ExplicitMinimum: Hashable, Sendable {
    /// One for each unit.
    let weights: [Double]
    let biases: [Double]

    /// - Parameters:
    ///   - inputs: ascending, distinct.
    ///   - labels: one for each point.
    ///   - outputs: one for each unit, none 0.
    ///   - pattern: units × points.
    ///   - slack: weights and biases of the units that the construction does not use, in the closures of their cells;
    ///     nil: 0.
    /// - Returns: nil where the pattern is not complete.
    init?(
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
