extension ObstructionFigure {
    private static let stripHeight = 46.0
    private static let rowHeight = 34.0
    /// Beside a row, how much it is enlarged.
    private static let factorWidth = 62.0

    /// All points in one strip, then a row for each obstruction; returns where what follows may begin.
    func drawLine(left: Double, top: Double, on canvas: inout SVGCanvas) -> Double {
        let theme = canvas.theme
        let strip = Rectangle(left: left, top: top, width: Self.side, height: Self.stripHeight)
        let whole = Window(over: points, of: strip, share: 0.94)
        drawSwitches(whole, on: &canvas)
        for (index, obstruction) in told.enumerated() {
            // Where the row below is from.
            let marked = obstruction.points.map { whole.x(points[$0]) }
            canvas.line(
                FigurePoint(x: marked.min()! - 3, y: strip.bottom - 5 - 3 * Double(index)),
                FigurePoint(x: marked.max()! + 3, y: strip.bottom - 5 - 3 * Double(index)),
                stroke: Self.colours[index], width: 2.5)
        }
        for (point, value) in points.enumerated() {
            drawDot(point, at: FigurePoint(x: whole.x(value), y: top + 14), radius: 2.5, fill: theme.ink, on: &canvas)
        }
        canvas.rect(strip, ["fill": "none", "stroke": theme.ink, "stroke-width": "1"])
        drawRowTitle("all points", beside: strip, on: &canvas)
        var y = strip.bottom
        let ticks = Self.ticks(whole.low, whole.high)
        for tick in ticks {
            let x = whole.x(tick.value)
            canvas.line(FigurePoint(x: x, y: y), FigurePoint(x: x, y: y + 4), stroke: theme.ink, width: 1)
            canvas.text(tick.label, x: x, y: y + 16, size: Self.tickSize, anchor: .middle, fill: theme.muted)
        }
        y += ticks.isEmpty ? 0 : 18
        let middle = left + Self.side / 2
        canvas.text("input x", x: middle, y: y + 14, size: Self.axisTitleSize, anchor: .middle, fill: theme.ink)
        y += 28
        for (index, obstruction) in told.enumerated() {
            let values = obstruction.points.map { points[$0] }
            let row = Rectangle(left: left, top: y, width: Self.side - Self.factorWidth, height: Self.rowHeight - 6)
            drawRow(
                Window(over: values, of: row, share: 0.6, partOf: whole), obstruction, Self.colours[index], whole,
                on: &canvas)
            drawRowTitle("point \(obstruction.points.last ?? 0)", beside: row, on: &canvas)
            y += Self.rowHeight
        }
        guard !told.isEmpty else { return y }
        let words = "input x, each row enlarged as many times as beside it"
        canvas.text(
            words, x: left + (Self.side - Self.factorWidth) / 2, y: y + 10, size: Self.axisTitleSize, anchor: .middle,
            fill: theme.ink)
        return y + 26
    }

    /// What a row is about, in place of an upward axis, which rows do not have.
    private func drawRowTitle(_ words: String, beside row: Rectangle, on canvas: inout SVGCanvas) {
        canvas.text(
            words, x: row.left - 7, y: row.top + row.height / 2 + 4, size: Self.tickSize, anchor: .end,
            fill: canvas.theme.ink)
    }

    /// Beside the rows.
    var rowTitleWidth: Double {
        told.map { TextMetrics.width("point \($0.points.last ?? 0)", size: Self.tickSize) }.reduce(
            TextMetrics.width("all points", size: Self.tickSize), max) + 7
    }

    private func drawRow(
        _ window: Window, _ obstruction: Obstruction, _ colour: String, _ whole: Window, on canvas: inout SVGCanvas
    ) {
        let row = window.area, middle = row.top + row.height / 2
        drawSwitches(window, on: &canvas)
        let marked = Set(obstruction.points)
        for (point, value) in points.enumerated() where window.holds(value) && !marked.contains(point) {
            drawDot(
                point, at: FigurePoint(x: window.x(value), y: middle), radius: 2.5, fill: canvas.theme.ink, on: &canvas)
        }
        let places = obstruction.points.map { window.x(points[$0]) }
        canvas.line(
            FigurePoint(x: places.min()!, y: middle), FigurePoint(x: places.max()!, y: middle), stroke: colour,
            width: 1.5)
        for (index, point) in obstruction.points.enumerated() {
            let at = FigurePoint(x: places[index], y: middle)
            drawDot(point, at: at, radius: 4, fill: colour, on: &canvas)
            guard index == obstruction.points.count - 1 else { continue }
            canvas.element(
                "circle",
                [
                    "cx": coordinate(at.x), "cy": coordinate(at.y), "r": "7", "fill": "none", "stroke": colour,
                    "stroke-width": "1.5",
                ])
        }
        canvas.rect(row, ["fill": "none", "stroke": colour, "stroke-width": "1"])
        let factor = window.scale / whole.scale
        guard factor > 1.05, factor.isFinite else { return }
        let label =
            "× " + (factor < 10 ? ChartAxis.label((factor * 10).rounded() / 10) : ChartAxis.label(factor.rounded()))
        canvas.text(label, x: row.right + 6, y: middle + 4, size: Self.tickSize, fill: canvas.theme.muted)
    }

    /// The boundaries within the window.
    private func drawSwitches(_ window: Window, on canvas: inout SVGCanvas) {
        let ink = canvas.theme.muted
        canvas.group(["opacity": boundaryOpacity]) { canvas in
            for boundary in boundaries {
                let place = -boundary.bias / boundary.weights[0]
                guard place.isFinite, window.holds(place) else { continue }
                let x = window.x(place)
                canvas.line(
                    FigurePoint(x: x, y: window.area.top), FigurePoint(x: x, y: window.area.bottom), stroke: ink,
                    width: 1)
            }
        }
    }
}

/// A part of the line, drawn to scale in an area.
private struct Window {
    let area: Rectangle
    private let centre: Double
    /// Pixels a unit.
    let scale: Double

    /// The values fill `share` of the width; of a part of another window, all of it rather than be smaller than there, and
    /// at most a billion times as large.
    init(over values: [Double], of area: Rectangle, share: Double, partOf whole: Window? = nil) {
        self.area = area
        // Halved before they are added, because the sum of the largest doubles overflows.
        let low = (values.min() ?? 0) / 2, high = (values.max() ?? 0) / 2
        centre = low + high
        let filling = area.width / 2 / (high - low)
        guard filling.isFinite, filling > 0 else {
            scale = whole?.scale ?? 1
            return
        }
        scale =
            whole.map { min(max(share * filling, min(0.94 * filling, $0.scale)), 1e9 * $0.scale) } ?? share * filling
    }

    func x(_ value: Double) -> Double { area.left + area.width / 2 + (value - centre) * scale }
    func holds(_ value: Double) -> Bool { (area.left...area.right).contains(x(value)) }
    var low: Double { centre - area.width / 2 / scale }
    var high: Double { centre + area.width / 2 / scale }
}
