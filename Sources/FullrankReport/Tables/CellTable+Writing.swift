import FullrankModel
import FullrankStatistics

extension CellTable {
    /// Writes the table of a sweep: memory is a piece of about 64 kB and a row of cells, however long the table.
    ///
    /// - Parameters:
    ///   - tallies: one per problem, in any order.
    ///   - write: gets the table's bytes piece by piece.
    public static func write<Failure>(
        _ tallies: [SweepTally], to write: ([UInt8]) throws(Failure) -> Void
    ) throws(Failure) {
        // Problems of one width each: their cells are few, and do not stand together.
        if tallies.contains(where: { $0.problem.hidden != nil }) {
            return try write(Array(csv(tallies.flatMap(\.cells)).utf8))
        }
        var text = CellText(hasRatio: tallies.contains { $0.problem.ratio != nil })
        for index in inTableOrder(tallies.map(\.problem)) {
            try tallies[index].forEachRow { (row) throws(Failure) in
                for unit in row.problem.units.indices {
                    text.append(row[unit])
                    if text.bytes.count >= 1 << 16 {
                        try write(text.bytes)
                        text.removeAll()
                    }
                }
            }
        }
        if !text.bytes.isEmpty { try write(text.bytes) }
    }

    /// The table's text, of cells in any order; those in table order cost no sort.
    public static func csv(_ cells: [CellStatistics]) -> String {
        let isOrdered = cells.indices.dropFirst().allSatisfy { !precedes(cells[$0], cells[$0 - 1]) }
        var text = CellText(
            hasRatio: cells.contains { $0.ratio != nil }, hasHidden: cells.contains { $0.hidden != nil })
        for cell in isOrdered ? cells : cells.sorted(by: precedes) { text.append(cell) }
        return String(decoding: text.bytes, as: UTF8.self)
    }

    /// Indices of problems: a problem's cells stand together.
    private static func inTableOrder(_ problems: [SweepProblem]) -> [Int] {
        func precedes(_ left: SweepProblem, _ right: SweepProblem) -> Bool {
            if left.ratio != right.ratio, let a = left.ratio, let b = right.ratio { return a < b }
            return (left.inputDimension, left.largestPoints) < (right.inputDimension, right.largestPoints)
        }
        return problems.indices.sorted { precedes(problems[$0], problems[$1]) }
    }
}

/// Rows of the table as bytes, a tenth of a microsecond each where neighbours have the same counts, as most have.
private struct CellText {
    private(set) var bytes: [UInt8]
    private let hasRatio: Bool
    private let hasHidden: Bool
    /// Up to the n, as long as problem and n stay the same.
    private var beginning: [UInt8] = []
    private var key: (ratio: Ratio?, hidden: HiddenLayers?, inputDimension: Int, points: Int)?
    /// From the trials to the interval's end, as long as the counts stay the same.
    private var counts: [UInt8] = []
    private var countsKey = (trials: -1, fullRank: -1)

    init(hasRatio: Bool, hasHidden: Bool = false) {
        self.hasRatio = hasRatio
        self.hasHidden = hasHidden
        bytes = Array(((hasHidden ? "hidden," : "") + (hasRatio ? "ratio," : "") + CellTable.header + "\n").utf8)
    }

    mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

    mutating func append(_ cell: CellStatistics) {
        if let key, key == (cell.ratio, cell.hidden, cell.inputDimension, cell.points) {} else { begin(cell) }
        if countsKey != (cell.trials, cell.fullRank) { count(cell) }
        bytes += beginning
        appendInteger(cell.units, to: &bytes)
        bytes += counts
        appendFixed(cell.meanRank, 6, to: &bytes)
        bytes.append(UInt8(ascii: "\n"))
    }

    private mutating func begin(_ cell: CellStatistics) {
        key = (cell.ratio, cell.hidden, cell.inputDimension, cell.points)
        beginning.removeAll(keepingCapacity: true)
        if hasHidden { beginning += "\(cell.hidden?.description ?? ""),".utf8 }
        if hasRatio { beginning += "\(cell.ratio?.description ?? ""),".utf8 }
        beginning += "\(cell.inputDimension),\(cell.points),".utf8
    }

    private mutating func count(_ cell: CellStatistics) {
        countsKey = (cell.trials, cell.fullRank)
        counts.removeAll(keepingCapacity: true)
        counts += ",\(cell.trials),\(cell.fullRank),".utf8
        let interval = cell.interval
        for value in [cell.probability, interval.low, interval.high] {
            appendFixed(value, 6, to: &counts)
            counts.append(UInt8(ascii: ","))
        }
    }
}
