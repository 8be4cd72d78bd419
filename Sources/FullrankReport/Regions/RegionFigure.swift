/// The activation regions of a unit, and the zonotope of its data points, side by side: in two dimensions a fan of
/// sectors and a polygon, in three the sphere of weights as two discs and a polyhedron.
public struct RegionFigure: Sendable {
    public struct Face: Sendable {
        /// Unit vectors around it: two rays, or three corners or more.
        public var corners: [[Double]]
        /// By point: active or not.
        public var pattern: [Bool]
        public init(corners: [[Double]], pattern: [Bool]) { (self.corners, self.pattern) = (corners, pattern) }

        var active: Int { pattern.count { $0 } }
        var word: String { String(pattern.map { $0 ? "1" as Character : "0" }) }
    }

    public struct Zonotope: Sendable {
        /// By face of the fan.
        public var vertices: [[Double]]
        public var edges: [(Int, Int)]
        public var facets: [(corners: [Int], normal: [Double])]
        /// Sums of points that are not vertices, if they are to be shown.
        public var others: [[Double]]
        public init(
            vertices: [[Double]], edges: [(Int, Int)], facets: [(corners: [Int], normal: [Double])], others: [[Double]]
        ) {
            (self.vertices, self.edges, self.facets, self.others) = (vertices, edges, facets, others)
        }
    }

    /// The names of the coordinates of weights and of sums, 2 or 3 of each.
    public struct Axes: Sendable {
        public var weights: [String]
        public var sums: [String]
        public init(weights: [String], sums: [String]) { (self.weights, self.sums) = (weights, sums) }
    }

    /// 2 or 3
    let dimension: Int
    let faces: [Face]
    /// Unit normals of the hyperplanes, with their names.
    let hyperplanes: [(normal: [Double], label: String)]
    let zonotope: Zonotope
    let axes: Axes
    let title: String
    let caption: String

    /// In three dimensions `hyperplanes.last` bounds the first half of the faces from the second, which is opposite.
    public init(
        dimension: Int, faces: [Face], hyperplanes: [(normal: [Double], label: String)], zonotope: Zonotope, axes: Axes,
        title: String, caption: String
    ) {
        precondition((2...3).contains(dimension) && !faces.isEmpty, "regions in two or three dimensions")
        precondition(axes.weights.count == dimension && axes.sums.count == dimension, "a name for each coordinate")
        (self.dimension, self.faces, self.hyperplanes) = (dimension, faces, hyperplanes)
        (self.zonotope, self.axes, self.title, self.caption) = (zonotope, axes, title, caption)
    }

    static let margin = 20.0
    static let side = 380.0

    /// Self-contained SVG. Each face of the fan is one element of class "region".
    public func svg(theme: FigureTheme = .light) -> String {
        var canvas = SVGCanvas(theme: theme)
        let panels = dimension == 2 ? 2 : 3
        // Between panels, with room for the title of the upward axis.
        let gap = 36.0, before = 26.0
        let width = Self.margin * 2 + before + Double(panels) * Self.side + Double(panels - 1) * gap
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
        func head(_ panel: Int, _ text: String, across: String, up: String) {
            let area = area(panel), middle = area.left + Self.side / 2
            canvas.text(text, x: middle, y: top + 14, size: 13, anchor: .middle, fill: theme.ink)
            canvas.text(across, x: middle, y: area.bottom + 14, size: 13, anchor: .middle, fill: theme.ink)
            canvas.text(
                up, x: area.left - 8, y: area.top + Self.side / 2, size: 13, anchor: .middle, fill: theme.ink,
                rotated: true)
        }
        if dimension == 2 {
            head(0, "weights w by activation pattern", across: axes.weights[0], up: axes.weights[1])
            head(1, "sums of data points", across: axes.sums[0], up: axes.sums[1])
            drawSectors(area(0), on: &canvas)
            drawPolygon(area(1), on: &canvas)
        } else {
            let last = hyperplanes[hyperplanes.count - 1].label
            let up = "towards larger " + axes.weights[Self.upward(pole: hyperplanes[hyperplanes.count - 1].normal)]
            let across = "directions of w, areas true"
            head(0, "weights w with w · \(last) > 0", across: across, up: up)
            head(1, "the opposite weights, seen from the other side", across: across, up: up)
            // Principal axes mix the coordinates.
            head(2, "sums of data points", across: "across it, seen from a little above", up: "along the longest axis")
            let (front, back) = (faces[..<(faces.count / 2)], faces[(faces.count / 2)...])
            drawDisc(area(0), front, sign: 1, on: &canvas)
            drawDisc(area(1), back, sign: -1, on: &canvas)
            drawPolyhedron(area(2), on: &canvas)
        }
        var bottom = area(0).bottom + 32
        bottom += drawScale(y: bottom, width: width, on: &canvas)
        bottom += canvas.paragraph(
            theme.drawn(caption: caption), x: Self.margin, y: bottom, width: width - 2 * Self.margin, size: 12,
            fill: theme.muted)
        return canvas.document(width: width, height: bottom + Self.margin, title: title, description: caption)
    }

    private var points: Int { faces[0].pattern.count }

    /// By number of active points.
    func colour(_ active: Int) -> String {
        ColourMap.viridis.hex(0.08 + 0.88 * Double(active) / Double(max(points, 1)))
    }

    /// Ink that reads on a face's colour.
    func ink(_ active: Int) -> String { active * 100 > points * 62 ? "#1a1a1a" : "#ffffff" }

    /// Swatches of the colours, or some of them.
    private func drawScale(y: Double, width: Double, on canvas: inout SVGCanvas) -> Double {
        var x = Self.margin
        let words = "points on which a unit is active"
        canvas.text(words, x: x, y: y + 11, size: 12, fill: canvas.theme.ink)
        x += TextMetrics.width(words, size: 12) + 10
        let step = max(1, (points + 11) / 12)
        for active in stride(from: 0, through: points, by: step) {
            canvas.rect(
                Rectangle(left: x, top: y, width: 14, height: 14),
                ["fill": colour(active), "stroke": canvas.theme.muted, "stroke-width": "0.5"])
            canvas.text("\(active)", x: x + 18, y: y + 11, size: 11, fill: canvas.theme.muted)
            x += 26 + TextMetrics.width("\(active)", size: 11)
        }
        return 30
    }
}
