/// The functions of one to three ReLUs on three or four points of a line, scaled so that their values add up to 1: a
/// polyline in a triangle or a tetrahedron, and the set of convex combinations of its points.
public enum FunctionSpaceFigure {
    /// - Parameters:
    ///   - vertices: of the polyline, in order; three or four values each, which add up to 1.
    ///   - patterns: the pattern of the piece between each two neighbours, written next to it in the first panel.
    ///   - mostUnits: panels for 1 ... mostUnits units.
    public static func svg(
        vertices: [[Double]], patterns: [String], mostUnits: Int, title: String, caption: String,
        theme: FigureTheme = .light
    ) -> String {
        let corners = vertices.first?.count == 4 ? tetrahedron : triangle
        let side = 250.0, margin = 24.0, gap = 92.0
        var canvas = SVGCanvas(theme: theme)
        let width = margin + Double(mostUnits) * (side + gap) + margin
        var top = margin
        top += canvas.paragraph(
            theme.drawn(title: title), x: margin, y: top, width: width - 2 * margin, size: 17, bold: true,
            fill: theme.ink)
        top += 36
        for units in 1...mostUnits {
            let left = margin + gap / 2 + Double(units - 1) * (side + gap)
            func place(_ values: [Double]) -> FigurePoint {
                let x = zip(values, corners).reduce(0) { $0 + $1.0 * $1.1.x }
                let y = zip(values, corners).reduce(0) { $0 + $1.0 * $1.1.y }
                return FigurePoint(x: left + x * side, y: top + y * side)
            }
            let pieces = max(vertices.count - 1, 0), count = combinations(units, pieces).count
            let words = [
                "1 unit: \(pieces) pieces", "sums of 2 units: \(count) pairs of pieces",
                "sums of 3 units: \(count) triples of pieces",
            ]
            canvas.text(words[units - 1], x: left + side / 2, y: top - 18, size: 13, anchor: .middle, fill: theme.ink)
            canvas.text(
                corners.count == 3
                    ? "shares: 1 in a corner, 0 on the side opposite" : "shares: 1 in a corner, 0 on the face opposite",
                x: left + side / 2, y: top + side + 38, size: 12, anchor: .middle, fill: theme.ink)
            canvas.text(
                "share of each point in f", x: left - 34, y: top + side / 2, size: 12, anchor: .middle, fill: theme.ink,
                rotated: true)
            draw(units, vertices, corners.count, place, on: &canvas)
            guard units == 1 else { continue }
            let line = vertices.map(place)
            for (piece, pattern) in zip(line.indices.dropLast(), patterns) {
                let (a, b) = (line[piece], line[piece + 1])
                let middle = FigurePoint(x: (a.x + b.x) / 2, y: (a.y + b.y) / 2)
                let length = max(1, distance(a, b))
                let across = FigurePoint(x: -(b.y - a.y) / length, y: (b.x - a.x) / length)
                // On the side where the other pieces are farther away.
                func room(_ side: Double) -> Double {
                    let place = FigurePoint(x: middle.x + 26 * side * across.x, y: middle.y + 26 * side * across.y)
                    var least = Double.infinity
                    for other in line.indices.dropLast() where other != piece {
                        let (from, to) = (line[other], line[other + 1])
                        for eighth in 0...8 {
                            let share = Double(eighth) / 8
                            let point = FigurePoint(
                                x: from.x + share * (to.x - from.x), y: from.y + share * (to.y - from.y))
                            least = min(least, distance(place, point))
                        }
                    }
                    return least
                }
                let side = room(1) > room(-1) ? 1.0 : -1
                let normal = FigurePoint(x: side * across.x, y: side * across.y)
                let anchor: SVGCanvas.Anchor = normal.x < -0.5 ? .end : normal.x > 0.5 ? .start : .middle
                canvas.text(
                    pattern, x: middle.x + 8 * normal.x, y: middle.y + 11 * normal.y + 4, size: 11, anchor: anchor,
                    fill: theme.ink)
            }
        }
        var bottom = top + side + 56
        bottom += canvas.paragraph(
            theme.drawn(caption: caption), x: margin, y: bottom, width: width - 2 * margin, size: 12, fill: theme.muted)
        return canvas.document(width: width, height: bottom + margin, title: title, description: caption)
    }

    private static func distance(_ a: FigurePoint, _ b: FigurePoint) -> Double {
        ((a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y)).squareRoot()
    }

    /// Positions of the functions that are 1 on one point and 0 on the others, in a unit square, y down.
    private static let triangle = [
        FigurePoint(x: 0, y: 0.95), FigurePoint(x: 0.5, y: 0.08), FigurePoint(x: 1, y: 0.95),
    ]
    private static let tetrahedron = [
        FigurePoint(x: 0, y: 0.72), FigurePoint(x: 0.42, y: 0.06), FigurePoint(x: 0.6, y: 1), FigurePoint(x: 1, y: 0.6),
    ]

    private static func draw(
        _ units: Int, _ vertices: [[Double]], _ count: Int, _ place: ([Double]) -> FigurePoint,
        on canvas: inout SVGCanvas
    ) {
        let theme = canvas.theme
        let axes = (0..<count).map { axis in place((0..<count).map { $0 == axis ? 1 : 0 }) }
        for a in axes.indices {
            for b in axes.indices where a < b { canvas.line(axes[a], axes[b], stroke: theme.grid, width: 1.2) }
            let centre = place([Double](repeating: 1 / Double(count), count: count))
            let (x, y) = (axes[a].x - centre.x, axes[a].y - centre.y)
            let outward = 13 / max(1, (x * x + y * y).squareRoot())
            canvas.text(
                "f_\(a)", x: axes[a].x + x * outward, y: axes[a].y + y * outward + 4, size: 11, anchor: .middle,
                fill: theme.muted)
        }
        // What m pieces of the polyline span: the hull of their ends. One over the other, the darker the more of them
        // hold a place: two units make every function that three make, on three and four points, and so one hull of all
        // would look the same.
        let corners = vertices.map(place)
        let pieces = corners.indices.dropLast()
        for chosen in combinations(units, pieces.count) where units > 1 {
            let ends = Set(chosen).sorted().flatMap { [corners[$0], corners[$0 + 1]] }
            let path = hull(ends).map { "\(coordinate($0.x)) \(coordinate($0.y))" }.joined(separator: "L")
            canvas.element(
                "path",
                [
                    "class": "sums", "d": "M" + path + "Z", "fill": ColourMap.viridis.hex(0.4), "fill-opacity": "0.1",
                    "stroke": ColourMap.viridis.hex(0.4), "stroke-opacity": "0.35", "stroke-width": "0.6",
                ])
        }
        for piece in pieces {
            let share = Double(piece) / Double(max(pieces.count - 1, 1))
            canvas.line(corners[piece], corners[piece + 1], stroke: ColourMap.viridis.hex(share * 0.85), width: 3)
        }
        for (index, corner) in corners.enumerated() {
            canvas.element(
                "circle", ["cx": coordinate(corner.x), "cy": coordinate(corner.y), "r": "3.5", "fill": theme.ink],
                content: "<title>vertex \(index)</title>")
        }
    }

    /// The pieces of `units` units, in any order; not all units on one piece, because their sums are on that piece
    /// again.
    static func combinations(_ units: Int, _ pieces: Int) -> [[Int]] {
        var chosen = (0..<pieces).map { [$0] }
        for _ in 1..<units { chosen = chosen.flatMap { some in (some[some.count - 1]..<pieces).map { some + [$0] } } }
        return chosen.filter { units == 1 || $0[0] != $0[$0.count - 1] }
    }

    /// Convex hull of points in the plane, by Andrew's monotone chain.
    private static func hull(_ points: [FigurePoint]) -> [FigurePoint] {
        let sorted = Set(points).sorted { ($0.x, $0.y) < ($1.x, $1.y) }
        guard sorted.count > 2 else { return sorted }
        func chain(_ points: [FigurePoint]) -> [FigurePoint] {
            var chain = [FigurePoint]()
            for point in points {
                while let last = chain.last, chain.count > 1 {
                    let before = chain[chain.count - 2]
                    let turn = (last.x - before.x) * (point.y - before.y) - (last.y - before.y) * (point.x - before.x)
                    if turn > 0 { break }
                    chain.removeLast()
                }
                chain.append(point)
            }
            return chain.dropLast()
        }
        return chain(sorted) + chain(sorted.reversed())
    }
}
