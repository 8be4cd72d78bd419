import FullrankModel

/// What is known of one combination of cells.
struct CombinationVerdict: Sendable {
    /// Whether the combination holds a differentiable minimum.
    var minimum = Verdict.undecided
    /// Whether the Jacobian has rank K D, and whether it has rank n.
    var unique = Verdict.undecided
    var fullRank = Verdict.undecided
    /// If it holds a minimum: a lower bound of its sum of squares; 0 if it may be 0.
    var low = 0.0

    var isOpen: Bool { minimum == .undecided || unique == .undecided || fullRank == .undecided }
}

/// Combinations of cells on the same points with the same labels: those of one trial, n and d1.
struct CombinationBatch: Sendable {
    let points: SampledPoints
    let labels: [Double]
    let pattern: ActivationPattern
    /// Draw t has the units `t stride ..< t stride + units`.
    let stride: Int
    let units: Int
    /// Of given output weights.
    let signs: [Double]?

    var count: Int { labels.count }

    func patterns(_ draw: Int) -> [[Bool]] {
        (0..<units).map { unit in labels.indices.map { pattern[draw * stride + unit, $0] } }
    }

    /// All that floating point with bounds proves.
    func screened(_ draws: Range<Int>) -> [CombinationVerdict] { draws.map { _ in CombinationVerdict() } }

    /// Completes a verdict.
    ///
    /// - Parameter rank: of the Jacobian.
    /// - Throws: `tooManyFaces`.
    func decided(_ verdict: CombinationVerdict, draw: Int, rank: Int) throws(LandscapeError) -> CombinationVerdict {
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
