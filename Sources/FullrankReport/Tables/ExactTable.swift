import FullrankModel
import FullrankStatistics

/// exact.csv: cells beside their exact chance of full rank, and how far they lie apart.
public struct ExactTable: Sendable {
    public struct Row: Sendable {
        public let cell: CellStatistics
        public let exact: Double
        /// Measured less exact.
        public var difference: Double { cell.probability - exact }
        public var isInside: Bool { cell.ciLow <= exact && exact <= cell.ciHigh }
    }

    /// In table order.
    public private(set) var rows: [Row] = []

    public init(_ tallies: [SweepTally], _ exact: ExactChances) {
        for tally in tallies where tally.trials > 0 {
            tally.forEachRow { row in
                let (problem, n) = (row.problem, row.points)
                let chances = exact.chances(inputDimension: problem.inputDimension, points: n, units: problem.units)
                for (unit, chance) in chances.enumerated() {
                    if let chance { rows.append(Row(cell: row[unit], exact: chance)) }
                }
            }
        }
    }

    public var csv: String {
        let ratio = rows.contains { $0.cell.ratio != nil } ? "ratio," : ""
        var text = ratio + "d0,n,d1,trials,full_rank,probability,ci_low,ci_high,exact\n"
        for row in rows {
            let cell = row.cell
            text += cell.ratio.map { "\($0)," } ?? ""
            text += "\(cell.inputDimension),\(cell.points),\(cell.units),\(cell.trials),\(cell.fullRank),"
            text += [cell.probability, cell.ciLow, cell.ciHigh].map { fixed($0, 6) }.joined(separator: ",")
            text += "," + fixed(row.exact, 12) + "\n"
        }
        return text
    }

    /// Lines for a person: d0, n, d1, measured, exact.
    public var text: String {
        let lines =
            [["d0", "n", "d1", "measured", "exact"]]
            + rows.map { row in
                [
                    "\(row.cell.inputDimension)", "\(row.cell.points)", "\(row.cell.units)",
                    fixed(row.cell.probability, 5),
                    fixed(row.exact, 5),
                ]
            }
        let widths = (0..<5).map { column in lines.map { $0[column].count }.max() ?? 0 }
        return lines.map { line in
            zip(line, widths).map { String(repeating: " ", count: $1 - $0.count) + $0 }.joined(separator: "  ") + "\n"
        }.joined()
    }

    /// "18 cells with a closed form: measured and exact differ by at most 0.012 (n = 20, d1 = 60); 17 of 18 in their
    /// 95% interval".
    public var words: String {
        guard let worst = rows.max(by: { abs($0.difference) < abs($1.difference) }) else { return "" }
        let inside = rows.count { $0.isInside }
        return
            "\(rows.count) \(rows.count == 1 ? "cell" : "cells") with a closed form: measured and exact differ by at most "
            + "\(fixed(abs(worst.difference), 4)) (n = \(worst.cell.points), d1 = \(worst.cell.units)); "
            + "\(inside) of \(rows.count) exact chances in the cell's 95% interval"
    }
}
