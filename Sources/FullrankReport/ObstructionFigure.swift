/// Data points on a line or in the plane, where the units switch, and sets of points that no unit tells apart.
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

    private static let margin = 18.0
    private static let side = 460.0
    private static let colours = ThresholdCurve.colours

    /// Self-contained SVG, the same bytes for the same input.
    public func svg(theme: FigureTheme = .light) -> String {
        var canvas = SVGCanvas(theme: theme)
        let width = Self.side + 2 * Self.margin
        var top = Self.margin
        top += canvas.paragraph(
            title, x: Self.margin, y: top, width: Self.side, size: 17, bold: true, fill: theme.ink) + 10
        let area = Rectangle(left: Self.margin, top: top, width: Self.side, height: dimension == 1 ? 150 : Self.side)
        let frame = Frame(area: area, dimension: dimension, points: points)
        drawBoundaries(frame, on: &canvas)
        drawPoints(frame, on: &canvas)
        canvas.rect(area, ["fill": "none", "stroke": theme.ink, "stroke-width": "1"])
        var y = area.bottom + 12
        for (index, obstruction) in told.enumerated() {
            let colour = Self.colours[index]
            canvas.element("circle", [
                "cx": coordinate(Self.margin + 6), "cy": coordinate(y + 9), "r": "5", "fill": "none", "stroke": colour,
                "stroke-width": "2",
            ])
            y += canvas.paragraph(
                obstruction.words, x: Self.margin + 20, y: y, width: Self.side - 20, size: 12, fill: theme.ink) + 4
        }
        let rest = obstructions.count - told.count
        let more = rest > 0 ? " \(rest) more dependent points are not marked." : ""
        y += canvas.paragraph(
            caption + more, x: Self.margin, y: y, width: Self.side, size: 12, fill: theme.muted)
        return canvas.document(width: width, height: y + Self.margin, title: title, description: caption)
    }

    private var told: ArraySlice<Obstruction> { obstructions.prefix(Self.mostObstructions) }

    private func drawBoundaries(_ frame: Frame, on canvas: inout SVGCanvas) {
        // Many lines must not hide the points.
        let ink = canvas.theme.muted
        let opacity = coordinate(boundaries.count > 100 ? 0.25 : 0.5)
        canvas.group(["opacity": opacity]) { canvas in
            for boundary in boundaries {
                guard let (from, to) = frame.line(boundary) else { continue }
                canvas.line(from, to, stroke: ink, width: 0.7)
            }
        }
    }

    private func drawPoints(_ frame: Frame, on canvas: inout SVGCanvas) {
        for point in 0..<(points.count / dimension) {
            let at = frame.pixel(point)
            canvas.element("circle", [
                "cx": coordinate(at.x), "cy": coordinate(at.y), "r": "2.5", "fill": canvas.theme.ink,
            ], content: "<title>point \(point)</title>")
        }
        for (index, obstruction) in told.enumerated() {
            for (place, point) in obstruction.points.enumerated() {
                let at = frame.pixel(point)
                let isDependent = place == obstruction.points.count - 1
                // Obstructions that share a point show as rings around each other.
                canvas.element("circle", [
                    "cx": coordinate(at.x), "cy": coordinate(at.y), "r": coordinate(5 + 2 * Double(index)),
                    "fill": "none", "stroke": Self.colours[index], "stroke-width": isDependent ? "2.5" : "1.5",
                ])
            }
        }
    }
}

/// Data coordinates to pixels: both axes to one scale, so that angles are true.
private struct Frame {
    let area: Rectangle
    let dimension: Int
    let points: [Double]
    private let centre: (x: Double, y: Double)
    private let scale: Double

    init(area: Rectangle, dimension: Int, points: [Double]) {
        (self.area, self.dimension, self.points) = (area, dimension, points)
        // Halved before they are subtracted: the largest doubles lie twice as far apart as a double can say.
        func middle(_ axis: Int) -> (centre: Double, half: Double) {
            let values = stride(from: axis, to: points.count, by: dimension).map { points[$0] / 2 }
            let low = values.min() ?? 0, high = values.max() ?? 0
            return (low + high, high - low)
        }
        let across = middle(0), up = dimension == 2 ? middle(1) : (centre: 0, half: 0)
        centre = (across.centre, up.centre)
        let room = area.width / 2 - 24
        let half = max(across.half, up.half)
        scale = half > 0 && (room / half).isFinite ? room / half : 1
    }

    func pixel(_ point: Int) -> FigurePoint {
        let x = points[point * dimension], y = dimension == 2 ? points[point * dimension + 1] : 0
        return pixel(x, y)
    }

    private func pixel(_ x: Double, _ y: Double) -> FigurePoint {
        FigurePoint(
            x: area.left + area.width / 2 + (x - centre.x) * scale,
            y: area.top + area.height / 2 - (y - centre.y) * scale)
    }

    /// The part of a boundary that is in the picture, nil where none is.
    func line(_ boundary: ObstructionFigure.Boundary) -> (FigurePoint, FigurePoint)? {
        let (u, v) = (boundary.weights[0], dimension == 2 ? boundary.weights[1] : 0)
        let length = (u * u + v * v).squareRoot()
        guard length > 0, length.isFinite else { return nil }
        // The point of the line nearest the centre, and twice the picture's width both ways from it.
        let distance = (u * centre.x + v * centre.y + boundary.bias) / length
        let reach = 2 * area.width / scale
        let foot = (x: centre.x - distance * u / length, y: centre.y - distance * v / length)
        let from = pixel(foot.x - reach * v / length, foot.y + reach * u / length)
        let to = pixel(foot.x + reach * v / length, foot.y - reach * u / length)
        guard [from.x, from.y, to.x, to.y].allSatisfy(\.isFinite) else { return nil }
        return area.clipped(from, to)
    }
}
