import FullrankModel

/// The critical widths h(n) of every trial of one problem, at chosen n: what figures at any resolution, contours and
/// scaling need. Four bytes per trial and n.
public struct CriticalWidthSamples: Sendable {
    public let problem: SweepProblem
    /// n, ascending, each at most the problem's largest.
    public let points: [Int]
    /// By n, then by trial in the order added: h(n), `unreached` where the trial never has full rank.
    public private(set) var widths: [[Int32]]
    public static let unreached = Int32.max

    /// - Precondition: `points` ascend and lie in 1...the problem's largest n.
    public init(problem: SweepProblem, points: [Int]) {
        precondition(points.allSatisfy { $0 >= 1 && $0 <= problem.largestPoints }, "h(n) is known up to the largest n")
        self.problem = problem
        self.points = points
        widths = Array(repeating: [], count: points.count)
    }

    public var trials: Int { widths.first?.count ?? 0 }

    /// Adds one trial.
    public mutating func add(_ profile: RankProfile) {
        var width: Int32 = 0
        var row = 0
        for (index, points) in points.enumerated() {
            while row < points {
                let column = profile.pivotColumns[row]
                row += 1
                let needed = column < 0 ? Self.unreached : Int32(clamping: Int(column) / profile.columnsPerUnit + 1)
                width = max(width, Int(needed) > problem.largestUnits ? Self.unreached : needed)
            }
            widths[index].append(width)
        }
    }

    /// How often the first `points[index]` points have full rank at each of `units`, ascending.
    public func fullRankCounts(at index: Int, units: [Int]) -> [Int] {
        let ascending = widths[index].sorted()
        var position = 0
        return units.map { width in
            while position < ascending.count, Int(ascending[position]) <= width { position += 1 }
            return position
        }
    }

    /// The median and the bands of `points[index]`, as a table has them.
    public func statistics(at index: Int) -> WidthStatistics {
        var histogram = WidthHistogram()
        for width in widths[index] { histogram.add(width == Self.unreached ? nil : Int(width)) }
        let dimension = problem.ratio.map { $0.inputDimension(points: points[index]) } ?? problem.inputDimension
        return WidthStatistics(
            ratio: problem.ratio, inputDimension: dimension, points: points[index], histogram: histogram)
    }

    /// At most `count` of `values`, ends included, spread evenly by rank or, with `geometric`, by ratio.
    public static func selection(_ values: [Int], atMost count: Int, geometric: Bool = false) -> [Int] {
        guard values.count > count, count > 1, let first = values.first, let last = values.last else { return values }
        var chosen = [Int]()
        for step in 0..<count {
            let share = Double(step) / Double(count - 1)
            let value: Int
            if geometric {
                let wanted = Double(max(first, 1)) * power(Double(last) / Double(max(first, 1)), share)
                value = values.min { abs(Double($0) - wanted) < abs(Double($1) - wanted) } ?? last
            } else {
                value = values[Int((share * Double(values.count - 1)).rounded())]
            }
            if chosen.last != value { chosen.append(value) }
        }
        return chosen
    }
}

extension CriticalWidthSamples {
    /// Problems of one ratio, an n each, as one: trials with the same number side by side, as many as all have.
    /// Problems without trials are left out; nil if all are.
    public init?(merging all: [CriticalWidthSamples]) {
        let begun = all.filter { $0.trials > 0 }
        guard let last = begun.last, let trials = begun.map(\.trials).min() else { return nil }
        problem = SweepProblem(
            ratio: last.problem.ratio, inputDimension: last.problem.inputDimension,
            points: begun.flatMap(\.problem.points),
            units: last.problem.units, bias: last.problem.bias)
        points = begun.flatMap(\.points)
        widths = begun.flatMap(\.widths).map { Array($0[..<trials]) }
    }

    /// d0 at `points[index]`.
    public func inputDimension(at index: Int) -> Int {
        problem.ratio.map { $0.inputDimension(points: points[index]) } ?? problem.inputDimension
    }
}

extension CriticalWidthSamples {
    /// The same trials at some of the n.
    public func keeping(_ wanted: Set<Int>) -> CriticalWidthSamples {
        var copy = CriticalWidthSamples(problem: problem, points: points.filter { wanted.contains($0) })
        copy.widths = points.indices.filter { wanted.contains(points[$0]) }.map { widths[$0] }
        return copy
    }

    /// The steps of the distribution function of h: each width that occurs, and how many trials have h ≤ it.
    public func steps(at index: Int) -> [(width: Int, count: Int)] {
        var steps = [(width: Int, count: Int)]()
        for (place, width) in widths[index].sorted().enumerated() where width != Self.unreached {
            if steps.last?.width == Int(width) {
                steps[steps.count - 1].count = place + 1
            } else {
                steps.append((Int(width), place + 1))
            }
        }
        return steps
    }

    /// Quartiles of h spread evenly over (h - 1, h]; nil if one is not reached.
    public func quartiles(at index: Int) -> [Double]? {
        guard trials > 0 else { return nil }
        let widths = widths[index]
        return FiniteSizeScaling.quantiles(
            widths, order: widths.indices.sorted { widths[$0] < widths[$1] },
            weights: Array(repeating: 1, count: trials))
    }
}
