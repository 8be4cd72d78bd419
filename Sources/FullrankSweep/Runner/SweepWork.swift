import FullrankModel

/// Multiply-adds, counted from the shapes (docs/mathematics.md, section 4).
enum WorkEstimate {
    /// Elimination down to rank r takes r² (n − 2r/3), n³/3 at full rank.
    static func elimination(points: Int, columns: Int) -> Double {
        let rank = Double(min(points, columns))
        return rank * rank * (Double(points) - rank * 2 / 3)
    }

    /// With the pattern, n d1 k at most, and overheads.
    static func exact(points: Int, columns: Int) -> Double {
        elimination(points: points, columns: columns) + Double(points) * Double(columns) + 2000
    }

    /// By order (docs/mathematics.md, section 14): draws until no unit can matter, about 3 n^1.5, at 20 a draw; then a
    /// sort.
    static func order(points: Int, units: Int) -> Double {
        let n = Double(points)
        return 20 * min(Double(units), 3 * n * n.squareRoot()) + 1000 * n + 2000
    }

    /// Bidiagonalisation, about 4 m² M for an m × M matrix, at a tenth of the rate of products.
    static func svd(rows: Int, columns: Int) -> Double { 10 * bidiagonalization(rows: rows, columns: columns) + 1000 }

    static func bidiagonalization(rows: Int, columns: Int) -> Double {
        let (short, long) = (Double(min(rows, columns)), Double(max(rows, columns)))
        return 4 * short * short * long
    }
}

extension SweepProblem {
    /// Estimated work of one trial in multiply-adds of the exact method: only ratios matter, for progress and batch
    /// sizes.
    func work(_ method: RankMethod) -> Double { ProbeShape(self, method: method).work(bias: bias, method: method) }

    /// Multiply-adds of one trial for people: without the pattern, most of which an exact trial never sees where full
    /// rank comes early.
    public func multiplyAdds(_ method: RankMethod) -> Double {
        switch method {
        case .exact where isByOrder: WorkEstimate.order(points: largestPoints, units: largestUnits)
        case .exact: WorkEstimate.elimination(points: largestPoints, columns: columns(units: largestUnits))
        case .svd:
            points.reduce(0) { sum, n in
                units.reduce(sum) { $0 + WorkEstimate.bidiagonalization(rows: n, columns: columns(units: $1)) }
            }
        }
    }

    /// Estimates only: drawn bits in place of regions are taken for them.
    var isByOrder: Bool { hidden == nil && inputDimension == 1 && bias }

    /// Bytes of results per trial.
    func resultBytes(_ method: RankMethod) -> Int {
        switch method {
        case .exact: 8 * max(1, largestPoints)
        case .svd: 32 * max(1, points.count * units.count)
        }
    }
}
