/// Data points on a line or in the plane, where the units switch, and sets of points that make others dependent.
///
/// In the plane each set is ringed, in the area that it spans; on a line, where such points lie close together, each has a
/// row of its own that shows its neighbourhood enlarged.
public struct ObstructionFigure: Sendable {
    /// `w·x + b = 0`.
    public struct Boundary: Hashable, Sendable {
        public var weights: [Double]
        public var bias: Double
        public init(weights: [Double], bias: Double) { (self.weights, self.bias) = (weights, bias) }
    }

    public struct Obstruction: Hashable, Sendable {
        /// The last is the dependent one.
        public var points: [Int]
        public var words: String
        public init(points: [Int], words: String) { (self.points, self.words) = (points, words) }
    }

    /// d0, 1 or 2
    let dimension: Int
    /// n × d0, row-major
    let points: [Double]
    let boundaries: [Boundary]
    let obstructions: [Obstruction]
    let title: String
    let caption: String

    /// More obstructions than colours would not be told apart.
    public static let mostObstructions = 6

    /// - Precondition: `dimension` is 1 or 2 and divides the number of coordinates.
    public init(
        dimension: Int, points: [Double], boundaries: [Boundary], obstructions: [Obstruction], title: String,
        caption: String
    ) {
        precondition((1...2).contains(dimension) && points.count % dimension == 0, "points on a line or in the plane")
        self.dimension = dimension
        self.points = points
        self.boundaries = boundaries
        self.obstructions = obstructions
        self.title = title
        self.caption = caption
    }

    static let margin = 18.0
    static let side = 500.0
    static let tickSize = 11.0
    static let axisTitleSize = 13.0
    static let colours = ThresholdCurve.colours

    /// Self-contained SVG, the same bytes for the same input.
    public func svg(theme: FigureTheme = .light) -> String {
        var canvas = SVGCanvas(theme: theme)
        // Room for title and labels of the plane's upward axis, or for the titles of rows.
        let left = Self.margin + (dimension == 2 ? 62 : rowTitleWidth)
        let width = left + Self.side + Self.margin
        let full = width - 2 * Self.margin
        var y = Self.margin
        y +=
            canvas.paragraph(
                theme.drawn(title: title), x: Self.margin, y: y, width: full, size: 17, bold: true, fill: theme.ink)
            + 10
        y = dimension == 1 ? drawLine(left: left, top: y, on: &canvas) : drawPlane(left: left, top: y, on: &canvas)
        for (index, obstruction) in told.enumerated() {
            canvas.element(
                "circle",
                [
                    "cx": coordinate(Self.margin + 6), "cy": coordinate(y + 8), "r": "5", "fill": Self.colours[index],
                ])
            y +=
                canvas.paragraph(
                    obstruction.words, x: Self.margin + 20, y: y, width: full - 20, size: 12, fill: theme.ink) + 4
        }
        let rest = obstructions.count - told.count
        let more = rest > 0 ? " \(rest) more dependent point\(rest == 1 ? " is" : "s are") not marked." : ""
        y +=
            canvas.paragraph(
                theme.drawn(caption: caption + more), x: Self.margin, y: y + 2, width: full, size: 12, fill: theme.muted
            ) + 2
        return canvas.document(width: width, height: y + Self.margin, title: title, description: caption)
    }

    var told: ArraySlice<Obstruction> { obstructions.prefix(Self.mostObstructions) }

    /// Many lines must not hide the points.
    var boundaryOpacity: String { coordinate(max(0.15, min(0.6, 40 / Double(max(boundaries.count, 1))))) }

    /// A point's dot.
    func drawDot(_ point: Int, at: FigurePoint, radius: Double, fill: String, on canvas: inout SVGCanvas) {
        canvas.element(
            "circle",
            [
                "cx": coordinate(at.x), "cy": coordinate(at.y), "r": coordinate(radius), "fill": fill,
            ], content: "<title>point \(point)</title>")
    }

    /// Values that an axis from `low` to `high` labels; none if they would all read the same.
    static func ticks(_ low: Double, _ high: Double) -> [(value: Double, label: String)] {
        let reach = max(abs(low), abs(high))
        guard low < high, (high - low).isFinite, reach < 1e4 * (high - low), reach < 1e6, high - low > 1e-3 else {
            return []
        }
        return ChartAxis(title: "", fixed: low...high).ticks(about: 6)
    }
}
