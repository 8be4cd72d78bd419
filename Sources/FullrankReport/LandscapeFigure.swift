/// What the faces of a unit's plane of weights hold: sectors are cells, the lines between them rays. For one unit the
/// loss over the plane stands beside it, for either sign of the output weight.
public struct LandscapeFigure: Sendable {
    /// The best that a face holds.
    public enum Holding: Int, CaseIterable, Sendable {
        case global = 0
        case bad = 1
        case saddle = 2
        case nothing = 3

        var words: String {
            ["a global minimum", "bad minima, no global one", "saddles, no minimum", "no critical point"][rawValue]
        }
        // Okabe and Ito's colours, told apart by colour-blind readers.
        var colour: String { ["#009E73", "#E69F00", "#56B4E9", "#DDDDDD"][rawValue] }
    }

    public struct Face: Sendable {
        /// Unit vectors: two for a cell, counter-clockwise, one for a ray.
        public var corners: [[Double]]
        /// By point: '1', '0' or 'x'.
        public var pattern: String
        public var holding: Holding
        public init(corners: [[Double]], pattern: String, holding: Holding) {
            (self.corners, self.pattern, self.holding) = (corners, pattern, holding)
        }
    }

    /// The loss of one unit over R = z w, and what is marked on it.
    public struct LossPanel: Sendable {
        /// 1 or −1: of the output weight.
        public var sign: Double
        /// Minima: R, and whether their loss is the global one.
        public var minima: [(place: [Double], isGlobal: Bool)]
        public var hasSaddle: Bool
        public init(sign: Double, minima: [(place: [Double], isGlobal: Bool)], hasSaddle: Bool) {
            (self.sign, self.minima, self.hasSaddle) = (sign, minima, hasSaddle)
        }
    }

    let faces: [Face]
    /// n × 2 and n; empty without panels.
    let points: [[Double]]
    let labels: [Double]
    let panels: [LossPanel]
    let axes: [String]
    let title: String
    let caption: String

    public init(
        faces: [Face], points: [[Double]], labels: [Double], panels: [LossPanel], axes: [String], title: String,
        caption: String
    ) {
        precondition(axes.count == 2, "a plane of weights")
        (self.faces, self.points, self.labels, self.panels) = (faces, points, labels, panels)
        (self.axes, self.title, self.caption) = (axes, title, caption)
    }

    static let margin = 20.0
    static let side = 320.0

    /// Self-contained SVG. Each cell is one element of class "cell", each ray one of class "ray".
    public func svg(theme: FigureTheme = .light) -> String {
        var canvas = SVGCanvas(theme: theme)
        let gap = 40.0, before = 26.0, count = Double(1 + panels.count)
        let width = max(Self.margin * 2 + before + count * Self.side + (count - 1) * gap, 560)
        var top = Self.margin
        top +=
            canvas.paragraph(
                theme.drawn(title: title), x: Self.margin, y: top, width: width - 2 * Self.margin, size: 17, bold: true,
                fill: theme.ink) + 8
        func area(_ panel: Int) -> Rectangle {
            Rectangle(
                left: Self.margin + before + Double(panel) * (Self.side + gap), top: top + 26, width: Self.side,
                height: Self.side)
        }
        func head(_ panel: Int, _ words: String, _ letter: String) {
            let area = area(panel), middle = area.left + Self.side / 2
            canvas.text(words, x: middle, y: top + 14, size: 13, anchor: .middle, fill: theme.ink)
            canvas.text(
                letter + axes[0], x: middle, y: area.bottom + 16, size: 12, anchor: .middle, fill: theme.muted)
            canvas.text(
                letter + axes[1], x: area.left - 10, y: area.top + Self.side / 2, size: 12, anchor: .middle,
                fill: theme.muted, rotated: true)
        }
        head(0, "weights of a unit, by what its cells hold", "")
        drawFaces(area(0), on: &canvas)
        let scale = lossScale
        for (place, panel) in panels.enumerated() {
            head(place + 1, "loss of z w, output weight z \(panel.sign > 0 ? "> 0" : "< 0")", "z × ")
            draw(panel, area(place + 1), scale, on: &canvas)
        }
        var bottom = area(0).bottom + 34
        bottom += drawLegend(y: bottom, width: width, on: &canvas)
        bottom += canvas.paragraph(
            theme.drawn(caption: caption), x: Self.margin, y: bottom, width: width - 2 * Self.margin, size: 12,
            fill: theme.muted)
        return canvas.document(width: width, height: bottom + Self.margin, title: title, description: caption)
    }

    private func drawFaces(_ area: Rectangle, on canvas: inout SVGCanvas) {
        let centre = FigurePoint(x: area.left + area.width / 2, y: area.top + area.height / 2)
        let radius = area.width / 2 - 6
        func at(_ direction: [Double]) -> FigurePoint {
            FigurePoint(x: centre.x + radius * direction[0], y: centre.y - radius * direction[1])
        }
        func text(_ point: FigurePoint) -> String { "\(coordinate(point.x)) \(coordinate(point.y))" }
        for face in faces where face.corners.count == 2 {
            let arc = "A\(coordinate(radius)) \(coordinate(radius)) 0 0 0 \(text(at(face.corners[1])))"
            canvas.element(
                "path",
                [
                    "class": "cell", "d": "M\(text(centre))L\(text(at(face.corners[0])))\(arc)Z",
                    // The outline covers the seam that smoothed edges leave between neighbours.
                    "fill": face.holding.colour, "stroke": face.holding.colour, "stroke-width": "0.6",
                ], content: "<title>\(XMLText.escaped("\(face.pattern): \(face.holding.words)"))</title>")
        }
        for face in faces where face.corners.count == 1 {
            let end = at(face.corners[0])
            canvas.element(
                "line",
                [
                    "class": "ray", "x1": coordinate(centre.x), "y1": coordinate(centre.y), "x2": coordinate(end.x),
                    "y2": coordinate(end.y),
                    "stroke": face.holding == .nothing ? canvas.theme.background : face.holding.colour,
                    "stroke-width": face.holding == .nothing ? "1" : "4",
                ], content: "<title>\(XMLText.escaped("\(face.pattern): \(face.holding.words)"))</title>")
            if face.holding != .nothing { canvas.line(centre, end, stroke: canvas.theme.ink, width: 0.8) }
        }
    }

    private func drawLegend(y: Double, width: Double, on canvas: inout SVGCanvas) -> Double {
        let start = y
        var x = Self.margin, y = y
        func step(_ words: String, _ mark: (inout SVGCanvas, Double, Double) -> Void) {
            let needed = 24 + TextMetrics.width(words, size: 12)
            if x + needed > width - Self.margin { (x, y) = (Self.margin, y + 20) }
            mark(&canvas, x, y)
            canvas.text(words, x: x + 20, y: y + 11, size: 12, fill: canvas.theme.ink)
            x += needed + 14
        }
        for holding in Holding.allCases {
            step(holding.words) { canvas, x, y in
                canvas.rect(
                    Rectangle(left: x, top: y, width: 14, height: 14),
                    ["fill": holding.colour, "stroke": canvas.theme.muted, "stroke-width": "0.5"])
            }
        }
        if !panels.isEmpty {
            step("saddle at z w = 0") { canvas, x, y in
                Self.drawCross(FigurePoint(x: x + 7, y: y + 7), on: &canvas)
            }
        }
        return y - start + 30
    }
}
