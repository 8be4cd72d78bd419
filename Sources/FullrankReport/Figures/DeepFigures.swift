import FullrankModel
import FullrankStatistics

/// Deep sweeps: how often the Jacobian has full rank, against the width of the last hidden layer, a curve for each list
/// of layers before it.
public struct DeepFigures: Sendable {
    public var theme = FigureTheme.light

    /// More panels would be too small to read.
    static let mostPanels = 4

    public init() {}

    /// - Returns: nil for a shallow sweep, and where d1 is a single width.
    public func depths(_ digest: SweepDigest, text: FigureText) -> Figure? {
        depths(digest.plan, cells: digest.groups.flatMap(\.cells), text: text)
    }

    /// - Parameter cells: of all d0 and lists, in any order.
    public func depths(_ plan: SweepPlan, cells: [CellStatistics], text: FigureText) -> Figure? {
        guard let lists = plan.hidden, plan.units.count > 1 else { return nil }
        let dimensions = Array(Set(cells.map(\.inputDimension))).sorted()
        let points = CriticalWidthSamples.selection(
            plan.points, atMost: max(1, Self.mostPanels / max(1, dimensions.count)))
        var table = "hidden,d0,n,d1,trials,full_rank,probability,ci_low,ci_high\n"
        var panels = [Chart.Panel]()
        var reachesTheorem = false
        for dimension in dimensions.prefix(Self.mostPanels) {
            for n in points {
                var bands = [Chart.Mark](), lines = [Chart.Mark]()
                for (place, list) in lists.enumerated() {
                    let cells = cells.filter { $0.hidden == list && $0.inputDimension == dimension && $0.points == n }
                        .sorted { $0.units < $1.units }
                    guard !cells.isEmpty else { continue }
                    for cell in cells {
                        table +=
                            "\(list),\(dimension),\(n),\(cell.units),\(cell.trials),\(cell.fullRank),"
                            + [cell.probability, cell.ciLow, cell.ciHigh].map { fixed($0, 6) }.joined(separator: ",")
                            + "\n"
                    }
                    func curve(_ value: (CellStatistics) -> Double) -> [FigurePoint] {
                        cells.map { FigurePoint(x: Double($0.units), y: value($0)) }
                    }
                    let style = Chart.Style(place, of: lists.count, isMarked: true)
                    let hover = cells.map { "\(list.words), n = \(n), d1 = \($0.units): \($0.fullRank)/\($0.trials)" }
                    bands.append(Chart.Mark(.band(low: curve(\.ciLow), high: curve(\.ciHigh)), style))
                    lines.append(Chart.Mark(.line(curve(\.probability)), style))
                    lines.append(Chart.Mark(.dots(curve(\.probability), hover: hover), style))
                }
                guard !lines.isEmpty else { continue }
                // The theorem's width, but for its logarithm without a constant.
                if let largest = plan.units.last, n <= largest {
                    reachesTheorem = true
                    lines.append(
                        Chart.Mark(
                            .line([FigurePoint(x: Double(n), y: 0), FigurePoint(x: Double(n), y: 1)]), .reference()))
                }
                panels.append(
                    Chart.Panel(
                        title: "d0 = \(dimension), n = \(n)",
                        across: ChartAxis(
                            title: "d1, width of the last hidden layer", scale: .logarithmic,
                            values: plan.units.map(Double.init)),
                        up: ChartAxis(title: "fraction of full rank", fixed: 0...1), marks: bands + lines))
            }
        }
        guard !panels.isEmpty else { return nil }
        let title = "Full rank against the last width, by depth"
        var legend = lists.enumerated().map {
            Chart.LegendEntry($1.words, Chart.Style($0, of: lists.count, isMarked: true), isBand: true)
        }
        if reachesTheorem {
            legend.append(
                Chart.LegendEntry(
                    "d1 = n: arXiv 2305.19510, later version, Theorem 10, asks for n + Ω(log 1/ε), counting all activation "
                        + "patterns alike, which the curves do not: their weights are drawn", .reference()))
        }
        var chart = Chart(panels: panels, legend: legend, title: title, caption: text.caption)
        chart.caption += " \(chart.drawsBars ? "Bars" : "Bands"): 95% Wilson intervals.\(chart.barNote)"
        return Figure(
            name: "depth", title: title, svg: chart.svg(theme: theme),
            tables: [Figure.Table(name: "depth", csv: table)])
    }
}
