import FullrankModel

/// Ranks of several networks, checkpoints of a training run say, against their place in the list.
public enum NetworkFigure {
    /// - Parameter networks: in order, with the file's name for the hover text; nil: not computed.
    public static func svg(
        _ networks: [(name: String, rank: NetworkRank)], title: String, caption: String, theme: FigureTheme = .light
    ) -> String {
        let points = networks.enumerated().map {
            FigurePoint(x: Double($0.offset + 1), y: Double($0.element.rank.rank))
        }
        let bounds = networks.enumerated().map {
            FigurePoint(x: Double($0.offset + 1), y: Double($0.element.rank.bound))
        }
        let ranks = Chart.Style(0, of: 2), bound = Chart.Style.reference()
        let hover = networks.map { "\($0.name): rank \($0.rank.rank), bound \($0.rank.bound)" }
        let panel = Chart.Panel(
            title: "", across: ChartAxis(title: "file, in the order given", values: points.map(\.x)),
            up: ChartAxis(title: "rank of the Jacobian", values: (points + bounds).map(\.y)),
            marks: [
                Chart.Mark(.line(bounds), bound), Chart.Mark(.line(points), ranks),
                Chart.Mark(.dots(points, hover: hover), ranks),
            ])
        let chart = Chart(
            panels: [panel], legend: [.init("rank", ranks), .init("bound", bound)], title: title, caption: caption)
        return chart.svg(theme: theme)
    }
}
