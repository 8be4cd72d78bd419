import FullrankModel
import FullrankReport

/// The pictures of a run: defects over a grid of two free widths, histograms of functional dimensions.
public enum DimensionFigures {
    /// Histograms in one figure, at most.
    private static let mostPanels = 12

    /// - Parameter summaries: by architecture, those with trials.
    public static func all(
        _ summaries: [DimensionSummary], plan: DimensionPlan, caption: String, theme: FigureTheme = .light
    ) -> [Figure] {
        guard !summaries.isEmpty else { return [] }
        if plan.activation.hasKink { return [histogram(summaries, caption: caption, theme: theme)] }
        return defect(summaries, plan: plan, caption: caption, theme: theme).map { [$0] } ?? []
    }

    /// nil unless the architectures are a grid with two free widths.
    private static func defect(
        _ summaries: [DimensionSummary], plan: DimensionPlan, caption: String, theme: FigureTheme
    ) -> Figure? {
        guard let grid = ArchitectureGrid(plan.architectures), grid.free.count == 2 else { return nil }
        let (across, up) = (grid.free[0], grid.free[1])
        let cells = summaries.map { summary in
            let widths = summary.problem.architecture.widths
            return DefectFigure.Cell(
                across: widths[across], up: widths[up], dimension: summary.dimension, defect: summary.defect,
                isFilling: summary.isFilling == true, isProved: summary.isProved)
        }
        let fixed = grid.choices.enumerated().map {
            $0.offset == across || $0.offset == up ? "d\($0.offset)" : "\($0.element[0])"
        }
        let title = "Dimensions of \(fixed.joined(separator: "-")) with \(plan.activation)"
        let svg = DefectFigure.svg(
            cells, axes: ("width d\(across)", "width d\(up)"), title: title, caption: caption, theme: theme)
        let rows = summaries.map { DimensionTable.row($0) }.joined()
        return Figure(
            name: "defect", title: title, svg: svg,
            tables: [.init(name: "defect", csv: DimensionTable.header(plan) + rows)])
    }

    private static func histogram(_ summaries: [DimensionSummary], caption: String, theme: FigureTheme) -> Figure {
        let shown = summaries.prefix(mostPanels)
        let histograms = shown.map { summary in
            HistogramFigure.Histogram(
                title: "\(summary.problem.architecture)", ranks: summary.histogram.map(\.rank),
                trials: summary.histogram.map(\.trials), bound: summary.bound)
        }
        let rest = summaries.count > shown.count ? " The first \(shown.count) of \(summaries.count) architectures." : ""
        let title = "Functional dimension of random networks"
        return Figure(
            name: "histogram", title: title,
            svg: HistogramFigure.svg(histograms, title: title, caption: caption + rest, theme: theme),
            tables: [.init(name: "histogram", csv: DimensionTable.histogram(summaries))])
    }
}
