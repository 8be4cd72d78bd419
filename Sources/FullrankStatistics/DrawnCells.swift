import FullrankModel

/// Every `step`-th entry of a list, the last among them: a list 1..10000 thinned to 400 is 25, 50, ..., 10000.
public struct Thinning: Hashable, Sendable {
    public let count: Int
    public let step: Int

    public init(of count: Int, atMost limit: Int) {
        self.count = count
        step = max(1, (count + limit - 1) / limit)
    }

    public func keeps(_ index: Int) -> Bool { (count - 1 - index) % step == 0 }
    /// Indices, ascending.
    public var kept: StrideTo<Int> { stride(from: count > 0 ? (count - 1) % step : 0, to: count, by: step) }
}

extension [SweepTally] {
    /// As many cells of a sweep as its figures can show: the listed n and the listed d1 thinned to at most `side` each.
    /// A cell that is left is as it was: nothing is averaged. Ordered as the tallies are, then by n and d1.
    public func drawnCells(side: Int) -> [CellStatistics] {
        // In a ratio sweep, and in one of regions, each n is a problem of its own.
        let ratioPoints = Set(filter { $0.problem.points.count == 1 }.map(\.problem.largestPoints)).sorted()
        let ratioThinning = Thinning(of: ratioPoints.count, atMost: side)
        let drawn = Set(ratioThinning.kept.map { ratioPoints[$0] })
        // In a deep one each d1 is.
        let widths = Set(filter { $0.problem.hidden != nil }.map(\.problem.largestUnits)).sorted()
        let drawnWidths = Set(Thinning(of: widths.count, atMost: side).kept.map { widths[$0] })
        return flatMap { tally -> [CellStatistics] in
            if tally.problem.hidden != nil, !drawnWidths.contains(tally.problem.largestUnits) { return [] }
            return tally.problem.points.count > 1 || drawn.contains(tally.problem.largestPoints)
                ? tally.drawnCells(side: side) : []
        }
    }
}

extension SweepTally {
    fileprivate func drawnCells(side: Int) -> [CellStatistics] {
        let points = Thinning(of: problem.points.count, atMost: side)
        let units = Thinning(of: problem.units.count, atMost: side)
        var cells = [CellStatistics]()
        var pointIndex = 0
        forEachRow { row in
            if points.keeps(pointIndex) { for index in units.kept { cells.append(row[index]) } }
            pointIndex += 1
        }
        return cells
    }
}
