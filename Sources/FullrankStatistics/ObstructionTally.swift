import FullrankModel

/// What makes a leading block deficient, by its numbers: the set C of points behind its first dependent point.
public struct Obstruction: Hashable, Comparable, Sendable {
    /// |C|
    public let size: Int
    /// rank(A_C), A with the block's units. Generic data: size = k rank + 1.
    public let rank: Int

    public init(size: Int, rank: Int) {
        self.size = size
        self.rank = rank
    }

    public static func < (left: Obstruction, right: Obstruction) -> Bool {
        (left.size, left.rank) < (right.size, right.rank)
    }
}

/// The first obstruction of one trial at some widths.
public struct FoundObstruction: Hashable, Sendable {
    /// Which of the problem's listed widths.
    public let units: Range<Int>
    /// The first dependent point of these blocks: those with more points are deficient.
    public let point: Int
    public let obstruction: Obstruction

    public init(units: Range<Int>, point: Int, obstruction: Obstruction) {
        self.units = units
        self.point = point
        self.obstruction = obstruction
    }
}

/// How many trials of one cell have an obstruction.
public struct ObstructionCount: Hashable, Sendable {
    public let ratio: Ratio?
    /// d0
    public let inputDimension: Int
    /// n
    public let points: Int
    /// d1
    public let units: Int
    public let obstruction: Obstruction
    public let trials: Int

    public init(
        ratio: Ratio?, inputDimension: Int, points: Int, units: Int, obstruction: Obstruction, trials: Int
    ) {
        self.ratio = ratio
        self.inputDimension = inputDimension
        self.points = points
        self.units = units
        self.obstruction = obstruction
        self.trials = trials
    }
}

/// Counts obstructions by cell; any order of trials gives the same.
public struct ObstructionTally: Hashable, Sendable {
    public let problem: SweepProblem
    /// By listed width and the least listed n that is deficient: memory grows with what is found, not with cells.
    private var counts: [[Int: [Obstruction: Int]]]

    public init(problem: SweepProblem) {
        self.problem = problem
        counts = Array(repeating: [:], count: problem.units.count)
    }

    public mutating func add(_ found: FoundObstruction) {
        // The first listed n that holds the dependent point.
        let index = problem.points.partitionIndex { $0 > found.point }
        guard index < problem.points.count else { return }
        for units in found.units { counts[units][index, default: [:]][found.obstruction, default: 0] += 1 }
    }

    /// Every cell with a deficient trial, by n and d1, its obstructions ascending.
    public func forEachCell<Failure>(
        _ body: ([ObstructionCount]) throws(Failure) -> Void
    ) throws(Failure) {
        var sums = [[Obstruction: Int]](repeating: [:], count: problem.units.count)
        for (pointIndex, points) in problem.points.enumerated() {
            for (unitIndex, units) in problem.units.enumerated() {
                sums[unitIndex].merge(counts[unitIndex][pointIndex] ?? [:], uniquingKeysWith: +)
                if sums[unitIndex].isEmpty { continue }
                try body(
                    sums[unitIndex].sorted { $0.key < $1.key }.map {
                        ObstructionCount(
                            ratio: problem.ratio, inputDimension: problem.inputDimension, points: points, units: units,
                            obstruction: $0.key, trials: $0.value)
                    })
            }
        }
    }
}

extension [ObstructionTally] {
    /// All counts, as in obstructions.csv: a few numbers for each cell with a deficient trial.
    public var counts: [ObstructionCount] {
        var all = [ObstructionCount]()
        for tally in self { tally.forEachCell { all += $0 } }
        return all
    }
}

extension Obstruction {
    /// k + 1 points that no unit tells apart.
    public func isInseparable(columnsPerUnit k: Int) -> Bool { rank == 1 && size == k + 1 }
}

extension [Int] {
    /// The first index at which `holds` is true, all later ones being true as well; `count` if none is.
    fileprivate func partitionIndex(_ holds: (Int) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if holds(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
