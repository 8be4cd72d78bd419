import FullrankModel

extension SweepTally {
    /// Every cell, ordered by n, then d1; empty while there are no trials, since a cell then has no probability.
    ///
    /// A cell with n = 0 has rank 0 = n in every trial: full rank.
    public var cells: [CellStatistics] {
        guard trials > 0 else { return [] }
        let unitCount = problem.units.count
        var cells = [CellStatistics]()
        cells.reserveCapacity(cellCount)
        // By unit index: pivots in rows below the current n.
        var columnSums = Array(repeating: 0, count: unitCount)
        for (pointIndex, points) in problem.points.enumerated() {
            var rankSum = 0
            var fullRank = 0
            for unitIndex in 0..<unitCount {
                let cell = pointIndex * unitCount + unitIndex
                if profileTrials > 0 {
                    columnSums[unitIndex] += pivots[cell]
                    rankSum += columnSums[unitIndex]
                    fullRank += thresholds[cell]
                }
                let allRanks = rankSum + (gridTrials > 0 ? rankSums[cell] : 0)
                cells.append(
                    CellStatistics(
                        ratio: problem.ratio, inputDimension: problem.inputDimension, points: points,
                        units: problem.units[unitIndex], trials: trials,
                        fullRank: fullRank + (gridTrials > 0 ? fullRanks[cell] : 0),
                        meanRank: Double(allRanks) / Double(trials)))
            }
        }
        return cells
    }

    /// The critical widths by listed n, of the trials whose rank profile is known; empty where none is (svd).
    public var widths: [WidthStatistics] {
        zip(problem.points, widthHistograms).map { points, histogram in
            WidthStatistics(
                ratio: problem.ratio, inputDimension: problem.inputDimension, points: points, histogram: histogram)
        }
    }

    /// How often each h(n) was seen, by listed n; empty without rank profiles.
    public var criticalWidths: [WidthHistogram] { widthHistograms }
}
