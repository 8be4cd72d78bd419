import FullrankKernels

/// Which columns of a trial's Jacobian hold pivots: the column rank profile, which gives the rank of all points at every
/// width, but not that of fewer points.
public struct ColumnProfile: Hashable, Sendable {
    /// Ascending; as many as the rank.
    public let columns: [Int64]
    /// Whether it is proved over the rationals, with no chance of error (docs/mathematics.md, section 13). Otherwise it
    /// is the one modulo the prime asked for.
    public let isProved: Bool

    public init(columns: [Int64], isProved: Bool) {
        self.columns = columns
        self.isProved = isProved
    }
}

extension RankProfile {
    /// The columns with pivots.
    public var columnProfile: ColumnProfile {
        ColumnProfile(columns: pivotColumns.filter { $0 >= 0 }.sorted(), isProved: false)
    }

    /// What is known of a trial when only the ranks of its first n' points for some n' are: its pivots, those of rows
    /// between one n' and the next in ascending order, -1 last. The rank of the first n' points at any width is right
    /// for these n'.
    ///
    /// - Parameters:
    ///   - profiles: the column rank profiles of the first `points[i]` points.
    ///   - points: ascending, the last one the trial's.
    /// - Returns: nil if the columns of fewer points are not among those of more. Over the rationals, and modulo one
    ///   prime, they always are.
    public init?(profiles: [ColumnProfile], points: [Int], columnsPerUnit: Int) {
        var pivots = [Int64]()
        pivots.reserveCapacity(points.last ?? 0)
        var before = [Int64]()
        for (profile, n) in zip(profiles, points) {
            var position = 0
            let rows = n - pivots.count
            var new = [Int64]()
            new.reserveCapacity(rows)
            for column in profile.columns {
                if position < before.count, before[position] == column { position += 1 } else { new.append(column) }
            }
            guard position == before.count, new.count <= rows else { return nil }
            pivots += new
            pivots += repeatElement(-1, count: rows - new.count)
            before = profile.columns
        }
        self.init(pivotColumns: pivots, columnsPerUnit: columnsPerUnit)
    }

    /// The same for a profile whose rows are known.
    public func grouped(by points: [Int]) -> RankProfile {
        var pivots = [Int64]()
        pivots.reserveCapacity(self.points)
        for n in points {
            let rows = pivotColumns[pivots.count..<n]
            pivots += rows.filter { $0 >= 0 }.sorted()
            pivots += repeatElement(-1, count: n - pivots.count)
        }
        return RankProfile(pivotColumns: pivots, columnsPerUnit: columnsPerUnit)
    }
}

extension SweepPlan {
    /// Whether the sweep finds, for each listed n, only the columns of pivots and not their rows. The ranks in its
    /// tables are then computed several times quicker. If many n are listed, one profile of all rows gives all of them
    /// and costs less than a column profile for each n.
    ///
    /// This decides the meaning of `pivots` in trials.jsonl (docs/file-formats.md), so it depends on the plan alone.
    public func findsColumnsOnly(_ problem: SweepProblem) -> Bool {
        let largest = Double(problem.largestPoints)
        guard method == .exact, primeCount == 1, problem.hidden == nil,
            problem.columnsPerUnit >= FR_COLUMN_PROOF_LEAST_K, problem.largestPoints >= FR_COLUMN_PROOF_LEAST_POINTS
        else { return false }
        if problem.points.count == 1 { return true }
        let work = problem.points.reduce(0.0) { sum, n in
            let share = Double(n) / largest
            return sum + share * share * share
        }
        return largest >= 128 && work <= 2.5
    }
}
