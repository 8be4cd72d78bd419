/// Networks with one input and bias whose units' patterns are drawn uniformly from the 2n step vectors of n sorted
/// points: the experiment of P Theorem 10, computed exactly.
///
/// A unit's pattern is one of ξ(m,0) = 1[i < m] and ξ(m,1) = 1[i ≥ m], m = 1...n (P Lemma 9): with chance 1/n it
/// breaks in one given gap of the n - 1 between neighbours, with chance 1/2n it is all ones, with 1/2n all zeros. So
/// the gaps are the coupons of a coupon collector.
public struct StepPatterns: Sendable {
    /// n
    public let points: Int
    /// By number of gaps hit, 0...n-1: chances that no pattern of all ones can be formed (each gap hit in one
    /// orientation, the all-ones pattern not seen), and that one can.
    private var without: [Double]
    private var with: [Double]
    /// Units drawn so far, d1.
    public private(set) var units = 0
    /// Chance of full rank of the Jacobian given the number of gaps hit, in either case.
    private let fullWithout: [Double]
    private let fullWith: [Double]

    /// - Precondition: `points > 0`.
    public init(points: Int) {
        precondition(points > 0, "step vectors need a point")
        self.points = points
        without = Array(repeating: 0, count: points)
        with = without
        without[0] = 1
        fullWithout = Self.fullRankWithoutOnes(points: points)
        fullWith = Self.fullRankWithOnes(points: points)
    }

    /// Draws one more unit.
    public mutating func addUnit() {
        let n = Double(points)
        // From many gaps to few: an entry takes from the one below it, which must be the old one.
        for hit in stride(from: points - 1, through: 0, by: -1) {
            let j = Double(hit)
            let fresh = hit > 0 ? (n - j) / n : 0  // n - 1 - (j - 1) gaps are open
            with[hit] =
                with[hit] * (j + 1) / n + (hit > 0 ? with[hit - 1] * fresh : 0)
                + without[hit] * (j + 1) / (2 * n)
            without[hit] = without[hit] * (j + 1) / (2 * n) + (hit > 0 ? without[hit - 1] * fresh : 0)
        }
        units += 1
    }

    /// Chance that the pattern matrix A has rank n: every gap hit and a pattern of all ones to be had. The event
    /// P Theorem 10 bounds; it implies full rank of the Jacobian.
    public var patternRank: Double { with[points - 1] }

    /// Chance that the Jacobian has rank n, exactly (n rows, 2 d1 columns).
    public var fullRank: Double {
        var sum = 0.0
        for hit in 0..<points { sum += with[hit] * fullWith[hit] + without[hit] * fullWithout[hit] }
        return min(1, sum)
    }

    /// The smallest d1 at which the chance reaches each of `levels`, for the Jacobian (`fullRank`) or for A
    /// (`patternRank`).
    ///
    /// - Precondition: levels ascend and lie below 1.
    public static func widths(
        points: Int, levels: [Double], of chance: KeyPath<StepPatterns, Double> & Sendable
    ) -> [Int] {
        var patterns = StepPatterns(points: points)
        return levels.map { level in
            while patterns[keyPath: chance] < level { patterns.addUnit() }
            return patterns.units
        }
    }

    /// With a pattern of all ones, blocks between breaks count min(2, size) each: full rank iff no two neighbouring
    /// gaps are open. Of the C(n-1, u) sets of u open gaps C(n-u, u) have no neighbours.
    private static func fullRankWithOnes(points n: Int) -> [Double] {
        (0..<n).map { hit -> Double in
            let open = n - 1 - hit
            guard 2 * open <= n else { return 0 }
            // C(n-u, u) / C(n-1, u) as a product of u ratios.
            return (0..<open).reduce(1.0) { (product: Double, gap: Int) -> Double in
                product * Double(n - open - gap) / Double(n - 1 - gap)
            }
        }
    }

    /// Without one, the blocks at which the orientation of the breaks changes (the edges counting as a break of
    /// orientation 0 on the left and 1 on the right) form a circuit of A's columns, s blocks of rank s - 1. By the
    /// union of two copies of A's column matroid the Jacobian has full rank iff no block has more than two points and
    /// those of the circuit have at most 2(s - 1): two of them at least are single.
    private static func fullRankWithoutOnes(points n: Int) -> [Double] {
        // With so many points full rank takes so many units that one of them, but for a chance below e^-20, completes
        // a pattern of all ones.
        guard n <= 400 else { return Array(repeating: 0, count: n) }
        // Counts would overflow, so they are chances of a walk: each gap is open or hit in one of two orientations, a
        // third each.
        // State: gaps hit, the last block's size so far, its left break's orientation, single blocks in the circuit.
        struct State { var size: Int, left: Int, single: Int }
        let states = (0..<12).map { State(size: 1 + $0 % 2, left: $0 / 2 % 2, single: $0 / 4) }
        func index(_ size: Int, _ left: Int, _ single: Int) -> Int { size - 1 + 2 * left + 4 * min(single, 2) }
        func single(_ state: State, right: Int) -> Int {
            state.single + (state.left != right && state.size == 1 ? 1 : 0)
        }
        var chances = Array(repeating: Array(repeating: 0.0, count: 12), count: n)
        chances[0][index(1, 0, 0)] = 1
        // Chance of the number of gaps hit alone, in the same walk.
        var totals = Array(repeating: 0.0, count: n)
        totals[0] = 1
        for _ in 1..<max(n, 1) {
            var next = Array(repeating: Array(repeating: 0.0, count: 12), count: n)
            var nextTotals = Array(repeating: 0.0, count: n)
            for hit in 0..<n where totals[hit] > 0 {
                nextTotals[hit] += totals[hit] / 3
                if hit + 1 < n { nextTotals[hit + 1] += totals[hit] * 2 / 3 }
                for (at, state) in states.enumerated() where chances[hit][at] > 0 {
                    let chance = chances[hit][at] / 3
                    if state.size == 1 { next[hit][index(2, state.left, state.single)] += chance }
                    for right in 0...1 where hit + 1 < n {
                        next[hit + 1][index(1, right, single(state, right: right))] += chance
                    }
                }
            }
            (chances, totals) = (next, nextTotals)
        }
        return (0..<n).map { hit in
            var full = 0.0
            for (at, state) in states.enumerated() where single(state, right: 1) >= 2 { full += chances[hit][at] }
            return totals[hit] > 0 ? full / totals[hit] : 0
        }
    }
}
