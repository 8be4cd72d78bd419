import FullrankModel

extension [SweepTally] {
    /// The widths at which full rank is reached, by listed n, in the tallies' order; empty for the svd method.
    ///
    /// In a deep sweep a trial has one width only. There a quantile is the least listed d1 at which that share of
    /// its trials has full rank; `trials` and `reached` are those of the d1 with the largest share.
    public var criticalWidths: [WidthStatistics] {
        guard let first, first.problem.hidden != nil else { return flatMap(\.widths) }
        return deepGroups.flatMap { self[$0].deepWidths }
    }

    /// Ranges of tallies that differ in d1 alone: the problems of one d0 and one list of hidden layers.
    public var deepGroups: [Range<Int>] {
        var groups = [Range<Int>]()
        for index in indices {
            let problem = self[index].problem
            if let last = groups.last, self[last.lowerBound].problem.isBesides(problem) {
                groups[groups.count - 1] = last.lowerBound..<(index + 1)
            } else {
                groups.append(index..<(index + 1))
            }
        }
        return groups
    }
}

extension SweepProblem {
    fileprivate func isBesides(_ other: SweepProblem) -> Bool {
        hidden != nil && hidden == other.hidden && inputDimension == other.inputDimension
    }
}

extension ArraySlice<SweepTally> {
    /// Of one group: by n.
    fileprivate var deepWidths: [WidthStatistics] {
        // With a half-width problems begin to have trials one after the other.
        let rows = filter { $0.profileTrials > 0 }.map(\.cells)
        guard let problem = first?.problem, !rows.isEmpty else { return [] }
        return problem.points.indices.map { index in
            let cells = rows.map { $0[index] }
            func width(_ percent: Int) -> Int? {
                cells.first { 100 * $0.fullRank >= percent * $0.trials && $0.fullRank > 0 }?.units
            }
            let best = cells.max { $0.fullRank * $1.trials < $1.fullRank * $0.trials } ?? cells[0]
            return WidthStatistics(
                ratio: nil, hidden: problem.hidden, inputDimension: problem.inputDimension,
                points: problem.points[index],
                trials: best.trials, q05: width(5), q25: width(25), q50: width(50), q75: width(75), q95: width(95),
                reached: best.fullRank)
        }
    }
}
