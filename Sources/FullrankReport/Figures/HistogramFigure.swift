/// Histograms of ranks, a panel for each architecture, with the bound drawn.
public enum HistogramFigure {
    public struct Histogram: Hashable, Sendable {
        public var title: String
        /// Ascending by rank.
        public var ranks: [Int]
        /// How many trials have each rank.
        public var trials: [Int]
        public var bound: Int

        public init(title: String, ranks: [Int], trials: [Int], bound: Int) {
            (self.title, self.ranks, self.trials, self.bound) = (title, ranks, trials, bound)
        }
    }

    /// Bars of a panel, at most about so many: ranks are binned.
    private static let mostBars = 40

    public static func svg(_ histograms: [Histogram], title: String, caption: String, theme: FigureTheme = .light)
        -> String
    {
        let bars = Chart.Style(0, of: 2), bound = Chart.Style.reference()
        let panels = histograms.map { histogram in
            let (edges, counts) = binned(histogram)
            let top = Double(counts.max() ?? 1), limit = Double(histogram.bound) + 0.5
            var outline = [FigurePoint?](), places = [FigurePoint](), hover = [String]()
            for (index, count) in counts.enumerated() {
                let (low, high) = (Double(edges[index]) - 0.5, Double(edges[index + 1]) - 0.5), height = Double(count)
                outline += [
                    FigurePoint(x: low, y: index == 0 ? 0 : Double(counts[index - 1])), FigurePoint(x: low, y: height),
                    FigurePoint(x: high, y: height),
                ]
                places.append(FigurePoint(x: (low + high) / 2, y: height))
                let range =
                    edges[index + 1] - edges[index] == 1
                    ? "\(edges[index])" : "\(edges[index]) to \(edges[index + 1] - 1)"
                hover.append("rank \(range): \(count)")
            }
            outline.append(FigurePoint(x: Double(edges[edges.count - 1]) - 0.5, y: 0))
            let shown = zip(places, hover).filter { $0.0.y > 0 }
            return Chart.Panel(
                title: histogram.title,
                across: ChartAxis(
                    title: "functional dimension", values: [Double(edges[0]), Double(edges[edges.count - 1]), limit]),
                up: ChartAxis(title: "networks", values: [top], includesZero: true),
                marks: [
                    Chart.Mark(.line([FigurePoint(x: limit, y: 0), FigurePoint(x: limit, y: top)]), bound),
                    Chart.Mark(.line(outline), bars), Chart.Mark(.dots(shown.map(\.0), hover: shown.map(\.1)), bars),
                ])
        }
        let chart = Chart(
            panels: panels, legend: [.init("networks of each rank", bars), .init("bound", bound)], title: title,
            caption: caption)
        return chart.svg(theme: theme)
    }

    /// Edges, one more than bars, and the networks of each bar.
    private static func binned(_ histogram: Histogram) -> (edges: [Int], counts: [Int]) {
        let low = histogram.ranks.first ?? 0, high = (histogram.ranks.last ?? 0) + 1
        let step = max(1, (high - low + mostBars - 1) / mostBars)
        let edges = Array(stride(from: low, to: high, by: step)) + [low + (high - low + step - 1) / step * step]
        var counts = [Int](repeating: 0, count: edges.count - 1)
        for (rank, trials) in zip(histogram.ranks, histogram.trials) { counts[(rank - low) / step] += trials }
        return (edges, counts)
    }
}
