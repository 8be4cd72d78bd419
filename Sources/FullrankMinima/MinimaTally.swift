import FullrankModel
import FullrankStatistics

/// What all trials said about one cell.
public struct MinimaCell: Hashable, Sendable {
    public var inputDimension: Int
    public var points: Int
    public var units: Int
    public var trials: Int
    public var feasible: Int
    public var undecided: Int

    /// The fraction among decided trials; nil if none was decided.
    public var probability: Double? { trials > undecided ? Double(feasible) / Double(trials - undecided) : nil }
    public var interval: WilsonInterval? {
        trials > undecided ? WilsonInterval(successes: feasible, trials: trials - undecided) : nil
    }
}

/// Counts the verdicts of one d0. Adds whole numbers only: any order of trials gives the same tables.
public struct MinimaTally: Sendable {
    public let plan: MinimaPlan
    public let problem: Int
    public private(set) var trials = 0
    private var feasible: [Int]
    private var undecided: [Int]
    private var histograms: [WidthHistogram]
    /// Trials of each n whose critical width was not pinned down.
    public private(set) var loose: [Int]

    public init(plan: MinimaPlan, problem: Int) {
        self.plan = plan
        self.problem = problem
        let cells = plan.points.count * plan.units.count
        feasible = Array(repeating: 0, count: cells)
        undecided = Array(repeating: 0, count: cells)
        histograms = plan.points.map { _ in WidthHistogram() }
        loose = plan.points.map { _ in 0 }
    }

    public mutating func add(_ trial: MinimaTrial) {
        trials += 1
        for row in plan.points.indices {
            for column in plan.units.indices {
                switch trial.verdict(points: row, units: column, in: plan) {
                case .feasible: feasible[row * plan.units.count + column] += 1
                case .undecided: undecided[row * plan.units.count + column] += 1
                case .infeasible: break
                }
            }
            guard case .brackets(let rows) = trial.answer else { continue }
            histograms[row].add(rows[row].feasible >= 0 ? rows[row].feasible : nil)
            if rows[row].feasible > rows[row].infeasible + 1 { loose[row] += 1 }
        }
    }

    /// The cell whose interval is widest, by its decided trials.
    public var widest: WidestCell {
        zip(feasible, undecided).map { feasible, undecided in
            let decided = trials - undecided
            return WidestCell(trials: decided, product: feasible * (decided - feasible))
        }.max { $0.halfWidth < $1.halfWidth } ?? WidestCell(trials: trials, product: 0)
    }

    /// How many cells have an interval of more than that half-width.
    public func cells(widerThan halfWidth: Double) -> Int {
        zip(feasible, undecided).count { feasible, undecided in
            let decided = trials - undecided
            return WilsonInterval.halfWidth(product: feasible * (decided - feasible), trials: decided) > halfWidth
        }
    }

    /// By n, then d1.
    public var cells: [MinimaCell] {
        guard trials > 0 else { return [] }
        return plan.points.indices.flatMap { row in
            plan.units.indices.map { column in
                let cell = row * plan.units.count + column
                return MinimaCell(
                    inputDimension: plan.inputDimensions[problem], points: plan.points[row], units: plan.units[column],
                    trials: trials, feasible: feasible[cell], undecided: undecided[cell])
            }
        }
    }

    /// Quantiles of the least width shown to hold a minimum; none for a teacher's labels, which change with the width.
    public var widths: [WidthStatistics] {
        guard trials > 0, plan.labels != .teacher else { return [] }
        return plan.points.indices.map {
            WidthStatistics(
                ratio: nil, inputDimension: plan.inputDimensions[problem], points: plan.points[$0],
                histogram: histograms[$0])
        }
    }
}
