import FullrankModel
import FullrankStatistics

/// `cells.csv`: a row for each cell of a sweep's phase diagrams, ordered by d0 (before it ratio in a
/// ratio sweep, hidden layers in a deep one), n, d1.
public struct CellTable: Hashable, Sendable {
    public static let header = "d0,n,d1,trials,full_rank,probability,ci_low,ci_high,mean_rank"

    /// In table order.
    public let cells: [CellStatistics]

    /// Reads a table back, refusing a damaged one by its line: a wrong header, a missing field, a count or rank out
    /// of range, a probability or interval that its counts do not give, rows out of order or twice.
    public init(parsing text: String) throws(TableError) {
        var reader = TableReader(text)
        let hasRatio = try reader.readHeader(Self.header)
        var cells = [CellStatistics]()
        while try reader.next() {
            let cell = try Self.cell(reader, hasRatio: hasRatio)
            if let last = cells.last, !Self.precedes(last, cell) {
                throw reader.error("rows are not in order, or one stands twice")
            }
            cells.append(cell)
        }
        self.cells = cells
    }

    private static func cell(_ reader: TableReader, hasRatio: Bool) throws(TableError) -> CellStatistics {
        let (ratio, first) = try reader.readRatio(hasRatio, fields: 9)
        let hidden = try reader.readHidden()
        let points = try reader.integer(first + 1, "n")
        let trials = try reader.integer(first + 3, "trials")
        let fullRank = try reader.integer(first + 4, "full_rank")
        let meanRank = try reader.decimal(first + 8, "mean_rank")
        guard trials > 0 else { throw reader.error("trials is 0: a cell has at least one") }
        guard fullRank <= trials else { throw reader.error("full_rank \(fullRank) exceeds trials \(trials)") }
        guard meanRank <= Double(points) else { throw reader.error("mean_rank exceeds n = \(points)") }
        let cell = CellStatistics(
            ratio: ratio, hidden: hidden, inputDimension: try reader.integer(first, "d0"), points: points,
            units: try reader.integer(first + 2, "d1"), trials: trials, fullRank: fullRank, meanRank: meanRank)
        let expected = [("probability", cell.probability), ("ci_low", cell.ciLow), ("ci_high", cell.ciHigh)]
        for (column, (name, value)) in expected.enumerated() {
            let written = try reader.decimal(first + 5 + column, name)
            // Half a unit of the last digit, and a little for other libraries' rounding.
            guard abs(written - value) < 1e-6 else {
                throw reader.error("\(name) is not that of \(fullRank) in \(trials) trials, \(fixed(value, 6))")
            }
        }
        return cell
    }

    static func precedes(_ left: CellStatistics, _ right: CellStatistics) -> Bool {
        if left.ratio != right.ratio, let a = left.ratio, let b = right.ratio { return a < b }
        if left.hidden != right.hidden, let a = left.hidden, let b = right.hidden { return a < b }
        // With a ratio d0 follows from n.
        return (left.inputDimension, left.points, left.units) < (right.inputDimension, right.points, right.units)
    }
}
