import FullrankModel
import FullrankStatistics

/// Heatmaps of the fraction of trials of full rank: dataset size n across, width d1 up, as in Karhadkar, Murray,
/// Tseran and Montúfar (arXiv 2305.19510).
public enum PhaseDiagram {
    /// A curve over a panel, in the panel's units; parts outside the panel are cut off.
    public struct Overlay: Hashable, Sendable {
        /// Theory is drawn white on black, measured curves black on white.
        public enum Style: Hashable, Sendable { case theory, measured }

        /// The label in the legend below the panels; overlays of several panels with one label share one entry and
        /// style.
        public var label: String
        public var style: Style
        /// x is n, y is d1.
        public var path: [FigurePoint]
        /// The band around a measured curve: from low to high at each n.
        public var band: [(low: FigurePoint, high: FigurePoint)] { zip(bandLow, bandHigh).map { ($0, $1) } }
        private var bandLow: [FigurePoint] = []
        private var bandHigh: [FigurePoint] = []

        public init(
            label: String, path: [FigurePoint], style: Style = .theory,
            band: [(low: FigurePoint, high: FigurePoint)] = []
        ) {
            self.label = label
            self.path = path
            self.style = style
            (bandLow, bandHigh) = (band.map(\.low), band.map(\.high))
        }
    }

    /// A class of trials, if cells are drawn as bars.
    struct PartClass {
        /// Index into `Cell.parts`; -1: the remaining trials.
        var index: Int
        var label: String
        var colour: String
    }

    /// The content of a heatmap at one (n, d1).
    public struct Cell: Hashable, Sendable {
        /// n
        public var points: Int
        /// d1
        public var units: Int
        public var trials: Int
        public var fullRank: Int
        /// Full ranks and trials by another method on the same samples: the heatmap then shows differences.
        public var other: Other?
        /// Trials by class (`PartClass`): the cell is then a bar of them, the rest of its trials behind.
        var parts: [Int]?

        public struct Other: Hashable, Sendable {
            public var trials: Int
            public var fullRank: Int
            public init(trials: Int, fullRank: Int) {
                self.trials = trials
                self.fullRank = fullRank
            }
        }

        public init(points: Int, units: Int, trials: Int, fullRank: Int, other: Other? = nil) {
            self.points = points
            self.units = units
            self.trials = trials
            self.fullRank = fullRank
            self.other = other
        }

        public init(_ cell: CellStatistics) {
            self.init(points: cell.points, units: cell.units, trials: cell.trials, fullRank: cell.fullRank)
        }

        /// The fraction of full rank, or how much larger it is than the other method's.
        public var value: Double {
            let fraction = Double(fullRank) / Double(trials)
            return other.map { fraction - Double($0.fullRank) / Double($0.trials) } ?? fraction
        }

        /// "87/100", "87/100 - 43/100".
        var counts: String { "\(fullRank)/\(trials)" + (other.map { " - \($0.fullRank)/\($0.trials)" } ?? "") }
    }

    /// One heatmap of a figure.
    public struct Panel: Hashable, Sendable {
        /// Above the heatmap; empty for none.
        public var title: String
        /// Cells of one d0 or ratio, in any order, each (n, d1) once. Cells the lists of n and d1 lack are left blank.
        public var cells: [Cell]
        public var overlays: [Overlay]

        /// Whether it compares two methods.
        var isDifference: Bool { cells.contains { $0.other != nil } }

        public init(title: String, cells: [CellStatistics], overlays: [Overlay] = []) {
            self.init(title: title, cells: cells.map { Cell($0) }, overlays: overlays)
        }

        public init(title: String, cells: [Cell], overlays: [Overlay] = []) {
            self.title = title
            self.cells = cells
            self.overlays = overlays
        }
    }

    /// The cells of a sweep as panels, one per d0 or ratio, in their order.
    ///
    /// - Parameter bias: whether the networks have a bias, to draw the line of as many parameters as data points,
    ///   d1 k = n, below which no Jacobian has full rank; nil leaves it out.
    public static func panels(_ cells: [CellStatistics], bias: Bool? = nil) -> [Panel] {
        struct Key: Hashable {
            var ratio: Ratio?
            var hidden: HiddenLayers?
            var inputDimension: Int?
        }
        var order = [Key]()
        var groups = [Key: [CellStatistics]]()
        for cell in cells {
            let key = Key(
                ratio: cell.ratio, hidden: cell.hidden, inputDimension: cell.ratio == nil ? cell.inputDimension : nil)
            if groups[key] == nil { order.append(key) }
            groups[key, default: []].append(cell)
        }
        return order.map { key in
            let cells = groups[key] ?? []
            let line = bias.map { bias in
                key.hidden.map { parameterLine($0, cells, bias: bias) } ?? parameterLine(cells, bias: bias)
            }
            let title = title(ratio: key.ratio, inputDimension: key.inputDimension ?? 0, hidden: key.hidden)
            return Panel(title: title, cells: cells, overlays: line.map { [$0] } ?? [])
        }
    }

    /// "d0 = ⌈0.25 n⌉", or "d0 = 2 n" if nothing is rounded.
    public static func title(_ ratio: Ratio) -> String {
        if ratio.denominator > 1 { return "d0 = ⌈\(ratio) n⌉" }
        return ratio.numerator == 1 ? "d0 = n" : "d0 = \(ratio) n"
    }

    /// "d0 = 3", "d0 = ⌈0.25 n⌉", "d0 = 3, depth 4: 64, 64, d1".
    static func title(ratio: Ratio?, inputDimension: Int, hidden: HiddenLayers?) -> String {
        (ratio.map(title) ?? "d0 = \(inputDimension)") + (hidden.map { ", \($0.words)" } ?? "")
    }

    /// The same for a list of hidden layers: columns of all layers count.
    private static func parameterLine(_ hidden: HiddenLayers, _ cells: [CellStatistics], bias: Bool) -> Overlay {
        deepParameterLine(
            hidden, inputDimension: cells.first?.inputDimension ?? 0, bias: bias,
            right: 2 * (cells.map(\.points).max() ?? 0))
    }

    static func deepParameterLine(_ hidden: HiddenLayers, inputDimension: Int, bias: Bool, right: Int) -> Overlay {
        let foot = hidden.columns(inputDimension: inputDimension, units: 0, bias: bias)
        // Left of its foot the layers before the last have columns enough.
        let height = hidden.parameterCount(points: right, inputDimension: inputDimension, bias: bias)
        let path =
            height > 0
            ? [FigurePoint(x: Double(foot), y: 0), FigurePoint(x: Double(right), y: height)] : []
        return Overlay(label: "as many parameters, of all hidden layers, as data points", path: path)
    }

    /// d1 k = n, through the listed n.
    private static func parameterLine(_ cells: [CellStatistics], bias: Bool) -> Overlay {
        var columnsPerUnit = [Int: Int]()
        for cell in cells { columnsPerUnit[cell.points] = cell.inputDimension + (bias ? 1 : 0) }
        let listed = columnsPerUnit.sorted { $0.key < $1.key }
        var path = listed.map { FigurePoint(x: Double($0.key), y: Double($0.key) / Double(max($0.value, 1))) }
        if let k = listed.first?.value, listed.allSatisfy({ $0.value == k }), let last = path.last {
            // A fixed d0: a straight line, right across the panel.
            path = [FigurePoint(x: 0, y: 0), FigurePoint(x: 2 * last.x, y: 2 * last.y)]
        }
        return Overlay(label: "d1 · k = n: as many parameters as data points", path: path)
    }
}
