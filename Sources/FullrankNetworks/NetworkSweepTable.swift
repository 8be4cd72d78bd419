import FullrankModel
import FullrankReport
import FullrankStatistics

/// cells.csv and ranks.csv of a sweep over networks (docs/file-formats.md).
public enum NetworkSweepTable {
    static let cellColumns = "rows,parameters,bound,trials,at_bound,probability,ci_low,ci_high,mean_rank"

    /// A row for each cell.
    public static func cells(_ cells: [NetworkCell]) -> String {
        var text = header(cells) + "," + cellColumns + "\n"
        for cell in cells {
            let statistics = cell.statistics
            text += "\(key(cell)),\(cell.rows),\(cell.parameters),\(cell.bound),\(cell.trials),\(cell.atBound),"
            text +=
                [statistics.probability, statistics.ciLow, statistics.ciHigh, statistics.meanRank]
                .map { fixed($0, 6) }.joined(separator: ",") + "\n"
        }
        return text
    }

    /// A row for each rank that some trial of a cell has.
    public static func ranks(_ cells: [NetworkCell]) -> String {
        var text = header(cells) + ",rank,count\n"
        for cell in cells {
            let key = key(cell)
            for (rank, count) in cell.ranks { text += "\(key),\(rank),\(count)\n" }
        }
        return text
    }

    static func header(_ cells: [NetworkCell]) -> String {
        (cells.contains { $0.problem.hidden != nil } ? "hidden," : "")
            + (cells.contains { $0.problem.ratio != nil } ? "ratio," : "") + "d0,n,d1"
    }

    static func key(_ cell: NetworkCell) -> String {
        (cell.problem.hidden.map { "\($0)," } ?? "") + (cell.problem.ratio.map { "\($0)," } ?? "")
            + "\(cell.problem.inputDimension),\(cell.points),\(cell.units)"
    }
}
