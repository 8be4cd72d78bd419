import FullrankModel
import FullrankReport
import FullrankStatistics

/// The distribution of ranks where there are more rows than parameters, with its bound: against n for some widths, or
/// against d1 where there is one n.
public enum RankFigure {
    private static let mostCurves = 4

    /// nil if no network has more rows than parameters.
    public static func figure(
        _ plan: NetworkSweepPlan, _ cells: [NetworkCell], caption: String, theme: FigureTheme
    ) -> Figure? {
        guard cells.contains(where: { $0.rows > $0.parameters }) else { return nil }
        let isAlongPoints = plan.grid.points.count > 1
        var table = NetworkSweepTable.header(cells) + ",trials,q05,q50,q95,bound\n"
        var curves = [Int](), panels = [Chart.Panel]()
        let drawn = NetworkSweepFigure.drawn(cells)
        for group in NetworkSweepFigure.panels(plan, cells) {
            let own = drawn.filter { $0.problem.panelName == group.name }
            func key(_ cell: NetworkCell) -> Int { isAlongPoints ? cell.units : cell.points }
            let keys = Set(own.filter { $0.rows > $0.parameters }.map(key)).sorted()
            let shown = CriticalWidthSamples.selection(keys, atMost: mostCurves)
            guard !shown.isEmpty else { continue }
            for value in shown where !curves.contains(value) { curves.append(value) }
            var bands = [Chart.Mark](), lines = [Chart.Mark](), along = [Double](), up = [Double]()
            for value in shown {
                let row = own.filter { key($0) == value }
                let style = style(curves.firstIndex(of: value) ?? 0)
                func curve(_ y: (NetworkCell) -> Int) -> [FigurePoint] {
                    row.map { FigurePoint(x: Double(isAlongPoints ? $0.points : $0.units), y: Double(y($0))) }
                }
                let (low, middle, high) = (
                    curve { $0.quantile(0.05) }, curve { $0.quantile(0.5) }, curve { $0.quantile(0.95) }
                )
                let bound = curve(\.bound)
                bands.append(Chart.Mark(.band(low: low, high: high), style))
                lines.append(Chart.Mark(.line(bound), .reference()))
                lines.append(Chart.Mark(.line(middle), style))
                lines.append(Chart.Mark(.dots(middle, hover: row.map(hover)), style))
                along += middle.map(\.x)
                up += (low + bound).map(\.y)
                for cell in row {
                    table +=
                        "\(NetworkSweepTable.key(cell)),\(cell.trials),\(cell.quantile(0.05)),\(cell.quantile(0.5)),"
                        + "\(cell.quantile(0.95)),\(cell.bound)\n"
                }
            }
            panels.append(
                Chart.Panel(
                    title: group.panel.title,
                    across: ChartAxis(title: isAlongPoints ? "data points n" : "width d1", values: along),
                    up: ChartAxis(title: "rank of the Jacobian", values: up, includesZero: true), marks: bands + lines))
        }
        guard !panels.isEmpty else { return nil }
        let legend = curves.enumerated().map {
            Chart.LegendEntry("\(isAlongPoints ? "d1" : "n") = \($0.element): median", style($0.offset), isBand: true)
        }
        let title = "Rank of the Jacobian against \(isAlongPoints ? "the number of points" : "width"), with its bound"
        var chart = Chart(
            panels: panels, legend: legend + [.init("bound, for any weights", .reference())], title: title,
            caption: caption)
        chart.caption += " \(chart.drawsBars ? "Bars" : "Bands"): 5% to 95% of the trials.\(chart.barNote)"
        return Figure(
            name: "ranks", title: title, svg: chart.svg(theme: theme), tables: [.init(name: "ranks", csv: table)])
    }

    private static func style(_ place: Int) -> Chart.Style {
        Chart.Style(place, of: max(place + 1, mostCurves), isMarked: true)
    }

    private static func hover(_ cell: NetworkCell) -> String {
        "n = \(cell.points), d1 = \(cell.units): \(cell.quantile(0.05)) to \(cell.quantile(0.95)), median "
            + "\(cell.quantile(0.5)); \(cell.atBound) of \(cell.trials) at the bound, \(cell.bound)"
    }
}
