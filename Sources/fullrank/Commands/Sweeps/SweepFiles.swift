import FullrankFiles
import FullrankModel
import FullrankReport
import FullrankRuns
import FullrankStatistics
import FullrankSweep

extension SweepJob {
    /// cells.csv, widths.csv, and the diagrams: one per d0 or ratio, all of them side by side, and the widths. If there
    /// is one n, the fractions and the distribution of widths replace heatmaps. If cells have a closed form, exact.csv
    /// is written and returned.
    @discardableResult
    func writeResults(_ tallies: [SweepTally], to folder: SweepFolder) throws(SweepFolderError) -> ExactTable? {
        let widths = tallies.criticalWidths
        try folder.writeTable(name: "cells.csv") { (write) throws(SweepFolderError) in
            try CellTable.write(tallies, to: write)
        }
        try writeTrials(to: folder)
        if plan.points.count > 1, plan.units.count > 1 {
            let cells = tallies.drawnCells(side: SweepDigest.diagramSide)
            let panels = PhaseDiagram.panels(cells, bias: plan.bias)
            let caption = text.caption + FigureText.thinning(plan)
            for (panel, name) in zip(panels, axisNames) {
                try folder.writeTable(
                    name: "diagram-\(name).svg",
                    contents: PhaseDiagram.svg(
                        panels: [panel], title: figureTitle, caption: caption, theme: figures.theme))
            }
            if panels.count > 1 {
                try folder.writeTable(
                    name: "diagram-all.svg",
                    contents: PhaseDiagram.svg(
                        panels: panels, title: figureTitle, caption: caption, theme: figures.theme))
            }
        }
        if FractionFigure.isNeeded(plan), let figure = FractionFigure().figure(tallies, plan: plan, text: text) {
            try folder.writeTable(name: "diagram-fraction.svg", contents: figure.svg)
        }
        if plan.method == .exact, plan.hidden == nil, plan.points.count == 1,
            let figure = WidthFigures().distribution(tallies, text: text)
        {
            try folder.writeTable(name: "diagram-distribution.svg", contents: figure.svg)
        }
        let drawn = plan.hidden == nil ? [] : tallies.drawnCells(side: SweepDigest.diagramSide)
        var deep = DeepFigures()
        deep.theme = figures.theme
        if let figure = deep.depths(plan, cells: drawn, text: text) {
            try folder.writeTable(name: "diagram-depth.svg", contents: figure.svg)
        }
        if plan.method == .exact {
            try folder.writeTable(name: "widths.csv", contents: WidthTable.csv(widths))
            if plan.points.count > 1, plan.hidden == nil || plan.units.count > 1 {
                let series = ThresholdCurve.series(widths, largestUnits: plan.units.last)
                try folder.writeTable(
                    name: "diagram-widths.svg",
                    contents: ThresholdCurve.svg(
                        series: series, title: "Width at which the Jacobian reaches full rank",
                        caption: text.caption + ThresholdCurve.note(plan), theme: figures.theme))
            }
        }
        guard let exact = ExactChances(plan: plan, data: data).map({ ExactTable(tallies, $0) }), !exact.rows.isEmpty
        else { return nil }
        try folder.writeTable(name: "exact.csv", contents: exact.csv)
        return exact
    }

    /// "d0-1", "ratio-0.25": in the order of the panels.
    private var axisNames: [String] {
        switch plan.inputDimensions {
        case .fixed(let dimensions) where plan.hidden != nil:
            (plan.hidden ?? []).flatMap { layers in dimensions.map { "hidden-\(layers)-d0-\($0)" } }
        case .fixed(let dimensions): dimensions.map { "d0-\($0)" }
        case .proportional(let ratios): ratios.map { "ratio-\($0)" }
        }
    }

    private var figureTitle: String { "Fraction of random ReLU networks whose Jacobian has full rank" }

    var text: FigureText { FigureText(title: title, plan: plan, version: version) }
}
