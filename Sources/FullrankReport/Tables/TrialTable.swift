import FullrankModel
import FullrankStatistics

/// `trials.csv`: a row for each trial and cell, in the order of the plan's problems (d0; ratio and n; hidden layers, d0
/// and d1), of trials, n and d1.
public struct TrialTable: Sendable {
    public static let header = "d0,n,d1,trial,rank,full_rank"
    /// Added by the svd method.
    public static let singularHeader = "largest,smallest"
    private static let piece = 1 << 16

    private let cells: [CellRanks]
    private let hasSingularValues: Bool
    private var bytes: [UInt8]

    public init(_ plan: SweepPlan) {
        cells = plan.problems.map { CellRanks($0) }
        hasSingularValues = plan.method != .exact
        let isRatio = cells.contains { $0.problem.ratio != nil }
        bytes = Array(
            ((plan.hidden != nil ? "hidden," : "") + (isRatio ? "ratio," : "") + Self.header
                + (hasSingularValues ? "," + Self.singularHeader : "") + "\n").utf8)
    }

    /// Adds a trial of the exact method.
    ///
    /// - Parameters:
    ///   - problem: index into the plan's problems.
    ///   - write: gets the table's bytes piece by piece: memory is a piece and a row of cells.
    public mutating func append<Failure>(
        _ profile: RankProfile, problem: Int, trial: Int, to write: ([UInt8]) throws(Failure) -> Void
    ) throws(Failure) {
        let cells = cells[problem]
        try cells.forEachRow(profile) { (pointIndex, ranks) throws(Failure) in
            let row = Row(cells.problem, pointIndex, trial)
            for (unit, rank) in zip(cells.problem.units, ranks) {
                append(row, unit, rank)
                bytes.append(UInt8(ascii: "\n"))
                if bytes.count >= Self.piece { try flush(to: write) }
            }
        }
    }

    /// Adds a trial of the svd method: one summary for each cell, n outer and d1 inner. A trial with a cell missing
    /// counts in no table.
    public mutating func append<Failure>(
        _ summaries: [SingularSummary?], problem: Int, trial: Int, to write: ([UInt8]) throws(Failure) -> Void
    ) throws(Failure) {
        let shape = cells[problem].problem
        guard !summaries.contains(where: { $0 == nil }) else { return }
        for pointIndex in shape.points.indices {
            let row = Row(shape, pointIndex, trial)
            for (unitIndex, unit) in shape.units.enumerated() {
                guard let summary = summaries[pointIndex * shape.units.count + unitIndex] else { continue }
                append(row, unit, summary.rank)
                // The shortest digits that read back as the same double, as in the journal.
                bytes += ",\(summary.largest),\(summary.smallest)\n".utf8
                if bytes.count >= Self.piece { try flush(to: write) }
            }
        }
    }

    /// Writes what is left.
    public mutating func flush<Failure>(to write: ([UInt8]) throws(Failure) -> Void) throws(Failure) {
        guard !bytes.isEmpty else { return }
        try write(bytes)
        bytes.removeAll(keepingCapacity: true)
    }

    /// What the rows of one trial and n share.
    private struct Row {
        let points: Int
        /// Up to the n, and from the trial's number on.
        let beginning: [UInt8], trial: [UInt8]

        init(_ problem: SweepProblem, _ pointIndex: Int, _ number: Int) {
            points = problem.points[pointIndex]
            let layers = problem.hidden.map { "\($0)," } ?? "", ratio = problem.ratio.map { "\($0)," } ?? ""
            beginning = Array("\(layers)\(ratio)\(problem.inputDimension),\(points),".utf8)
            trial = Array(",\(number),".utf8)
        }
    }

    private mutating func append(_ row: Row, _ unit: Int, _ rank: Int) {
        bytes += row.beginning
        appendInteger(unit, to: &bytes)
        bytes += row.trial
        appendInteger(rank, to: &bytes)
        bytes.append(UInt8(ascii: ","))
        bytes.append(UInt8(ascii: rank == row.points ? "1" : "0"))
    }
}

extension TrialTable {
    /// Bytes that the rows of one trial of a problem take, about: numbers are taken as long as their largest.
    public static func size(of problem: SweepProblem, trials: Int, _ method: RankMethod) -> Double {
        func digits(_ number: Int) -> Double { Double("\(number)".utf8.count) }
        let layers = problem.hidden.map { "\($0),".utf8.count } ?? 0,
            ratio = problem.ratio.map { "\($0),".utf8.count } ?? 0
        // Commas, the last field and the line's end, singular values of 17 digits, a point and a comma each.
        let rest = Double(layers + ratio + 7) + digits(problem.inputDimension) + digits(max(0, trials - 1))
        let singular = method == .exact ? 0.0 : 38
        let points = problem.points.reduce(0) { $0 + 2 * digits($1) },
            units = problem.units.reduce(0) { $0 + digits($1) }
        let (rows, columns) = (Double(problem.points.count), Double(problem.units.count))
        return rows * columns * (rest + singular) + points * columns + units * rows
    }
}
