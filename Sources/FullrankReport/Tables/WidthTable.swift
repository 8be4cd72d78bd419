import FullrankModel
import FullrankStatistics

/// `widths.csv`: a row for each n of a sweep, quantiles of the critical width h(n); ordered by d0 (before it ratio
/// in a ratio sweep, hidden layers in a deep one), then n. A quantile that was not reached within the largest width is an empty field.
public struct WidthTable: Hashable, Sendable {
    public static let header = "d0,n,trials,q05,q25,q50,q75,q95,reached"

    /// In table order.
    public let widths: [WidthStatistics]

    /// The table's text.
    public static func csv(_ widths: [WidthStatistics]) -> String {
        let hasRatio = widths.contains { $0.ratio != nil }
        let hasHidden = widths.contains { $0.hidden != nil }
        var text = (hasHidden ? "hidden," : "") + (hasRatio ? "ratio," : "") + header + "\n"
        for row in widths.sorted(by: precedes) {
            if hasHidden { text += (row.hidden?.description ?? "") + "," }
            if hasRatio { text += (row.ratio?.description ?? "") + "," }
            text += "\(row.inputDimension),\(row.points),\(row.trials),"
            for quantile in row.quantiles { text += (quantile.map(String.init) ?? "") + "," }
            text += "\(row.reached)\n"
        }
        return text
    }

    /// Reads a table back, refusing a damaged one by its line: a wrong header, a missing field, quantiles that
    /// fall, more trials reached than made, rows out of order or twice.
    public init(parsing text: String) throws(TableError) {
        var reader = TableReader(text)
        let hasRatio = try reader.readHeader(Self.header)
        var widths = [WidthStatistics]()
        while try reader.next() {
            let row = try Self.row(reader, hasRatio: hasRatio)
            if let last = widths.last, !Self.precedes(last, row) {
                throw reader.error("rows are not in order, or one stands twice")
            }
            widths.append(row)
        }
        self.widths = widths
    }

    private static func row(_ reader: TableReader, hasRatio: Bool) throws(TableError) -> WidthStatistics {
        let (ratio, first) = try reader.readRatio(hasRatio, fields: 9)
        let hidden = try reader.readHidden()
        var quantiles = [Int?]()
        for (column, name) in ["q05", "q25", "q50", "q75", "q95"].enumerated() {
            let field = first + 3 + column
            quantiles.append(reader.fields[field].isEmpty ? nil : try reader.integer(field, name))
            if column > 0, (quantiles[column - 1] ?? .max) > (quantiles[column] ?? .max) {
                throw reader.error("\(name) is below the quantile before it")
            }
        }
        let row = WidthStatistics(
            ratio: ratio, hidden: hidden, inputDimension: try reader.integer(first, "d0"),
            points: try reader.integer(first + 1, "n"), trials: try reader.integer(first + 2, "trials"),
            q05: quantiles[0], q25: quantiles[1], q50: quantiles[2],
            q75: quantiles[3], q95: quantiles[4], reached: try reader.integer(first + 8, "reached"))
        guard row.reached <= row.trials else {
            throw reader.error("reached \(row.reached) exceeds trials \(row.trials)")
        }
        for (percent, quantile) in zip([5, 25, 50, 75, 95], quantiles) {
            let isReached = row.reached > 0 && row.reached >= (percent * row.trials + 99) / 100
            guard (quantile != nil) == isReached else {
                throw reader.error(
                    "\(percent)% \(isReached ? "is" : "is not") reached by \(row.reached) of \(row.trials)")
            }
        }
        return row
    }

    private static func precedes(_ left: WidthStatistics, _ right: WidthStatistics) -> Bool {
        if left.ratio != right.ratio, let a = left.ratio, let b = right.ratio { return a < b }
        if left.hidden != right.hidden, let a = left.hidden, let b = right.hidden { return a < b }
        return (left.inputDimension, left.points) < (right.inputDimension, right.points)
    }
}
