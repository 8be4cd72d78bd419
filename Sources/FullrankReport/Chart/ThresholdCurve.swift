import FullrankModel
import FullrankStatistics

/// The critical width h(n), the smallest at which n points reach full rank, against n: the median and the bands
/// holding the middle half and the middle 90% of trials, one colour a d0 or ratio.
public enum ThresholdCurve {
    /// One curve with its bands.
    public struct Series: Hashable, Sendable {
        /// The text in the legend.
        public var label: String
        /// In any order, each n once.
        public var widths: [WidthStatistics]
        /// The largest width tried, where a quantile that was not reached lies above: bands go up to there and no
        /// further. nil ends a band where a quantile is missing.
        public var largestUnits: Int?

        public init(label: String, widths: [WidthStatistics], largestUnits: Int? = nil) {
            self.label = label
            self.widths = widths
            self.largestUnits = largestUnits
        }
    }

    /// The widths of a sweep as series, one per d0 or ratio, in their order.
    public static func series(_ widths: [WidthStatistics], largestUnits: Int? = nil) -> [Series] {
        var order = [String]()
        var groups = [String: [WidthStatistics]]()
        for row in widths {
            let label = PhaseDiagram.title(ratio: row.ratio, inputDimension: row.inputDimension, hidden: row.hidden)
            if groups[label] == nil { order.append(label) }
            groups[label, default: []].append(row)
        }
        return order.map { Series(label: $0, widths: groups[$0] ?? [], largestUnits: largestUnits) }
    }

    /// The meaning of a width in a deep sweep, where each trial has one width only.
    public static func note(_ plan: SweepPlan) -> String {
        plan.hidden == nil
            ? ""
            : " Deep networks: the least listed d1 at which half (line), 25% to 75% and 5% to 95% of the trials have full rank."
    }

    /// Okabe and Ito's colours, told apart by colour-blind readers; without the yellow, which is lost on white, and
    /// black, which is on a dark ground.
    package static let colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"]

    /// Dashes and markers besides, for those who don't see colours.
    static func style(_ index: Int, of count: Int) -> Chart.Style {
        Chart.Style(
            index, of: count, dashes: Chart.Style.dashPatterns[index % Chart.Style.dashPatterns.count], isMarked: true)
    }

    static func colour(_ index: Int, of count: Int) -> String {
        if count <= colours.count { return colours[index] }
        // More than there are distinct colours: an ordered map, without the ends lost on a dark or a light ground.
        return ColourMap.viridis.hex(0.15 + 0.75 * Double(index) / Double(count - 1))
    }
}
