import FullrankModel

extension CombinationBatch {
    /// Units up to which subsets are gone through for saddles.
    static var mostSaddleUnits: Int { 4 }

    /// How many combinations hold saddles.
    ///
    /// - Throws: `tooManyFaces`.
    package func saddles(_ draws: Range<Int>) throws(LandscapeError) -> CombinationCounts {
        var counts = CombinationCounts()
        guard units <= Self.mostSaddleUnits else {
            counts.saddleOpen = draws.count
            return counts
        }
        let arrangement = try points.arrangement()
        for draw in draws {
            switch saddle(arrangement, patterns(draw)) {
            case .feasible: counts.saddle += 1
            case .undecided: counts.saddleOpen += 1
            case .infeasible: break
            }
        }
        return counts
    }

    private func saddle(_ arrangement: SampledArrangement, _ patterns: [[Bool]]) -> Verdict {
        var isOpen = false
        for set in 0..<(1 << units) - 1 {
            let moving = patterns.indices.filter { set >> $0 & 1 == 1 }
            guard let decider = CombinationDecider(arrangement, labels: labels, patterns: moving.map { patterns[$0] })
            else {
                isOpen = true
                continue
            }
            let others = patterns.indices.filter { set >> $0 & 1 == 0 }.map { arrangement.rays(of: patterns[$0]) }
            switch decider.isSaddle(others) {
            case false?: continue
            case nil: isOpen = true
            case true?:
                switch decider.trained() {
                case .feasible: return .feasible
                case .undecided: isOpen = true
                case .infeasible: continue
                }
            }
        }
        return isOpen ? .undecided : .infeasible
    }
}
