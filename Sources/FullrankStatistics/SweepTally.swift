import FullrankModel

/// The trials of one problem, added up: exact integers only, so that any order and any split of the trials gives the
/// same tally.
///
/// A trial of a sweep may cover 10⁷ cells, and there may be 10⁵ trials, so a rank profile is entered by its pivots: a
/// pivot in row j of unit i counts in every cell with n > j and d1 > i, and is entered once, at the smallest listed n
/// and d1 of these. Reading sums up the rest.
public struct SweepTally: Hashable, Sendable {
    public let problem: SweepProblem

    // Cells are points-major: point index × number of units + unit index. Arrays stay empty until something is
    // added, for a sweep fills either the first group or the second.

    /// Rank profiles added, and by cell: pivots whose smallest listed (n, d1) is that cell; trials for which d1 is
    /// the smallest listed width of full rank at n.
    var profileTrials = 0
    var pivots: [Int] = []
    var thresholds: [Int] = []
    /// h(n), by listed n.
    var widthHistograms: [WidthHistogram] = []

    /// Rank grids added, and by cell: the sum of ranks; trials of rank n.
    var gridTrials = 0
    var rankSums: [Int] = []
    var fullRanks: [Int] = []

    public init(problem: SweepProblem) { self.problem = problem }

    public var trials: Int { profileTrials + gridTrials }
    var cellCount: Int { problem.points.count * problem.units.count }

    /// Adds one trial of the exact method: O(n + pivots · log(listed d1)), whatever the number of cells.
    ///
    /// - Precondition: the profile has at least the problem's largest n rows and the problem's k. Pivots beyond the
    ///   largest listed n or d1 are left out.
    public mutating func add(_ profile: RankProfile) {
        precondition(profile.points >= problem.largestPoints, "a profile covers the largest n of its problem")
        precondition(profile.columnsPerUnit == problem.columnsPerUnit, "a profile has its problem's columns a unit")
        if profileTrials == 0 {
            pivots = Array(repeating: 0, count: cellCount)
            thresholds = pivots
            widthHistograms = Array(repeating: WidthHistogram(), count: problem.points.count)
        }
        profileTrials += 1
        var width = 0
        var reached = true
        var row = 0
        for (pointIndex, points) in problem.points.enumerated() {
            let cells = pointIndex * problem.units.count
            while row < points {
                let column = profile.pivotColumns[row]
                row += 1
                let needed = column < 0 ? Int.max : Int(column) / profile.columnsPerUnit + 1
                guard let unitIndex = indexOfUnits(atLeast: needed) else {
                    reached = false
                    continue
                }
                pivots[cells + unitIndex] += 1
                width = max(width, needed)
            }
            let unitIndex = reached ? indexOfUnits(atLeast: width) : nil
            if let unitIndex { thresholds[cells + unitIndex] += 1 }
            widthHistograms[pointIndex].add(unitIndex == nil ? nil : width)
        }
    }

    /// Adds one trial of the svd method: the rank of every cell, points outer and units inner.
    ///
    /// - Precondition: `ranks.count` is the number of cells, each rank in 0...n.
    public mutating func add(ranks: [Int]) {
        precondition(ranks.count == cellCount, "a trial has one rank for each cell")
        if gridTrials == 0 {
            rankSums = Array(repeating: 0, count: cellCount)
            fullRanks = rankSums
        }
        gridTrials += 1
        var cell = 0
        for points in problem.points {
            for _ in problem.units {
                let rank = ranks[cell]
                precondition(rank >= 0 && rank <= points, "a rank lies between 0 and n")
                rankSums[cell] += rank
                if rank == points { fullRanks[cell] += 1 }
                cell += 1
            }
        }
    }

    /// Adds another tally's trials. Any order of merging gives the same tally.
    ///
    /// - Precondition: both are of the same problem, and of different trials.
    public mutating func merge(_ other: SweepTally) {
        precondition(other.problem == problem, "only tallies of the same problem add up")
        func sum(_ left: inout [Int], _ right: [Int]) {
            if left.isEmpty { left = right } else { for index in right.indices { left[index] += right[index] } }
        }
        profileTrials += other.profileTrials
        sum(&pivots, other.pivots)
        sum(&thresholds, other.thresholds)
        if widthHistograms.isEmpty {
            widthHistograms = other.widthHistograms
        } else {
            for index in other.widthHistograms.indices { widthHistograms[index].merge(other.widthHistograms[index]) }
        }
        gridTrials += other.gridTrials
        sum(&rankSums, other.rankSums)
        sum(&fullRanks, other.fullRanks)
    }

    /// Index of the smallest listed d1 ≥ `width`, by bisection; nil past the largest.
    private func indexOfUnits(atLeast width: Int) -> Int? {
        var low = 0
        var high = problem.units.count
        while low < high {
            let middle = (low + high) / 2
            if problem.units[middle] < width { low = middle + 1 } else { high = middle }
        }
        return low < problem.units.count ? low : nil
    }
}
