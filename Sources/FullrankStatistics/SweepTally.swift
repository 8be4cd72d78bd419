import FullrankModel

/// The trials of one problem, added up: exact integers only, so that any order and any split of the trials gives the
/// same tally.
///
/// A trial of a sweep may cover 10⁷ cells, and there may be 10⁵ trials, so a rank profile is entered by its pivots and
/// by the rises of h(n): a pivot in row j of unit i counts in every cell with n > j and d1 > i, and is entered once, at
/// the smallest listed n and d1 of these. Reading sums up the rest, one row of cells at a time. Memory is two bytes per
/// cell and that of `WidthChanges`, independent of the number of trials.
public struct SweepTally: Hashable, Sendable {
    public let problem: SweepProblem
    let lookup: UnitLookup

    // Cells are points-major: point index × number of units + unit index. Counters are made when something is added,
    // for a sweep fills either the first group or the second.

    /// Rank profiles added; by cell, pivots whose smallest listed (n, d1) is that cell; and h(n).
    var profileTrials = 0
    var pivots = CellCounters<UInt16>(count: 0)
    var widthChanges: WidthChanges?

    /// Rank grids added, and by cell: the sum of ranks; trials of rank n.
    var gridTrials = 0
    var rankSums = CellCounters<UInt32>(count: 0)
    var fullRanks = CellCounters<UInt32>(count: 0)

    public init(problem: SweepProblem) {
        self.problem = problem
        lookup = UnitLookup(problem.units)
    }

    /// Trials added: of every cell.
    public var trials: Int { profileTrials + gridTrials }
    var cellCount: Int { problem.points.count * problem.units.count }

    /// Adds one trial of the exact method: O(n), whatever the number of cells.
    ///
    /// - Precondition: the profile has at least the problem's largest n rows and the problem's k. Pivots beyond the
    ///   largest listed n or d1 are left out.
    public mutating func add(_ profile: RankProfile) {
        precondition(profile.points >= problem.largestPoints, "a profile covers the largest n of its problem")
        precondition(profile.columnsPerUnit == problem.columnsPerUnit, "a profile has its problem's columns a unit")
        makeRoomForProfiles()
        profileTrials += 1
        withUnsafeTemporaryAllocation(of: Int.self, capacity: problem.largestPoints) { cells in
            let count = profile.pivotColumns.withUnsafeBufferPointer { enter($0, cells) }
            pivots.increment(at: UnsafeBufferPointer(rebasing: cells[..<count]))
        }
    }

    /// Enters h(n), and puts into `cells` where pivots count; how many do.
    private mutating func enter(
        _ pivotColumns: UnsafeBufferPointer<Int64>, _ cells: UnsafeMutableBufferPointer<Int>
    ) -> Int {
        let columnsPerUnit = UInt32(problem.columnsPerUnit)
        let units = problem.units.count
        var count = 0
        var width = 0
        var reached = true
        /// h at the n before.
        var previous: Int?
        var row = 0
        for (pointIndex, points) in problem.points.enumerated() {
            while row < points {
                let column = pivotColumns[row]
                row += 1
                // Widths are below 2^31 and so are nearly all columns, whose division is the quicker one.
                let unit = UInt32(exactly: column).map { Int($0 / columnsPerUnit) } ?? Int(column) / Int(columnsPerUnit)
                guard column >= 0, let unitIndex = lookup.index(atLeast: unit + 1) else {
                    reached = false
                    continue
                }
                cells[count] = pointIndex * units + unitIndex
                count += 1
                width = max(width, unit + 1)
            }
            let height = reached && width <= problem.largestUnits ? width : nil
            guard height != previous else { continue }
            if let previous { widthChanges!.add(-1, pointIndex: pointIndex, width: previous) }
            if let height { widthChanges!.add(1, pointIndex: pointIndex, width: height) }
            previous = height
        }
        return count
    }

    private mutating func makeRoomForProfiles() {
        guard widthChanges == nil else { return }
        pivots = CellCounters(count: cellCount)
        widthChanges = WidthChanges(
            pointCount: problem.points.count, unitCount: problem.units.count, largestWidth: problem.largestUnits)
    }

    /// Adds one trial of the svd method: the rank of every cell, points outer and units inner.
    ///
    /// - Precondition: `ranks.count` is the number of cells, each rank in 0...n.
    public mutating func add(ranks: [Int]) {
        precondition(ranks.count == cellCount, "a trial has one rank for each cell")
        makeRoomForGrids()
        gridTrials += 1
        var cell = 0
        for points in problem.points {
            for _ in problem.units {
                let rank = ranks[cell]
                precondition(rank >= 0 && rank <= points, "a rank lies between 0 and n")
                rankSums.add(rank, at: cell)
                if rank == points { fullRanks.add(1, at: cell) }
                cell += 1
            }
        }
    }

    private mutating func makeRoomForGrids() {
        guard rankSums.count != cellCount else { return }
        rankSums = CellCounters(count: cellCount)
        fullRanks = rankSums
    }

    /// Adds another tally's trials. Any order of merging gives the same tally.
    ///
    /// - Precondition: both are of the same problem, and of different trials.
    public mutating func merge(_ other: SweepTally) {
        precondition(other.problem == problem, "only tallies of the same problem add up")
        if let changes = other.widthChanges {
            makeRoomForProfiles()
            profileTrials += other.profileTrials
            pivots.merge(other.pivots)
            widthChanges!.merge(changes)
        }
        if other.gridTrials > 0 {
            makeRoomForGrids()
            gridTrials += other.gridTrials
            rankSums.merge(other.rankSums)
            fullRanks.merge(other.fullRanks)
        }
    }
}
