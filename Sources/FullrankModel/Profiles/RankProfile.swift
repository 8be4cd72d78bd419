/// The rank profile of one trial's Jacobian: where elimination without row exchanges finds its pivots.
///
/// For every `n' ≤ n` and `d1' ≤ d1` the rank of the first `n'` rows and the first `d1'` units' columns is the
/// number of pivots in that block (Dumas, Pernet, Sultan: the rank profile matrix, arXiv 1601.01798).
public struct RankProfile: Hashable, Sendable {
    /// Entry `j`: the column of the pivot in row (data point) `j`, -1 where the row depends on earlier ones.
    public let pivotColumns: [Int64]
    /// k: columns per unit.
    public let columnsPerUnit: Int

    public init(pivotColumns: [Int64], columnsPerUnit: Int) {
        self.pivotColumns = pivotColumns
        self.columnsPerUnit = columnsPerUnit
    }

    public var points: Int { pivotColumns.count }

    /// rank J, all points and units.
    public var rank: Int { pivotColumns.reduce(0) { $0 + ($1 >= 0 ? 1 : 0) } }

    /// Rank of the leading block of `points` points and `units` units.
    public func rank(points: Int, units: Int) -> Int {
        let width = Int64(units) * Int64(columnsPerUnit)
        return pivotColumns[..<points].reduce(0) { $0 + ($1 >= 0 && $1 < width ? 1 : 0) }
    }

    /// `h(n')` for n' = 0...n: the smallest width at which the first n' points reach full rank, nil if this
    /// profile never does.
    public var fullRankWidths: [Int?] {
        var widths: [Int?] = [0]
        widths.reserveCapacity(points + 1)
        var width = 0
        var reached = true
        for column in pivotColumns {
            if column < 0 { reached = false } else { width = max(width, Int(column) / columnsPerUnit + 1) }
            widths.append(reached ? width : nil)
        }
        return widths
    }
}
