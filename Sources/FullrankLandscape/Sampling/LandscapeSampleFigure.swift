import FullrankModel
import FullrankReport
import FullrankStatistics

/// Phase diagrams of a sweep over combinations of cells.
public enum LandscapeSampleFigure {
    public static let scale = "fraction of combinations of cells"
    static let title = "Combinations of activation cells: full rank, and whether they hold a minimum"

    private struct Quantity: Sendable {
        let words: String
        /// In tables; cells.csv has a column of this name.
        let name: String
        let count: @Sendable (CombinationCounts) -> (yes: Int, open: Int)
    }

    private static func quantities(_ plan: LandscapePlan) -> [Quantity] {
        var found = [
            Quantity(words: "full rank", name: "full_rank") { ($0.fullRank, 0) },
            Quantity(words: "holds a minimum", name: "minimum") { ($0.minimum, $0.minimumOpen) },
            Quantity(words: "holds a bad minimum", name: "bad") { ($0.bad, 0) },
        ]
        if plan.saddles {
            found.append(Quantity(words: "holds a saddle", name: "saddle") { ($0.saddle, $0.saddleOpen) })
        }
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
        if plan.hasDiagram {
            return tallies.map {
                ("diagram-d0-\(plan.inputDimensions[$0.problem]).svg", svg([$0], caption: caption, theme: theme))
            }
        }
        return fractions(tallies, caption: caption, theme: theme).map { [("diagram-fraction.svg", $0.svg)] } ?? []
    }

    /// The same with all d0 in one figure, and the numbers in them; empty without trials.
    public static func figures(
        _ tallies: [LandscapeTally], caption: String, theme: FigureTheme = .light
    ) -> [Figure] {
        let tallies = tallies.filter { $0.trials > 0 }
        guard let plan = tallies.first?.plan else { return [] }
        guard plan.hasDiagram else { return fractions(tallies, caption: caption, theme: theme).map { [$0] } ?? [] }
        var table = "quantity,d0,n,d1,combinations,holds\n"
        for tally in tallies {
            for quantity in quantities(plan) {
                for cell in cells(tally, quantity) {
                    table +=
                        "\(quantity.name),\(cell.inputDimension),\(cell.points),\(cell.units),\(cell.trials),"
                        + "\(cell.fullRank)\n"
                }
            }
        }
        return [
            Figure(
                name: "diagram", title: title, svg: svg(tallies, caption: caption, theme: theme),
                tables: [Figure.Table(name: "diagram", csv: table)])
        ]
    }

    private static func svg(_ tallies: [LandscapeTally], caption: String, theme: FigureTheme) -> String {
        let panels = tallies.map { Self.panels($0) }, count = panels.first?.count ?? 1
        return PhaseDiagram.svg(
            panels: panels.flatMap { $0 }, title: title, caption: caption, columns: count > 3 ? 2 : count, theme: theme,
            scaleTitle: scale)
    }

    /// Curves of a grid of one row, column or cell.
    private static func fractions(_ tallies: [LandscapeTally], caption: String, theme: FigureTheme) -> Figure? {
        var figure = FractionFigure()
        (figure.theme, figure.quantity, figure.column) = (theme, scale, "holds")
        figure.keyColumn = "quantity"
        let series = tallies.flatMap { tally in
            quantities(tally.plan).map { quantity in
                FractionFigure.Series(
                    label: "d0 = \(tally.plan.inputDimensions[tally.problem]): \(quantity.words)",
                    cells: cells(tally, quantity), key: quantity.name)
            }
        }
        return figure.figure(series, caption: caption)
    }
}

extension LandscapePlan {
    /// Whether there are rows and columns to draw.
    public var hasDiagram: Bool { points.count > 1 && units.count > 1 }
}
