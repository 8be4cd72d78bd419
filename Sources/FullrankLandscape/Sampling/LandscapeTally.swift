import FullrankModel
import FullrankPlatform
import FullrankReport
import FullrankStatistics

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

/// Phase diagrams of a sweep over combinations of cells.
public enum LandscapeSampleFigure {
    public static let scale = "fraction of combinations of cells"
    static let title = "Combinations of activation cells: full rank, and whether they hold a minimum"

    private struct Quantity: Sendable {
        let words: String
        let count: @Sendable (CombinationCounts) -> (yes: Int, open: Int)
    }

    private static func quantities(_ plan: LandscapePlan) -> [Quantity] {
        var found = [
            Quantity(words: "full rank") { ($0.fullRank, 0) },
            Quantity(words: "holds a minimum") { ($0.minimum, $0.minimumOpen) },
            Quantity(words: "holds a bad minimum") { ($0.bad, 0) },
        ]
        if plan.saddles { found.append(Quantity(words: "holds a saddle") { ($0.saddle, $0.saddleOpen) }) }
        return found
    }

    private static func cells(_ tally: LandscapeTally, _ quantity: Quantity) -> [CellStatistics] {
        let plan = tally.plan, all = tally.trials * plan.draws
        return tally.counts.enumerated().compactMap { place, counts in
            let (yes, open) = quantity.count(counts)
            guard all > open else { return nil }
            return CellStatistics(
                ratio: nil, inputDimension: plan.inputDimensions[tally.problem],
                points: plan.points[place / plan.units.count], units: plan.units[place % plan.units.count],
                trials: all - open, fullRank: yes, meanRank: 0)
        }
    }

    /// One panel for each quantity.
    public static func panels(_ tally: LandscapeTally) -> [PhaseDiagram.Panel] {
        quantities(tally.plan).map { quantity in
            PhaseDiagram.Panel(
                title: "d0 = \(tally.plan.inputDimensions[tally.problem]): \(quantity.words)",
                cells: cells(tally, quantity), overlays: [])
        }
    }

    /// "diagram-d0-2.svg" and the figure, for each d0; for a grid of one row or column "diagram-fraction.svg".
    public static func files(
        _ tallies: [LandscapeTally], caption: String, theme: FigureTheme = .light
    ) -> [(name: String, svg: String)] {
        let tallies = tallies.filter { $0.trials > 0 }
        guard let plan = tallies.first?.plan else { return [] }
        if plan.points.count > 1, plan.units.count > 1 {
            return tallies.map { tally in
                let panels = panels(tally)
                let svg = PhaseDiagram.svg(
                    panels: panels, title: title, caption: caption, columns: panels.count > 3 ? 2 : panels.count,
                    theme: theme, scaleTitle: scale)
                return ("diagram-d0-\(plan.inputDimensions[tally.problem]).svg", svg)
            }
        }
        var figure = FractionFigure()
        (figure.theme, figure.quantity, figure.column) = (theme, scale, "holds")
        let series = tallies.flatMap { tally in
            quantities(plan).map { quantity in
                FractionFigure.Series(
                    label: "d0 = \(plan.inputDimensions[tally.problem]): \(quantity.words)",
                    cells: cells(tally, quantity))
            }
        }
        return figure.figure(series, caption: caption).map { [("diagram-fraction.svg", $0.svg)] } ?? []
    }
}
