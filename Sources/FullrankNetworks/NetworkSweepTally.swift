import FullrankModel
import FullrankStatistics

/// What all trials said about one cell.
public struct NetworkCell: Hashable, Sendable {
    public let problem: SweepProblem
    /// n and d1.
    public let points: Int
    public let units: Int
    /// n times the outputs, and P.
    public let rows: Int
    public let parameters: Int
    /// Of the rank, for any weights.
    public let bound: Int
    public let trials: Int
    /// Trials by rank, ascending, none of 0 trials.
    public let ranks: [(rank: Int, trials: Int)]

    public var atBound: Int { ranks.last.map { $0.rank == bound ? $0.trials : 0 } ?? 0 }
    public var meanRank: Double { Double(ranks.reduce(0) { $0 + $1.rank * $1.trials }) / Double(trials) }

    /// As heatmaps and curves take it: what is counted as full rank is a rank at its bound.
    public var statistics: CellStatistics {
        CellStatistics(
            ratio: problem.ratio, hidden: problem.hidden, inputDimension: problem.inputDimension, points: points,
            units: units, trials: trials, fullRank: atBound, meanRank: meanRank)
    }

    /// The least rank that at least a share of the trials do not exceed.
    public func quantile(_ share: Double) -> Int {
        var seen = 0
        for (rank, count) in ranks {
            seen += count
            if Double(seen) >= share * Double(trials) { return rank }
        }
        return ranks.last?.rank ?? 0
    }

    public static func == (left: NetworkCell, right: NetworkCell) -> Bool {
        left.problem == right.problem && left.points == right.points && left.units == right.units
            && left.ranks.elementsEqual(right.ranks, by: ==)
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(problem)
        hasher.combine(points)
        hasher.combine(units)
    }
}

/// Counts the ranks of one problem's cells. Adds whole numbers only: any order of trials gives the same tables.
public struct NetworkSweepTally: Sendable {
    public let plan: NetworkSweepPlan
    public let problem: SweepProblem
    public private(set) var trials = 0
    private let bounds: [Int]
    /// By cell: trials by rank.
    private var counts: [[Int: Int]]

    public init(plan: NetworkSweepPlan, problem: SweepProblem) {
        self.plan = plan
        self.problem = problem
        bounds = plan.bounds(of: problem)
        counts = Array(repeating: [:], count: bounds.count)
    }

    public mutating func add(_ trial: NetworkSweepTrial) {
        trials += 1
        for (cell, rank) in trial.ranks.enumerated() { counts[cell][rank, default: 0] += 1 }
    }

    /// By n, then d1; none without trials.
    public var cells: [NetworkCell] {
        guard trials > 0 else { return [] }
        return problem.points.indices.flatMap { row in
            problem.units.indices.map { column in
                let cell = row * problem.units.count + column, units = problem.units[column]
                return NetworkCell(
                    problem: problem, points: problem.points[row], units: units,
                    rows: problem.points[row] * plan.outputs,
                    parameters: plan.columns(of: problem, units: units), bound: bounds[cell], trials: trials,
                    ranks: counts[cell].sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
            }
        }
    }
}

extension NetworkSweepPlan {
    /// P: parameters of the layers that are trained.
    public func columns(of problem: SweepProblem, units: Int) -> Int {
        let shape = shape(of: problem, units: units), count = shape.layers.count
        return (0..<count).reduce(0) {
            $0 + (query.trained.contains(layer: $1, of: count) ? shape.parameters(ofLayer: $1) : 0)
        }
    }
}

extension [NetworkSweepTally] {
    public init(_ plan: NetworkSweepPlan) { self = plan.problems.map { NetworkSweepTally(plan: plan, problem: $0) } }

    /// In the order of tables: ratio or hidden layers, d0, n, d1.
    public var cells: [NetworkCell] {
        flatMap(\.cells).sorted { left, right in
            if left.problem.ratio != right.problem.ratio, let a = left.problem.ratio, let b = right.problem.ratio {
                return a < b
            }
            if left.problem.hidden != right.problem.hidden, let a = left.problem.hidden, let b = right.problem.hidden {
                return a < b
            }
            return (left.problem.inputDimension, left.points, left.units)
                < (right.problem.inputDimension, right.points, right.units)
        }
    }
}
