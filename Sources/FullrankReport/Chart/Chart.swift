/// A figure of curves: panels side by side, one legend, title and caption.
public struct Chart: Hashable, Sendable {
    /// How a curve is told from others: by colour, and by dashes or markers for those who don't see it.
    public struct Style: Hashable, Sendable {
        /// Into `ThresholdCurve.colours`, beyond them into an ordered map; nil is the ink.
        public var colour: Int?
        public var colours: Int
        public var dashes: String
        public var marker: Marker?

        /// By place among the curves.
        public static let dashPatterns = ["", "7 3", "3 2", "9 3 2 3", "12 4", "1.5 2.5"]

        public enum Marker: Int, Hashable, Sendable, CaseIterable { case circle, square, triangle, diamond }

        /// The `index`-th of `count` curves.
        public init(_ index: Int, of count: Int, dashes: String = "", isMarked: Bool = false) {
            colour = index
            colours = count
            self.dashes = dashes
            marker = isMarked ? Marker.allCases[index % Marker.allCases.count] : nil
        }

        private init(dashes: String) {
            colours = 1
            self.dashes = dashes
        }

        /// A reference line, in ink.
        public static func reference(dashes: String = "6 4") -> Style { Style(dashes: dashes) }

        func paint(_ theme: FigureTheme) -> String {
            colour.map { ThresholdCurve.colour($0, of: colours) } ?? theme.ink
        }
    }

    public struct Mark: Hashable, Sendable {
        public enum Shape: Hashable, Sendable {
            /// A polyline; a gap if there is no point.
            case line([FigurePoint?])
            /// Between two polylines over the same x.
            case band(low: [FigurePoint], high: [FigurePoint])
            /// Markers with hover text.
            case dots([FigurePoint], hover: [String])
        }
        public var shape: Shape
        public var style: Style

        public init(_ shape: Shape, _ style: Style) {
            self.shape = shape
            self.style = style
        }
    }

    public struct Panel: Hashable, Sendable {
        public var title: String
        public var across: ChartAxis
        public var up: ChartAxis
        /// Later ones above earlier ones.
        public var marks: [Mark]

        public init(title: String, across: ChartAxis, up: ChartAxis, marks: [Mark]) {
            self.title = title
            self.across = across
            self.up = up
            self.marks = marks
        }
    }

    public struct LegendEntry: Hashable, Sendable {
        public var label: String
        public var style: Style
        /// Whether the sample shows a band.
        public var isBand: Bool

        public init(_ label: String, _ style: Style, isBand: Bool = false) {
            self.label = label
            self.style = style
            self.isBand = isBand
        }
    }

    public var panels: [Panel]
    public var legend: [LegendEntry]
    public var title: String
    public var caption: String

    public init(panels: [Panel], legend: [LegendEntry], title: String, caption: String) {
        self.panels = panels
        self.legend = legend
        self.title = title
        self.caption = caption
    }
}
