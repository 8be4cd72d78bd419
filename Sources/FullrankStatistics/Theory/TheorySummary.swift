import FullrankPlatform

/// The statements of the theory about one n and d0, in numbers, for `fullrank theory` and the tables beside figures.
public struct TheorySummary: Hashable, Sendable {
    public struct Entry: Hashable, Sendable {
        /// Stable, for programs.
        public let name: String
        /// Theorem and formula.
        public let title: String
        public let assumptions: String
        /// d1, not rounded; whole if it is exact.
        public let width: Double

        public init(name: String, title: String, assumptions: String, width: Double) {
            (self.name, self.title, self.assumptions, self.width) = (name, title, assumptions, width)
        }
    }

    /// n
    public let points: Int
    /// d0
    public let inputDimension: Int
    public let bias: Bool
    public let epsilon: Double
    public let gamma: Double?
    public let entries: [Entry]
    /// log2 of the number of non-empty regions of one unit (P Proposition 6).
    public let log2Regions: Double

    /// k
    public var columnsPerUnit: Int { inputDimension + (bias ? 1 : 0) }

    /// Exact curves take n² steps and more, and are left out above this n.
    public static let largestExactPoints = 2000
    /// Levels of the exact curves.
    public static let levels = [0.05, 0.5, 0.95]

    /// - Parameter more: entries of given points, and measured ones.
    /// - Precondition: n and d0 are positive, 0 < ε < 1, 0 < γ ≤ 1.
    public init(
        points n: Int, inputDimension: Int, bias: Bool, epsilon: Double, gamma: Double? = nil, more: [Entry] = []
    ) {
        points = n
        self.inputDimension = inputDimension
        self.bias = bias
        self.epsilon = epsilon
        self.gamma = gamma
        let k = inputDimension + (bias ? 1 : 0)
        log2Regions = RegionCount.log2OfUnit(points: n, columnsPerUnit: k)
        var entries = WidthBound.allCases.compactMap { bound in
            bound.width(points: n, inputDimension: inputDimension, bias: bias, epsilon: epsilon, gamma: gamma).map {
                Entry(name: bound.name, title: bound.title, assumptions: bound.assumptions, width: $0)
            }
        }
        if inputDimension == 1, bias, n <= Self.largestExactPoints {
            let widths = StepPatterns.widths(points: n, levels: Self.levels, of: \.fullRank)
            for (level, width) in zip(Self.levels, widths) {
                entries.append(
                    Entry(
                        name: "steps-\(level)", title: "exact: chance of full rank reaches \(level)",
                        assumptions: Self.stepAssumptions, width: Double(width)))
            }
            let width = StepPatterns.widths(points: n, levels: [1 - epsilon], of: \.patternRank)[0]
            entries.append(
                Entry(
                    name: "steps-pattern-rank", title: "exact: chance that A has rank n reaches 1 - ε",
                    assumptions: "The event that Theorem 10 bounds, which implies full rank. " + Self.stepAssumptions,
                    width: Double(width)))
        }
        if n <= k {
            // (1 - 2^-d1)^n = 1 - ε, in logarithms: 1 - (1 - ε)^(1/n) loses digits.
            entries.append(
                Entry(
                    name: "inactive-points", title: "exact: (1 - 2^-d1)^n = 1 - ε",
                    assumptions: "n ≤ k and generic data: rank n iff some unit is active on each point; all binary "
                        + "patterns equally likely.",
                    width: -log2(-expm1(log1p(-epsilon) / Double(n)))))
        }
        self.entries = entries + more
    }

    private static let stepAssumptions =
        "d0 = 1 with bias: each unit's pattern uniform among the 2 n step vectors (a coupon collector's n - 1 gaps), "
        + "the regions of Theorem 10; volumes play no part."
}
