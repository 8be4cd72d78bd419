import FullrankModel
import FullrankStatistics

/// The fraction of full rank as a curve, for sweeps whose grid is a single row, column or cell: against d1 at one n,
/// against n at one d1. Bands and bars are 95% Wilson intervals.
public struct FractionFigure: Sendable {
    public var theme = FigureTheme.light
    /// What is counted, for axis and title, and the name of its column.
    public var quantity = "fraction of full rank"
    public var column = "full_rank"
    /// A column that tells series of one d0 apart, before the others; nil: there is none.
    public var keyColumn: String?

    /// The cells of one panel, ordered by n, then d1.
    public struct Series: Sendable {
        /// "d0 = 3"
        public var label: String
        public var cells: [CellStatistics]
        /// Its value in `keyColumn`.
        public var key: String

        public init(label: String, cells: [CellStatistics], key: String = "") {
            self.label = label
            self.cells = cells
            self.key = key
        }
    }

    public init() {}

    /// Whether the plan's listed cells make no phase diagram. The exact method knows the rank at every width, so that a
    /// single d1 with several n is drawn by the widths instead.
    public static func isNeeded(_ plan: SweepPlan) -> Bool {
        if plan.points.count == 1 { return true }
        return plan.units.count == 1 && (plan.method != .exact || plan.hidden != nil)
    }

    /// Bars instead of a band up to so many cells per curve: each is then seen by itself.
    private static let mostBars = 12

    /// - Returns: nil if no cell has trials.
    public func figure(_ series: [Series], caption: String) -> Figure? {
        let series = series.filter { !$0.cells.isEmpty }
        guard !series.isEmpty else { return nil }
        let cells = series.flatMap(\.cells)
        let isAlongPoints = Set(cells.map(\.units)).count == 1 && Set(cells.map(\.points)).count > 1
        let hasLayers = cells.contains { $0.hidden != nil }, hasRatios = cells.contains { $0.ratio != nil }
        var table =
            (keyColumn.map { $0 + "," } ?? "") + (hasLayers ? "hidden," : hasRatios ? "ratio," : "")
            + "d0,n,d1,trials,\(column),probability,ci_low,ci_high\n"
        let style = Chart.Style(0, of: 1, isMarked: true)
        let panels = series.map { one in
            for cell in one.cells {
                let first =
                    hasLayers
                    ? "\(cell.hidden.map { "\($0)" } ?? "")," : hasRatios ? "\(cell.ratio.map { "\($0)" } ?? "")," : ""
                table +=
                    (keyColumn == nil ? "" : one.key + ",") + first
                    + "\(cell.inputDimension),\(cell.points),\(cell.units),\(cell.trials),\(cell.fullRank),"
                    + [cell.probability, cell.ciLow, cell.ciHigh].map { fixed($0, 6) }.joined(separator: ",") + "\n"
            }
            let along = one.cells.map { Double(isAlongPoints ? $0.points : $0.units) }
            func points(_ y: (CellStatistics) -> Double) -> [FigurePoint] {
                zip(along, one.cells).map { FigurePoint(x: $0, y: y($1)) }
            }
            let middle = points(\.probability), low = points(\.ciLow), high = points(\.ciHigh)
            var marks = [Chart.Mark]()
            if middle.count > Self.mostBars {
                marks.append(Chart.Mark(.band(low: low, high: high), style))
            } else {
                marks += zip(low, high).map { Chart.Mark(.line([$0, $1]), style) }
            }
            if middle.count > 1 { marks.append(Chart.Mark(.line(middle), style)) }
            let hover = one.cells.map {
                "n = \($0.points), d1 = \($0.units): \($0.fullRank) of \($0.trials), 95% interval \(fixed($0.ciLow, 3)) to \(fixed($0.ciHigh, 3))"
            }
            marks.append(Chart.Mark(.dots(middle, hover: hover), style))
            return Chart.Panel(
                title: one.label, across: ChartAxis(title: isAlongPoints ? "data points n" : "width d1", values: along),
                up: ChartAxis(title: quantity, fixed: 0...1), marks: marks)
        }
        let fixedNames =
            isAlongPoints
            ? "d1 = \(cells[0].units)" : Set(cells.map(\.points)).count == 1 ? "n = \(cells[0].points)" : "several n"
        let title =
            "\(quantity.capitalisedFirst) against \(isAlongPoints ? "the number of points" : "width"), \(fixedNames)"
        let hasBand = series.contains { $0.cells.count > Self.mostBars },
            hasBars = series.contains { $0.cells.count <= Self.mostBars }
        let intervals = hasBand && hasBars ? "Bands and bars" : hasBand ? "Band" : "Bars"
        return Figure(
            name: "fraction", title: title,
            svg: Chart(
                panels: panels, legend: [], title: title,
                caption: caption + " \(intervals): 95% Wilson interval\(intervals == "Band" ? "" : "s")."
            ).svg(theme: theme),
            tables: [Figure.Table(name: "fraction", csv: table)])
    }

    /// The same of a digest's groups.
    public func figure(_ digest: SweepDigest, text: FigureText) -> Figure? {
        figure(
            digest.groups.map { Series(label: $0.label, cells: $0.cells) },
            caption: text.caption + FigureText.thinning(digest.plan))
    }

    /// The same of the tallies of a plan's problems. A ratio or a list of hidden layers with d0 is a panel.
    public func figure(_ tallies: [SweepTally], plan: SweepPlan, text: FigureText) -> Figure? {
        var series = [Series]()
        for cell in tallies.drawnCells(side: SweepDigest.diagramSide) {
            let label = PhaseDiagram.title(ratio: cell.ratio, inputDimension: cell.inputDimension, hidden: cell.hidden)
            if let place = series.firstIndex(where: { $0.label == label }) {
                series[place].cells.append(cell)
            } else {
                series.append(Series(label: label, cells: [cell]))
            }
        }
        for place in series.indices { series[place].cells.sort { ($0.points, $0.units) < ($1.points, $1.units) } }
        return figure(series, caption: text.caption + FigureText.thinning(plan))
    }
}
