import FullrankModel

/// The cells of one n: counts by index of d1, and what they come from.
public struct CellRow: Sendable {
    public let problem: SweepProblem
    /// n
    public let points: Int
    /// Trials of every cell of the problem, at least one.
    public let trials: Int
    /// By index of d1: trials of rank n.
    public internal(set) var fullRank: [Int]
    /// By index of d1: the sum of the trials' ranks.
    public internal(set) var rankSum: [Int]

    /// The cell of the listed d1 of that index.
    public subscript(unitIndex: Int) -> CellStatistics {
        CellStatistics(
            ratio: problem.ratio, hidden: problem.hidden, inputDimension: problem.inputDimension, points: points,
            units: problem.units[unitIndex], trials: trials, fullRank: fullRank[unitIndex],
            meanRank: Double(rankSum[unitIndex]) / Double(trials))
    }
}

extension SweepTally {
    /// Hands over the cells a row at a time, n ascending: memory is one row's. None while there are no trials, since a
    /// cell then has no probability.
    ///
    /// A cell with n = 0 has rank 0 = n in every trial: full rank.
    public func forEachRow<Failure>(_ body: (CellRow) throws(Failure) -> Void) throws(Failure) {
        guard trials > 0 else { return }
        // By index of d1: pivots in rows below the current n.
        var columnSums = Array(repeating: 0, count: problem.units.count)
        func row(_ pointIndex: Int, _ histogram: WidthHistogram) -> CellRow {
            let cells = pointIndex * problem.units.count
            var row = CellRow(
                problem: problem, points: problem.points[pointIndex], trials: trials, fullRank: [], rankSum: [])
            row.fullRank.reserveCapacity(problem.units.count)
            row.rankSum.reserveCapacity(problem.units.count)
            var widths = histogram.entries[...]
            var rankSum = 0
            var fullRank = 0
            for (unitIndex, units) in problem.units.enumerated() {
                let cell = cells + unitIndex
                if profileTrials > 0 { columnSums[unitIndex] += pivots[cell] }
                rankSum += columnSums[unitIndex]
                while let entry = widths.first, entry.width <= units {
                    fullRank += entry.trials
                    widths.removeFirst()
                }
                row.rankSum.append(rankSum + (gridTrials > 0 ? rankSums[cell] : 0))
                row.fullRank.append(fullRank + (gridTrials > 0 ? fullRanks[cell] : 0))
            }
            return row
        }
        guard let widthChanges else {
            for pointIndex in problem.points.indices { try body(row(pointIndex, WidthHistogram())) }
            return
        }
        try widthChanges.forEachHistogram(pointCount: problem.points.count) { (index, histogram) throws(Failure) in
            try body(row(index, histogram))
        }
    }

    /// Every cell, ordered by n, then d1: about a hundred bytes each. What may be large goes through `forEachRow`.
    public var cells: [CellStatistics] {
        var cells = [CellStatistics]()
        cells.reserveCapacity(trials > 0 ? cellCount : 0)
        forEachRow { row in for index in problem.units.indices { cells.append(row[index]) } }
        return cells
    }

    /// How often each critical width was seen, by listed n; empty if no rank profile is known (svd).
    public var widthHistograms: [WidthHistogram] {
        var histograms = [WidthHistogram]()
        widthChanges?.forEachHistogram(pointCount: problem.points.count) { _, histogram in
            histograms.append(histogram.with(unreached: profileTrials - histogram.reached))
        }
        return histograms
    }

    /// The critical widths by listed n, of the trials whose rank profile is known; empty if none is (svd).
    public var widths: [WidthStatistics] {
        var widths = [WidthStatistics]()
        widthChanges?.forEachHistogram(pointCount: problem.points.count) { index, histogram in
            widths.append(
                WidthStatistics(
                    ratio: problem.ratio, inputDimension: problem.inputDimension, points: problem.points[index],
                    histogram: histogram.with(unreached: profileTrials - histogram.reached)))
        }
        return widths
    }
}
