import FullrankModel
import FullrankReport
import FullrankStatistics
import FullrankSweep

extension SweepJob {
    /// cells.csv, widths.csv, and the diagrams: one a d0 or ratio, all of them side by side, and the widths.
    func writeResults(_ tallies: [SweepTally], to folder: SweepFolder) throws(SweepFolderError) {
        let widths = tallies.flatMap(\.widths)
        try folder.writeTable(name: "cells.csv") { (write) throws(SweepFolderError) in
            try CellTable.write(tallies, to: write)
        }
        if plan.points.count > 1, plan.units.count > 1 {
            let cells = tallies.drawnCells(side: SweepDigest.diagramSide)
            let panels = PhaseDiagram.panels(cells, bias: plan.bias)
            let caption = text.caption + FigureText.thinning(plan)
            for (panel, name) in zip(panels, axisNames) {
                try folder.writeTable(
                    name: "diagram-\(name).svg",
                    contents: PhaseDiagram.svg(panels: [panel], title: figureTitle, caption: caption))
            }
            if panels.count > 1 {
                try folder.writeTable(
                    name: "diagram-all.svg",
                    contents: PhaseDiagram.svg(panels: panels, title: figureTitle, caption: caption))
            }
        }
        if plan.method == .exact {
            try folder.writeTable(name: "widths.csv", contents: WidthTable.csv(widths))
            if plan.points.count > 1 {
                let series = ThresholdCurve.series(widths, largestUnits: plan.units.last)
                try folder.writeTable(
                    name: "diagram-widths.svg",
                    contents: ThresholdCurve.svg(
                        series: series, title: "Width at which the Jacobian reaches full rank", caption: text.caption))
            }
        }
    }

    /// "d0-1", "ratio-0.25": in the order of the panels.
    private var axisNames: [String] {
        switch plan.inputDimensions {
        case .fixed(let dimensions): dimensions.map { "d0-\($0)" }
        case .proportional(let ratios): ratios.map { "ratio-\($0)" }
        }
    }

    private var figureTitle: String { "Fraction of random ReLU networks whose Jacobian has full rank" }

    var text: FigureText { FigureText(title: title, plan: plan, version: version) }
}
