import FullrankModel
import FullrankPlatform

/// A unit with one input and bias on given points: the chance of each of its activation patterns, and what follows
/// exactly for the rank of a layer of such units drawn independently.
///
/// The patterns are the step vectors (P Lemma 9): the unit breaks in a gap between neighbours, in one of two
/// orientations, or is active on all points or on none. Weights symmetric about 0 give both orientations, and all and
/// none, the same chance.
public struct StepChances: Hashable, Sendable {
    /// n, equal points included.
    public let points: Int
    /// For each gap between neighbouring distinct points, from the left: the chance that the unit breaks there, in one
    /// given orientation.
    public let gaps: [Double]
    /// The chance of all ones; of all zeros the same.
    public let ones: Double

    /// Distinct points, g.
    public var distinct: Int { gaps.count + 1 }

    /// Every one of the 2n step vectors alike, the ensemble of P Theorem 10.
    ///
    /// - Precondition: `points > 0`.
    public init(uniformOn points: Int) {
        precondition(points > 0, "step vectors need a point")
        self.points = points
        let chance = 1 / (2 * Double(points))
        gaps = Array(repeating: chance, count: points - 1)
        ones = chance
    }

    /// Those of drawn weights: the volumes of the regions (S Proposition 11 for inputs in [-1, 1], uniform weights).
    ///
    /// - Parameter inputs: finite, in any order, at least one.
    public init(inputs: [Double], initialization: Initialization) {
        precondition(!inputs.isEmpty, "step vectors need a point")
        points = inputs.count
        let sorted = Array(Set(inputs.map { $0 + 0 })).sorted()
        let measure = BreakMeasure(initialization)
        gaps = zip(sorted, sorted.dropFirst()).map { measure.chance(from: $0, to: $1) / 2 }
        ones =
            (measure.chance(from: -.infinity, to: sorted[0])
                + measure.chance(from: sorted[sorted.count - 1], to: .infinity)) / 2
    }

    /// min P(u·a ≠ 0) over u ≠ 0, a the pattern of a unit: γ of S Theorem 12 for this distribution of patterns.
    ///
    /// If the entries of u add up to 0, u·a ≠ 0 for both orientations of some gap, and `u = e_i − e_(i+1)` is that for
    /// gap i alone; else for all ones, and in every gap for one orientation at least, ½ in all.
    public var separation: Double { distinct < points ? 0 : min(0.5, 2 * (gaps.min() ?? 0.25)) }
}

/// Where `w x + b` changes sign, x = −b/w, for w and b drawn alike: a measure on the line.
private enum BreakMeasure {
    /// The ratio of two uniform numbers: density 1/4 on [-1, 1], 1/(4x²) outside.
    case uniform
    /// Cauchy's.
    case normal

    init(_ initialization: Initialization) {
        switch initialization {
        case .uniform, .heUniform: self = .uniform
        case .normal: self = .normal
        }
    }

    /// - Precondition: `low <= high`.
    func chance(from low: Double, to high: Double) -> Double {
        switch self {
        case .uniform:
            // Piece by piece, so that nothing cancels.
            func outside(_ a: Double, _ b: Double) -> Double {  // 1 ≤ a ≤ b
                if b == .infinity { return 1 / (4 * a) }
                return (b - a) / a / (4 * b)
            }
            let inside = max(0, min(high, 1) - max(low, -1)) / 4
            let right = high > 1 ? outside(max(low, 1), high) : 0
            let left = low < -1 ? outside(max(-high, 1), -low) : 0
            return left + inside + right
        case .normal:
            if low == -.infinity { return high == .infinity ? 1 : atan2(1, -high) / Double.pi }
            if high == .infinity { return atan2(1, low) / Double.pi }
            // The angle between (low, 1) and (high, 1).
            let (a, b) = (low.magnitude, high.magnitude)
            guard a < 0x1p500, b < 0x1p500 else { return (atan(high) - atan(low)) / Double.pi }
            return atan2(high - low, 1 + low * high) / Double.pi
        }
    }
}
