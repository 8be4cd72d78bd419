extension ObstructionFigure {
    /// The square that holds all points; returns where what follows may begin.
    func drawPlane(left: Double, top: Double, on canvas: inout SVGCanvas) -> Double {
        let area = Rectangle(left: left, top: top, width: Self.side, height: Self.side)
        let frame = Frame(area: area, points: points)
        let ink = canvas.theme.muted
        canvas.group(["opacity": boundaryOpacity]) { canvas in
            for boundary in boundaries {
                guard let (from, to) = frame.line(boundary) else { continue }
                canvas.line(from, to, stroke: ink, width: 0.8)
            }
        }
        // The large ones first, and fainter: they hold the others.
        for (index, obstruction) in told.enumerated().sorted(by: { $0.1.points.count > $1.1.points.count }) {
            let hull = convexHull(obstruction.points.map(frame.pixel))
            canvas.element(
                "polygon",
                [
                    "points": hull.map { "\(coordinate($0.x)),\(coordinate($0.y))" }.joined(separator: " "),
                    "fill": Self.colours[index], "fill-opacity": obstruction.points.count > 4 ? "0.06" : "0.18",
                    "stroke": Self.colours[index], "stroke-width": "1.2",
                    "stroke-linejoin": "round",
                ])
        }
        for point in 0..<(points.count / 2) {
            drawDot(point, at: frame.pixel(point), radius: 2.5, fill: canvas.theme.ink, on: &canvas)
        }
        drawRings(frame, on: &canvas)
        canvas.rect(area, ["fill": "none", "stroke": canvas.theme.ink, "stroke-width": "1"])
        let below = area.bottom + (drawTicks(frame, on: &canvas) ? 18 : 0)
        canvas.text(
            "input coordinate 1", x: area.left + Self.side / 2, y: below + 15, size: Self.axisTitleSize,
            anchor: .middle,
            fill: canvas.theme.ink)
        canvas.text(
            "input coordinate 2", x: Self.margin + 11, y: area.top + Self.side / 2, size: Self.axisTitleSize,
            anchor: .middle, fill: canvas.theme.ink, rotated: true)
        return below + 32
    }

    /// Obstructions that share a point show as rings around each other; the dependent point's is the thicker.
    private func drawRings(_ frame: Frame, on canvas: inout SVGCanvas) {
        var rings = [Int: Int]()
        for (index, obstruction) in told.enumerated() {
            for (place, point) in obstruction.points.enumerated() {
                let at = frame.pixel(point)
                let isDependent = place == obstruction.points.count - 1
                canvas.element(
                    "circle",
                    [
                        "cx": coordinate(at.x), "cy": coordinate(at.y),
                        "r": coordinate(5 + 2.5 * Double(rings[point, default: 0])),
                        "fill": "none", "stroke": Self.colours[index], "stroke-width": isDependent ? "2.5" : "1.3",
                    ])
                rings[point, default: 0] += 1
            }
        }
    }

    /// Whether there are any.
    private func drawTicks(_ frame: Frame, on canvas: inout SVGCanvas) -> Bool {
        let area = frame.area, theme = canvas.theme
        let across = Self.ticks(frame.low.x, frame.high.x), up = Self.ticks(frame.low.y, frame.high.y)
        for tick in across {
            let x = frame.pixel(tick.value, frame.low.y).x
            canvas.line(
                FigurePoint(x: x, y: area.bottom), FigurePoint(x: x, y: area.bottom + 4), stroke: theme.ink, width: 1)
            canvas.text(tick.label, x: x, y: area.bottom + 16, size: Self.tickSize, anchor: .middle, fill: theme.muted)
        }
        for tick in up {
            let y = frame.pixel(frame.low.x, tick.value).y
            canvas.line(
                FigurePoint(x: area.left - 4, y: y), FigurePoint(x: area.left, y: y), stroke: theme.ink, width: 1)
            canvas.text(tick.label, x: area.left - 7, y: y + 4, size: Self.tickSize, anchor: .end, fill: theme.muted)
        }
        return !across.isEmpty
    }

    /// Corners in order (Andrew 1979).
    private func convexHull(_ points: [FigurePoint]) -> [FigurePoint] {
        let sorted = Set(points).sorted { ($0.x, $0.y) < ($1.x, $1.y) }
        guard sorted.count > 2 else { return sorted }
        func half(_ points: [FigurePoint]) -> [FigurePoint] {
            var chain = [FigurePoint]()
            for point in points {
                while chain.count > 1 {
                    let a = chain[chain.count - 2], b = chain[chain.count - 1]
                    guard (b.x - a.x) * (point.y - a.y) - (b.y - a.y) * (point.x - a.x) <= 0 else { break }
                    chain.removeLast()
                }
                chain.append(point)
            }
            return chain.dropLast()
        }
        return half(sorted) + half(sorted.reversed())
    }
}

/// Data coordinates to pixels: both axes to one scale, so that angles are true.
private struct Frame {
    let area: Rectangle
    private let points: [Double]
    private let centre: (x: Double, y: Double)
    private let scale: Double

    init(area: Rectangle, points: [Double]) {
        (self.area, self.points) = (area, points)
        // Halved before they are subtracted, because the difference of the largest doubles overflows.
        func middle(_ axis: Int) -> (centre: Double, half: Double) {
            let values = stride(from: axis, to: points.count, by: 2).map { points[$0] / 2 }
            let low = values.min() ?? 0, high = values.max() ?? 0
            return (low + high, high - low)
        }
        let across = middle(0), up = middle(1)
        centre = (across.centre, up.centre)
        let room = area.width / 2 - 24
        let half = max(across.half, up.half)
        scale = half > 0 && (room / half).isFinite ? room / half : 1
    }

    var low: (x: Double, y: Double) {
        (centre.x - area.width / 2 / scale, centre.y - area.height / 2 / scale)
    }
    var high: (x: Double, y: Double) {
        (centre.x + area.width / 2 / scale, centre.y + area.height / 2 / scale)
    }

    func pixel(_ point: Int) -> FigurePoint { pixel(points[2 * point], points[2 * point + 1]) }

    func pixel(_ x: Double, _ y: Double) -> FigurePoint {
        FigurePoint(
            x: area.left + area.width / 2 + (x - centre.x) * scale,
            y: area.top + area.height / 2 - (y - centre.y) * scale)
    }

    /// The part of a boundary that is in the picture, nil if none is.
    func line(_ boundary: ObstructionFigure.Boundary) -> (FigurePoint, FigurePoint)? {
        let (u, v) = (boundary.weights[0], boundary.weights[1])
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
