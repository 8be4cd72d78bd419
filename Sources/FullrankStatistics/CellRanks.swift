import FullrankModel

/// The ranks of one trial in every cell of its problem.
public struct CellRanks: Sendable {
    public let problem: SweepProblem
    private let lookup: UnitLookup

    public init(_ problem: SweepProblem) {
        self.problem = problem
        lookup = UnitLookup(problem.units)
    }

    /// Hands over the ranks a row at a time, n ascending: O(n + cells), memory is one row's.
    ///
    /// - Parameters:
    ///   - profile: at least the problem's largest n rows, with the problem's k.
    ///   - body: gets the index of n, and by index of d1 the rank of the first n rows and d1 k columns.
    public func forEachRow<Failure>(
        _ profile: RankProfile, _ body: (_ pointIndex: Int, _ ranks: [Int]) throws(Failure) -> Void
    ) throws(Failure) {
        // By index of d1: pivots in rows below n whose smallest listed d1 is that one.
        var pivots = Array(repeating: 0, count: problem.units.count)
        var ranks = pivots
        var row = 0
        for (pointIndex, points) in problem.points.enumerated() {
            while row < points {
                let column = Int(profile.pivotColumns[row])
                row += 1
                guard column >= 0, let index = lookup.index(atLeast: column / problem.columnsPerUnit + 1) else {
                    continue
                }
                pivots[index] += 1
            }
            var rank = 0
            for index in pivots.indices {
                rank += pivots[index]
                ranks[index] = rank
            }
            try body(pointIndex, ranks)
        }
    }
}
