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
            PhaseDiagram.Cell(points: $0.points, units: $0.units, trials: $0.trials - $0.undecided, fullRank: $0.feasible)
        }
    }

    /// While it fills: cells without a decided trial are blank.
    public var livePanel: PhaseDiagram.Panel {
        PhaseDiagram.Panel(
            title: title, cells: LiveDiagram.withBlanks(drawnCells, points: plan.points, units: plan.units))
    }
}
