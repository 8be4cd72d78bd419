import FullrankModel
import FullrankReport
import FullrankStatistics

/// Heatmaps of the fraction of regions with a zero-loss minimum.
public enum MinimaFigure {
    /// One d0: cells of decided trials, and for one input the sufficient width and, for step vectors, where half of the
    /// patterns are complete.
    public static func panel(_ tally: MinimaTally, title: String? = nil) -> PhaseDiagram.Panel {
        let plan = tally.plan
        let dimension = plan.inputDimensions[tally.problem]
        let cells = tally.decidedCells
        var overlays = [PhaseDiagram.Overlay]()
        if dimension == 1, plan.bias {
            // Theorem 12 counts regions, whatever their volume; cells of drawn weights count them by volume.
            let measure =
                plan.regions == .regions
                ? ", as the cells do"
                : "; the cells count regions by the chance that weights are drawn from them, of which the theorem says nothing"
            overlays.append(
                PhaseDiagram.Overlay(
                    label:
                        "d1 = 4 n log(2 n / ε), ε = 0.1: by Theorem 12 enough for all but a share ε of the non-empty regions, "
                        + "each counted once" + measure,
                    path: plan.points.map {
                        FigurePoint(x: Double($0), y: CompletePatterns.sufficientWidth(points: $0, epsilon: 0.1))
                    }))
            if plan.regions == .regions {
                overlays.append(
                    PhaseDiagram.Overlay(
                        label: "half of the patterns complete (exact)",
                        path: plan.points.map {
                            let width = CompletePatterns.width(points: $0, level: 0.5, outputs: plan.outputs)
                            return FigurePoint(x: Double($0), y: Double(width))
                        }))
            }
        }
        return PhaseDiagram.Panel(
            title: title ?? "d0 = \(dimension), \(plan.labels.rawValue) labels", cells: cells, overlays: overlays)
    }

    /// What the colours represent.
    public static let quantity = "fraction of regions with a zero-loss minimum"

    public static func svg(
        _ panels: [PhaseDiagram.Panel], caption: String, columns: Int? = nil, theme: FigureTheme = .light
    ) -> String {
        PhaseDiagram.svg(
            panels: panels, title: "Fraction of activation regions that hold a zero-loss minimum", caption: caption,
            columns: columns, theme: theme, scaleTitle: quantity)
    }
}

extension MinimaTally {
    /// Cells of decided trials, as heatmaps and curves take them: what is counted as full rank is a minimum found.
    var decidedCells: [CellStatistics] {
        cells.filter { $0.probability != nil }.map {
            CellStatistics(
                ratio: nil, inputDimension: $0.inputDimension, points: $0.points, units: $0.units,
                trials: $0.trials - $0.undecided, fullRank: $0.feasible, meanRank: 0)
        }
    }
}

extension MinimaFigure {
    /// Curves if the grid is a single row, column or cell; nil if no trial is decided.
    public static func fractions(_ tallies: [MinimaTally], caption: String, theme: FigureTheme = .light) -> Figure? {
        var figure = FractionFigure()
        (figure.theme, figure.quantity, figure.column) = (theme, quantity, "feasible")
        return figure.figure(
            tallies.map { FractionFigure.Series(label: $0.title, cells: $0.decidedCells) }, caption: caption)
    }
}
