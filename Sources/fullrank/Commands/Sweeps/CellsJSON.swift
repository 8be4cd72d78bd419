import FullrankModel
import FullrankNetworks
import FullrankStatistics

/// The cells of a sweep as JSON on standard output: `sweep --json`. An array of objects with the columns of cells.csv
/// as keys, one on a line; written in pieces, however many there are.
enum CellsJSON {
    static func write(_ tallies: [SweepTally]) throws(CommandFailure) {
        var text = "[", isFirst = true
        for tally in tallies {
            try tally.forEachRow { (row) throws(CommandFailure) in
                for unit in row.problem.units.indices {
                    text += (isFirst ? "\n" : ",\n") + json(row[unit]).text
                    isFirst = false
                    guard text.utf8.count >= 1 << 16 else { continue }
                    try writeOutput(text)
                    text = ""
                }
            }
        }
        try writeOutput(text + "\n]\n")
    }

    private static func json(_ cell: CellStatistics) -> JSONText {
        var members = [(String, JSONText)]()
        if let hidden = cell.hidden { members.append(("hidden", .array(hidden.widths.map { .integer($0) }))) }
        if let ratio = cell.ratio { members.append(("ratio", .string(ratio.description))) }
        return .object(
            members + [
                ("d0", .integer(cell.inputDimension)), ("n", .integer(cell.points)), ("d1", .integer(cell.units)),
                ("trials", .integer(cell.trials)), ("full_rank", .integer(cell.fullRank)),
                ("probability", .number(cell.probability)), ("ci_low", .number(cell.ciLow)),
                ("ci_high", .number(cell.ciHigh)), ("mean_rank", .number(cell.meanRank)),
            ])
    }
}

extension CellsJSON {
    /// The cells of a sweep over networks.
    static func text(_ cells: [NetworkCell]) -> String {
        let rows = cells.map { cell -> String in
            let statistics = cell.statistics
            var members = [(String, JSONText)]()
            if let hidden = cell.problem.hidden { members.append(("hidden", .array(hidden.widths.map { .integer($0) }))) }
            if let ratio = cell.problem.ratio { members.append(("ratio", .string(ratio.description))) }
            members += [
                ("d0", .integer(cell.problem.inputDimension)), ("n", .integer(cell.points)), ("d1", .integer(cell.units)),
                ("rows", .integer(cell.rows)), ("parameters", .integer(cell.parameters)), ("bound", .integer(cell.bound)),
                ("trials", .integer(cell.trials)), ("at_bound", .integer(cell.atBound)),
                ("probability", .number(statistics.probability)), ("ci_low", .number(statistics.ciLow)),
                ("ci_high", .number(statistics.ciHigh)), ("mean_rank", .number(statistics.meanRank)),
            ]
            return JSONText.object(members).text
        }
        return "[" + rows.map { "\n" + $0 }.joined(separator: ",") + "\n]\n"
    }
}
