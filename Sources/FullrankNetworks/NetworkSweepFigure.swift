import FullrankModel
import FullrankReport
import FullrankStatistics

/// Heatmaps of the fraction of trials whose rank is the bound.
public enum NetworkSweepFigure {
    public static let quantity = "fraction of ranks at the bound"
    static let title = "Fraction of random networks whose Jacobian has the largest possible rank"

    /// As many of the cells as figures show.
    public static func drawn(_ cells: [NetworkCell]) -> [NetworkCell] {
        func kept(_ values: Set<Int>) -> Set<Int> {
            let sorted = values.sorted()
            return Set(Thinning(of: sorted.count, atMost: SweepDigest.diagramSide).kept.map { sorted[$0] })
        }
        let points = kept(Set(cells.map(\.points))), units = kept(Set(cells.map(\.units)))
        return cells.filter { points.contains($0.points) && units.contains($0.units) }
    }

    /// One for each d0, ratio or list of hidden layers, with its file's name: "d0-2".
    public static func panels(
        _ plan: NetworkSweepPlan, _ cells: [NetworkCell]
    ) -> [(name: String, panel: PhaseDiagram.Panel)] {
        var groups = [(problem: SweepProblem, cells: [NetworkCell])]()
        for cell in drawn(cells) {
            if let place = groups.firstIndex(where: { $0.problem.isDrawn(with: cell.problem) }) {
                groups[place].cells.append(cell)
            } else {
                groups.append((cell.problem, [cell]))
            }
        }
        return groups.compactMap { group in
            guard var panel = PhaseDiagram.panels(group.cells.map(\.statistics)).first else { return nil }
            panel.overlays = [line(plan, group.cells)]
            return (group.problem.panelName, panel)
        }
    }

    /// Where the bound changes from the rows to the parameters: n C = P, less what rescalings take.
    private static func line(_ plan: NetworkSweepPlan, _ cells: [NetworkCell]) -> PhaseDiagram.Overlay {
        var path = [FigurePoint](), seen = Set<Int>()
        for cell in cells where seen.insert(cell.points).inserted {
            func moving(_ units: Int) -> Int {
                let used = plan.usedInputs.flatMap { used in
                    plan.grid.points.firstIndex(of: cell.points).map { used[$0] }
                }
                return plan.shape(of: cell.problem, units: units).movingColumns(
                    usedInputs: used ?? cell.problem.inputDimension, activation: plan.activation,
                    trained: plan.query.trained)
            }
            // It grows by the same number with each unit.
            let slope = Double(moving(2) - moving(1)), foot = Double(moving(1)) - slope
            guard slope > 0 else { continue }
            path.append(FigurePoint(x: Double(cell.points), y: (Double(cell.rows) - foot) / slope))
        }
        path = path.filter { $0.y > 0 }.sorted { $0.x < $1.x }
        if path.count > 1, let last = path.last {
            // On to the edge of the panel.
            let before = path[path.count - 2], step = last.x - before.x
            path.append(FigurePoint(x: last.x + step, y: last.y + (last.y - before.y)))
        }
        return PhaseDiagram.Overlay(
            label: plan.trained == .all
                ? "as many rows as parameters, less one for each hidden unit's rescaling"
                : "as many rows as parameters", path: path)
    }

    public static func svg(_ panels: [PhaseDiagram.Panel], caption: String, theme: FigureTheme = .light) -> String {
        PhaseDiagram.svg(panels: panels, title: title, caption: caption, theme: theme, scaleTitle: quantity)
    }

    /// The heatmaps as one figure, and the numbers in them; nil without rows and columns.
    public static func diagram(
        _ plan: NetworkSweepPlan, _ cells: [NetworkCell], caption: String, theme: FigureTheme
    ) -> Figure? {
        guard plan.hasDiagram, !cells.isEmpty else { return nil }
        var table = NetworkSweepTable.header(cells) + ",trials,at_bound\n"
        for cell in drawn(cells) { table += "\(NetworkSweepTable.key(cell)),\(cell.trials),\(cell.atBound)\n" }
        return Figure(
            name: "diagram", title: title, svg: svg(panels(plan, cells).map(\.panel), caption: caption, theme: theme),
            tables: [Figure.Table(name: "diagram", csv: table)])
    }

    /// Curves where the grid is a single row, column or cell.
    public static func fractions(
        _ plan: NetworkSweepPlan, _ cells: [NetworkCell], caption: String, theme: FigureTheme
    ) -> Figure? {
        guard !plan.hasDiagram else { return nil }
        var figure = FractionFigure()
        (figure.theme, figure.quantity, figure.column) = (theme, quantity, "at_bound")
        return figure.figure(
            panels(plan, cells).map { group in
                FractionFigure.Series(
                    label: group.panel.title,
                    cells: drawn(cells).filter { $0.problem.panelName == group.name }.map(\.statistics))
            }, caption: caption)
    }
}

extension NetworkSweepPlan {
    /// Whether there are rows and columns to draw.
    public var hasDiagram: Bool { grid.points.count > 1 && grid.units.count > 1 }
}

extension SweepProblem {
    func isDrawn(with other: SweepProblem) -> Bool { panelName == other.panelName }

    /// "d0-1", "ratio-0.25", "hidden-64x64-d0-2".
    var panelName: String {
        ratio.map { "ratio-\($0)" } ?? (hidden.map { "hidden-\($0)-" } ?? "") + "d0-\(inputDimension)"
    }
}
