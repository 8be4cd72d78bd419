import FullrankPlatform

extension RegionFigure {
    /// The zonotope of points in the plane, its vertices coloured as their regions, other sums as rings.
    func drawPolygon(_ area: Rectangle, on canvas: inout SVGCanvas) {
        let frame = PlaneFrame(zonotope.vertices.map { FigurePoint(x: $0[0], y: $0[1]) }, in: area)
        let corners = zonotope.vertices.map { frame.pixel(FigurePoint(x: $0[0], y: $0[1])) }
        // The fan's faces run counter-clockwise, and so do the vertices.
        canvas.element(
            "path",
            [
                "d": "M" + corners.map(text).joined(separator: "L") + "Z", "fill": canvas.theme.grid,
                "fill-opacity": "0.6",
                "stroke": canvas.theme.ink, "stroke-width": "1.2", "stroke-linejoin": "round",
            ])
        for other in zonotope.others {
            let spot = frame.pixel(FigurePoint(x: other[0], y: other[1]))
            canvas.element(
                "circle",
                [
                    "cx": coordinate(spot.x), "cy": coordinate(spot.y), "r": "2", "fill": "none",
                    "stroke": canvas.theme.muted, "stroke-width": "0.8",
                ])
        }
        drawVertices(Array(corners.indices), corners, on: &canvas)
    }

    /// The polyhedron, seen across its longest axis, which stands upright: facets by their slope, edges, vertices.
    func drawPolyhedron(_ area: Rectangle, on canvas: inout SVGCanvas) {
        let axes = PrincipalAxes.of(zonotope.vertices)
        // From a little above and to the right of the second axis.
        let view = Self.unit((0..<3).map { (axis: Int) -> Double in
            0.90 * axes[2][axis] + 0.35 * axes[1][axis] + 0.25 * axes[0][axis]
        })
        let up = Self.unit((0..<3).map { axes[0][$0] - Self.dot(axes[0], view) * view[$0] })
        let across = Self.cross(up, view)
        func flat(_ point: [Double]) -> FigurePoint { FigurePoint(x: Self.dot(point, across), y: Self.dot(point, up)) }
        let frame = PlaneFrame(zonotope.vertices.map(flat), in: area)
        let corners = zonotope.vertices.map { frame.pixel(flat($0)) }
        let visible = zonotope.facets.filter { Self.dot($0.normal, view) > 0 }
        let isSmall = zonotope.facets.count <= 200
        func side(_ a: Int, _ b: Int) -> [Int] { [min(a, b), max(a, b)] }
        var shown = Set<[Int]>()
        for facet in visible {
            for place in 0..<4 { shown.insert(side(facet.corners[place], facet.corners[(place + 1) % 4])) }
        }
        if isSmall {
            canvas.group([
                "stroke": canvas.theme.muted, "stroke-width": "0.6", "stroke-dasharray": "3 3", "opacity": "0.6",
            ]) {
                for edge in zonotope.edges where !shown.contains(side(edge.0, edge.1)) {
                    $0.element("path", ["d": "M\(text(corners[edge.0]))L\(text(corners[edge.1]))"])
                }
            }
        }
        let light = Self.unit((0..<3).map { (axis: Int) -> Double in
            0.5 * view[axis] + 0.6 * up[axis] - 0.6 * across[axis]
        })
        for facet in visible {
            let shade = 0.5 + 0.5 * Self.dot(facet.normal, light)
            canvas.element(
                "path",
                [
                    "class": "facet", "d": "M" + facet.corners.map { text(corners[$0]) }.joined(separator: "L") + "Z",
                    "fill": Self.grey(shade, on: canvas.theme), "fill-opacity": isSmall ? "0.8" : "1",
                    "stroke": canvas.theme.ink, "stroke-width": isSmall ? "1" : "0.4", "stroke-linejoin": "round",
                ])
        }
        drawVertices(Set(shown.flatMap { $0 }).sorted(), corners, on: &canvas)
    }

    private func drawVertices(_ vertices: [Int], _ corners: [FigurePoint], on canvas: inout SVGCanvas) {
        let radius = vertices.count > 200 ? "1.6" : vertices.count > 60 ? "2.5" : "4"
        for index in vertices {
            canvas.element(
                "circle",
                [
                    "cx": coordinate(corners[index].x), "cy": coordinate(corners[index].y), "r": radius,
                    "fill": colour(faces[index].active), "stroke": canvas.theme.ink, "stroke-width": "0.6",
                ], content: "<title>\(faces[index].word)</title>")
        }
    }

    /// Between the theme's background and its ink, nearer the first.
    private static func grey(_ shade: Double, on theme: FigureTheme) -> String {
        func parts(_ hex: String) -> [Double] {
            let value = Int(hex.dropFirst(), radix: 16) ?? 0
            return [16, 8, 0].map { Double(value >> $0 & 0xff) }
        }
        let weight = 0.05 + 0.45 * (1 - min(max(shade, 0), 1))
        let mixed = zip(parts(theme.background), parts(theme.ink)).map { Int(($0 + ($1 - $0) * weight).rounded()) }
        return ColourMap.hex(UInt32(mixed[0] << 16 | mixed[1] << 8 | mixed[2]))
    }
}

/// Coordinates of a plane to pixels, both axes to one scale, all of it in view.
private struct PlaneFrame {
    private let area: Rectangle
    private let centre: FigurePoint
    private let scale: Double

    init(_ points: [FigurePoint], in area: Rectangle) {
        let (xs, ys) = (points.map(\.x), points.map(\.y))
        let (left, right) = (xs.min() ?? 0, xs.max() ?? 0), (low, high) = (ys.min() ?? 0, ys.max() ?? 0)
        self.area = area
        centre = FigurePoint(x: left / 2 + right / 2, y: low / 2 + high / 2)
        let size = max(right / 2 - left / 2, high / 2 - low / 2)
        scale = size > 0 ? (area.width / 2 - 16) / size : 1
    }

    func pixel(_ point: FigurePoint) -> FigurePoint {
        FigurePoint(
            x: area.left + area.width / 2 + (point.x - centre.x) * scale,
            y: area.top + area.height / 2 - (point.y - centre.y) * scale)
    }
}

/// Directions in which points in space spread most, second and least.
private enum PrincipalAxes {
    static func of(_ points: [[Double]]) -> [[Double]] {
        let mean = (0..<3).map { axis in points.reduce(0) { $0 + $1[axis] } / Double(points.count) }
        var moments = [[Double]](repeating: [0, 0, 0], count: 3)
        for point in points {
            let offset = zip(point, mean).map { $0 - $1 }
            for a in 0..<3 { for b in 0..<3 { moments[a][b] += offset[a] * offset[b] } }
        }
        // Jacobi's rotations of a symmetric 3 × 3 matrix.
        var axes: [[Double]] = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
        for _ in 0..<30 {
            for (p, q) in [(0, 1), (0, 2), (1, 2)] where moments[p][q] != 0 {
                let angle = 0.5 * atan2(2 * moments[p][q], moments[q][q] - moments[p][p])
                let (c, s) = (cos(angle), sin(angle))
                for place in 0..<3 {
                    let (x, y) = (moments[place][p], moments[place][q])
                    (moments[place][p], moments[place][q]) = (c * x - s * y, s * x + c * y)
                }
                for place in 0..<3 {
                    let (x, y) = (moments[p][place], moments[q][place])
                    (moments[p][place], moments[q][place]) = (c * x - s * y, s * x + c * y)
                    let (a, b) = (axes[p][place], axes[q][place])
                    (axes[p][place], axes[q][place]) = (c * a - s * b, s * a + c * b)
                }
            }
        }
        return (0..<3).sorted { moments[$0][$0] > moments[$1][$1] }.map { axes[$0] }
    }
}
