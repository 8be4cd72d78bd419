import FullrankModel

extension SweepProblem {
    /// Estimated work of one trial in multiply-adds of the exact method: only ratios matter, for progress and batch
    /// sizes.
    func work(_ method: RankMethod) -> Double {
        let units = Double(largestUnits)
        let width = Double(columnsPerUnit)
        switch method {
        case .exact:
            let points = Double(largestPoints)
            let rank = min(points, units * width)
            // Elimination down to rank r takes r²(n − 2r/3), n³/3 at full rank; then the pattern and overheads.
            return rank * rank * (points - rank * 2 / 3) + points * units * width + 2000
        case .svd:
            // Bidiagonalisation, about 4 m² M for an m × M matrix, at a tenth of the rate.
            var work = 2000.0
            for points in self.points {
                for units in self.units {
                    let (rows, columns) = (Double(points), Double(units) * width)
                    let (short, long) = (min(rows, columns), max(rows, columns))
                    work += 40 * short * short * long + 1000
                }
            }
            return work
        }
    }

    /// Bytes of results a trial.
    func resultBytes(_ method: RankMethod) -> Int {
        switch method {
        case .exact: 8 * max(1, largestPoints)
        case .svd: 32 * max(1, points.count * units.count)
        }
    }
}
