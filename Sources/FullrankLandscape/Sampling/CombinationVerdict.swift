import FullrankModel

/// What is known of one combination of cells.
package struct CombinationVerdict: Sendable {
    /// Whether the combination holds a differentiable minimum.
    package var minimum = Verdict.undecided
    /// Whether the Jacobian has rank K D, and whether it has rank n.
    package var unique = Verdict.undecided
    package var fullRank = Verdict.undecided
    /// If it holds a minimum: a lower bound of its sum of squares; 0 if it may be 0.
    package var low = 0.0

    package var isOpen: Bool { minimum == .undecided || unique == .undecided || fullRank == .undecided }
}

/// What the kernel left of some draws.
package struct ScreenedPart: Sendable {
    package var verdicts: [CombinationVerdict]
    /// By place of an open verdict: that of the first draw of the same combination.
    var leaders: [Int: Int]

    /// Places whose combinations are to be decided.
    var open: [Int] { leaders.filter { $0.key == $0.value }.keys.sorted() }
}

/// Combinations of cells on the same points with the same labels: those of one trial, n and d1.
package struct CombinationBatch: Sendable {
    let points: SampledPoints
    let labels: [Double]
    let pattern: ActivationPattern
    /// Draw t has the units `t stride ..< t stride + units`.
    let stride: Int
    let units: Int
    /// Of given output weights.
    let signs: [Double]?

    package init(
        points: SampledPoints, labels: [Double], pattern: ActivationPattern, stride: Int, units: Int, signs: [Double]?
    ) {
        (self.points, self.labels, self.pattern) = (points, labels, pattern)
        (self.stride, self.units, self.signs) = (stride, units, signs)
    }

    var count: Int { labels.count }

    func patterns(_ draw: Int) -> [[Bool]] {
        (0..<units).map { unit in labels.indices.map { pattern[draw * stride + unit, $0] } }
    }

    /// The same for draws of the same cells with the same signs, in whatever order.
    func key(_ draw: Int) -> [UInt64] {
        let width = pattern.wordsPerUnit
        let used = (count + 63) / 64, mask: UInt64 = count % 64 == 0 ? .max : 1 << UInt64(count % 64) - 1
        let own = (0..<units).map { unit -> [UInt64] in
            let first = (draw * stride + unit) * width
            var words = Array(pattern.words[first..<(first + used)])
            words[used - 1] &= mask
            return words + [signs.map { $0[unit] > 0 ? 1 : 0 } ?? 0]
        }
        return own.sorted { $0.lexicographicallyPrecedes($1) }.flatMap { $0 }
    }

    /// Verdicts of draws, and of those with something open the first draw of the same combination, by place.
    package func screen(_ draws: Range<Int>) throws(LandscapeError) -> ScreenedPart {
        var part = ScreenedPart(verdicts: try screened(draws), leaders: [:]), first = [[UInt64]: Int]()
        for place in part.verdicts.indices where part.verdicts[place].isOpen {
            let key = key(draws.lowerBound + place)
            part.leaders[place] = first[key] ?? place
            if first[key] == nil { first[key] = place }
        }
        return part
    }

    /// Completes a verdict.
    ///
    /// - Parameter rank: of the Jacobian.
    /// - Throws: `tooManyFaces`.
    package func decided(_ verdict: CombinationVerdict, draw: Int, rank: Int) throws(LandscapeError)
        -> CombinationVerdict
    {
        var verdict = verdict
        let arrangement = try points.arrangement()
        verdict.fullRank = rank == count ? .feasible : .infeasible
        verdict.unique = rank == units * arrangement.dimension ? .feasible : .infeasible
        guard verdict.minimum == .undecided else { return verdict }
        let patterns = patterns(draw)
        guard let decider = CombinationDecider(arrangement, labels: labels, patterns: patterns) else { return verdict }
        if let signs {
            var sides = [[Bool]: Set<Int>]()
            for (pattern, sign) in zip(patterns, signs) { sides[pattern, default: []].insert(sign > 0 ? 1 : -1) }
            verdict.minimum = decider.frozen(sides)
        } else {
            verdict.minimum = decider.trained()
        }
        if verdict.minimum == .feasible { verdict.low = decider.leastSquares() ?? 0 }
        return verdict
    }
}
