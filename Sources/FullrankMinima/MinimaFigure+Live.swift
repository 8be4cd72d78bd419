import FullrankReport
import FullrankStatistics

extension MinimaTally {
    /// "d0 = 2, random labels": of its panel in figures.
    public var title: String { "d0 = \(plan.inputDimensions[problem]), \(plan.labels.rawValue) labels" }

    /// The cells of decided trials.
    public var drawnCells: [PhaseDiagram.Cell] {
        func kept(_ values: [Int]) -> Set<Int> {
            Set(Thinning(of: values.count, atMost: SweepDigest.diagramSide).kept.map { values[$0] })
        }
        let points = kept(plan.points), units = kept(plan.units)
        return cells.filter { $0.trials > $0.undecided && points.contains($0.points) && units.contains($0.units) }.map {
            PhaseDiagram.Cell(
                points: $0.points, units: $0.units, trials: $0.trials - $0.undecided, fullRank: $0.feasible)
        }
    }

    /// While it fills: cells without a decided trial are blank.
    public var livePanel: PhaseDiagram.Panel {
        PhaseDiagram.Panel(
            title: title, cells: LiveDiagram.withBlanks(drawnCells, points: plan.points, units: plan.units))
    }
}

extension MinimaFigure {
    /// Heatmaps with their curves, and the numbers in them.
    public static func diagram(
        _ tallies: [MinimaTally], caption: String, columns: Int? = nil, theme: FigureTheme = .light
    ) -> Figure {
        let panels = tallies.map { panel($0) }
        var cells = "labels,d0,n,d1,trials,feasible\n", curves = "labels,d0,n,curve,d1\n"
        for (tally, panel) in zip(tallies, panels) {
            let key = "\(tally.plan.labels.rawValue),\(tally.plan.inputDimensions[tally.problem])"
            for cell in panel.cells { cells += "\(key),\(cell.points),\(cell.units),\(cell.trials),\(cell.fullRank)\n" }
            for (index, overlay) in panel.overlays.enumerated() {
                let name =
                    ["sufficient", "half-complete"].indices.contains(index)
                    ? ["sufficient", "half-complete"][index] : "curve-\(index + 1)"
                for point in overlay.path { curves += "\(key),\(Int(point.x)),\(name),\(fixed(point.y, 2))\n" }
            }
        }
        var tables = [Figure.Table(name: "diagram", csv: cells)]
        if panels.contains(where: { !$0.overlays.isEmpty }) {
            tables.append(Figure.Table(name: "diagram-curves", csv: curves))
        }
        return Figure(
            name: "diagram", title: "Fraction of activation regions that hold a zero-loss minimum",
            svg: svg(panels, caption: caption, columns: columns, theme: theme), tables: tables)
    }

    /// Widths from which on there is one; nil if these are not known, or of one n only.
    public static func widths(_ tallies: [MinimaTally], caption: String, theme: FigureTheme = .light) -> Figure? {
        let widths = tallies.flatMap(\.widths)
        guard let plan = tallies.first?.plan, plan.points.count > 1, widths.contains(where: { $0.q05 != nil }) else {
            return nil
        }
        let title = "Width from which the region holds a zero-loss minimum"
        return Figure(
            name: "widths", title: title,
            svg: ThresholdCurve.svg(
                series: ThresholdCurve.series(widths, largestUnits: plan.units.last), title: title, caption: caption,
                theme: theme),
            tables: [Figure.Table(name: "widths", csv: WidthTable.csv(widths))])
    }
}
