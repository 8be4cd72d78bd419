import FullrankModel

/// A checkpoint read without the plan's data: how far training has come, and what it recorded.
public struct TrainingCheckpoint: Hashable, Sendable {
    /// The step that comes next; one more than the plan's steps: all is done.
    public let step: Int
    public let rows: [TrainingRow]

    /// - Parameters:
    ///   - numbers: as `TrainingState.checkpoint` lays them out.
    ///   - points: n, which no rank exceeds.
    /// - Returns: nil if the numbers are not a checkpoint, or were changed.
    public init?(_ numbers: [Double], points: Int) {
        guard var rest = TrainingState.content(of: numbers), let step = rest.popFirst().flatMap({ Int(exactly: $0) }),
            step >= 0,
            rest.popFirst() != nil
        else { return nil }
        // Parameters, moments, patterns, rows: each after its length.
        var parts = [ArraySlice<Double>]()
        for _ in 0..<4 {
            guard let length = rest.popFirst().flatMap({ Int(exactly: $0) }), (0...rest.count).contains(length) else {
                return nil
            }
            parts.append(rest.prefix(length))
            rest = rest.dropFirst(length)
        }
        let table = Array(parts[3])
        guard rest.isEmpty, table.count % 9 == 0 else { return nil }
        var rows = [TrainingRow]()
        for start in stride(from: 0, to: table.count, by: 9) {
            let row = Array(table[start..<start + 9])
            guard let step = Int(exactly: row[0]), step >= 0, step > rows.last?.step ?? -1, row[1].isFinite,
                row[1] >= 0,
                let rank = Int(exactly: row[3]), (0...points).contains(rank), let changes = Int(exactly: row[6]),
                let steps = Int(exactly: row[7]), changes >= 0, steps >= 0
            else { return nil }
            rows.append(
                TrainingRow(
                    step: step, loss: row[1], gradientNorm: row[2], rank: rank, smallest: row[4].isNaN ? nil : row[4],
                    largest: row[5].isNaN ? nil : row[5], patternChanges: changes, stepsWithChanges: steps,
                    boundaryDistance: row[8]))
        }
        self.step = step
        self.rows = rows
    }
}
