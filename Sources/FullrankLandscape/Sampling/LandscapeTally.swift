import FullrankModel
import FullrankPlatform
import FullrankReport

/// Counts what the trials of one d0 hold. Adds whole numbers only: any order of trials gives the same tables.
public struct LandscapeTally: Sendable {
    public let plan: LandscapePlan
    public let problem: Int
    public private(set) var trials = 0
    /// By n, then d1: sums over trials.
    public private(set) var counts: [CombinationCounts]
    /// And of the squares, which say how much data sets differ.
    private var squares: [CombinationCounts]

    public init(plan: LandscapePlan, problem: Int) {
        (self.plan, self.problem) = (plan, problem)
        counts = Array(repeating: CombinationCounts(), count: plan.cellCount)
        squares = counts
    }

    public mutating func add(_ trial: LandscapeTrial) {
        trials += 1
        for (place, own) in trial.counts.enumerated() {
            counts[place] += own
            for (_, path) in CombinationCounts.names {
                squares[place][keyPath: path] += own[keyPath: path] * own[keyPath: path]
            }
        }
    }

    /// A share of all combinations of a cell and its standard error, data sets being independent.
    func share(_ cell: Int, _ path: KeyPath<CombinationCounts, Int>) -> (share: Double, error: Double?) {
        let count = Double(trials), sum = Double(counts[cell][keyPath: path]), draws = Double(plan.draws)
        let share = sum / (count * draws)
        guard trials > 1 else { return (share, nil) }
        let spread = max(0, Double(squares[cell][keyPath: path]) - sum * sum / count) / (count - 1)
        return (share, (spread / count).squareRoot() / draws)
    }
}

/// cells.csv of a sweep over combinations of cells.
public enum LandscapeTable {
    private static let shares: [(name: String, path: KeyPath<CombinationCounts, Int> & Sendable)] = [
        ("full_rank", \.fullRank), ("minimum", \.minimum), ("unique", \.unique), ("bad", \.bad), ("saddle", \.saddle),
    ]

    public static let header =
        "d0,n,d1,trials,combinations," + CombinationCounts.names.map(\.name).joined(separator: ",") + ","
        + shares.map { "p_\($0.name),se_\($0.name)" }.joined(separator: ",")

    /// Rows by d0, n, d1: counts of combinations, then shares of all combinations and their standard errors, empty for
    /// a single trial.
    public static func csv(_ tallies: [LandscapeTally]) -> String {
        var text = header + "\n"
        for tally in tallies where tally.trials > 0 {
            let plan = tally.plan
            for (place, counts) in tally.counts.enumerated() {
                let (n, units) = (plan.points[place / plan.units.count], plan.units[place % plan.units.count])
                var fields = [plan.inputDimensions[tally.problem], n, units, tally.trials, tally.trials * plan.draws]
                    .map { "\($0)" }
                fields += CombinationCounts.names.map { "\(counts[keyPath: $0.path])" }
                for (_, path) in shares {
                    let (share, error) = tally.share(place, path)
                    fields += [fixed(share, 6), error.map { fixed($0, 6) } ?? ""]
                }
                text += fields.joined(separator: ",") + "\n"
            }
        }
        return text
    }
}
