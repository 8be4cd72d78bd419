import FullrankMinima
import FullrankModel
import FullrankNetworks
import FullrankStatistics

/// Rows of tables as JSON: the columns of the CSV files as keys; what is an empty field there is null.
extension JSONRows {
    /// The cells of a sweep, in the order of its problems.
    ///
    /// - Parameter leading: members before the table's own.
    mutating func append(_ tallies: [SweepTally], leading: [(String, JSONText)] = []) throws(CommandFailure) {
        for tally in tallies {
            try tally.forEachRow { (row) throws(CommandFailure) in
                for unit in row.problem.units.indices { try append(leading + row[unit].members) }
            }
        }
    }

    /// The critical widths of a sweep.
    mutating func append(_ widths: [WidthStatistics]) throws(CommandFailure) {
        for row in widths { try append(row.members) }
    }

    /// The cells of a sweep over global minima.
    mutating func append(_ cells: [MinimaCell], leading: [(String, JSONText)] = []) throws(CommandFailure) {
        for cell in cells { try append(leading + cell.members) }
    }

    /// The cells of a sweep over networks.
    mutating func append(_ cells: [NetworkCell]) throws(CommandFailure) {
        for cell in cells { try append(cell.members) }
    }

    /// Prints one table.
    static func write(_ tallies: [SweepTally]) throws(CommandFailure) {
        var rows = JSONRows()
        try rows.append(tallies)
        try rows.end()
    }
}

private func shape(_ ratio: Ratio?, _ hidden: HiddenLayers?, _ inputDimension: Int, _ points: Int) -> [(
    String, JSONText
)] {
    var members = [(String, JSONText)]()
    if let hidden { members.append(("hidden", .array(hidden.widths.map { .integer($0) }))) }
    if let ratio { members.append(("ratio", .string(ratio.description))) }
    return members + [("d0", .integer(inputDimension)), ("n", .integer(points))]
}

extension CellStatistics {
    fileprivate var members: [(String, JSONText)] {
        shape(ratio, hidden, inputDimension, points) + [
            ("d1", .integer(units)), ("trials", .integer(trials)), ("full_rank", .integer(fullRank)),
            ("probability", .number(probability)), ("ci_low", .number(ciLow)), ("ci_high", .number(ciHigh)),
            ("mean_rank", .number(meanRank)),
        ]
    }
}

extension WidthStatistics {
    fileprivate var members: [(String, JSONText)] {
        let names = ["q05", "q25", "q50", "q75", "q95"]
        var members = shape(ratio, hidden, inputDimension, points)
        members.append(("trials", .integer(trials)))
        for (name, quantile) in zip(names, quantiles) { members.append((name, quantile.map { .integer($0) } ?? .null)) }
        members.append(("reached", .integer(reached)))
        return members
    }
}

extension MinimaCell {
    fileprivate var members: [(String, JSONText)] {
        func number(_ value: Double?) -> JSONText { value.map { .number($0) } ?? .null }
        return shape(nil, nil, inputDimension, points) + [
            ("d1", .integer(units)), ("trials", .integer(trials)), ("feasible", .integer(feasible)),
            ("probability", number(probability)), ("ci_low", number(interval?.low)),
            ("ci_high", number(interval?.high)),
            ("undecided", .integer(undecided)),
        ]
    }
}

extension NetworkCell {
    fileprivate var members: [(String, JSONText)] {
        let statistics = statistics
        return shape(problem.ratio, problem.hidden, problem.inputDimension, points) + [
            ("d1", .integer(units)), ("rows", .integer(rows)), ("parameters", .integer(parameters)),
            ("bound", .integer(bound)), ("trials", .integer(trials)), ("at_bound", .integer(atBound)),
            ("probability", .number(statistics.probability)), ("ci_low", .number(statistics.ciLow)),
            ("ci_high", .number(statistics.ciHigh)), ("mean_rank", .number(statistics.meanRank)),
        ]
    }
}
