import FullrankReport

/// cells.csv of a sweep over global minima.
public enum MinimaTable {
    public static let header = "d0,n,d1,trials,feasible,probability,ci_low,ci_high,undecided"

    /// Rows by d0, n, d1. A cell without a decided trial has empty fields for probability and interval.
    public static func csv(_ cells: [MinimaCell]) -> String {
        var text = header + "\n"
        for cell in cells {
            let numbers = [cell.probability, cell.interval?.low, cell.interval?.high].map {
                $0.map { fixed($0, 6) } ?? ""
            }
            text += "\(cell.inputDimension),\(cell.points),\(cell.units),\(cell.trials),\(cell.feasible),"
            text += numbers.joined(separator: ",") + ",\(cell.undecided)\n"
        }
        return text
    }
}
