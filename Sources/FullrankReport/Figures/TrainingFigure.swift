import FullrankModel
import FullrankPlatform

/// Rank and loss of a network in training, one above the other, against the step. Self-contained SVG 1.1, the same
/// bytes for the same input.
public enum TrainingFigure {
    private static let margin = 18.0
    private static let tickSize = 11.0
    private static let plotWidth = 560.0
    private static let plotHeight = 190.0
    private static let left = 92.0

    /// - Parameter points: n, at which the rank is full.
    public static func svg(
        _ rows: [TrainingRow], points: Int, title: String, caption: String, theme: FigureTheme = .light
    ) -> String {
        var canvas = SVGCanvas(theme: theme)
        let width = left + plotWidth + 30
        let last = rows.last?.step ?? 0
        let across = Ticks.covering(upTo: last, about: 8)
        let end = Double(across.last ?? 1)
        var top = margin
        top += canvas.paragraph(
            theme.drawn(title: title), x: margin, y: top, width: width - 2 * margin, size: 17, bold: true,
            fill: theme.ink)

        let ranks = Rectangle(left: left, top: top + 12, width: plotWidth, height: plotHeight)
        // Room above full rank for its line and label.
        let ticks = Ticks.covering(upTo: max(points, rows.map(\.rank).max() ?? 0) + points / 10 + 1, about: 5)
        let upper = Double(ticks.last ?? 1)
        func x(_ step: Int) -> Double { left + Double(step) / end * plotWidth }
        grid(across.map { (x($0), "\($0)") }, in: ranks, on: &canvas)
        marks(ticks.map { (ranks.bottom - Double($0) / upper * plotHeight, "\($0)") }, in: ranks, on: &canvas)
        let full = ranks.bottom - Double(points) / upper * plotHeight
        canvas.element(
            "line",
            [
                "x1": coordinate(left), "y1": coordinate(full), "x2": coordinate(ranks.right), "y2": coordinate(full),
                "stroke": theme.ink, "stroke-width": "1", "stroke-dasharray": "6 4",
            ])
        canvas.text(
            "full rank: \(points)", x: ranks.right - 6, y: full - 5, size: tickSize, anchor: .end, fill: theme.muted)
        curve(
            rows.map { row in
                (
                    FigurePoint(x: x(row.step), y: ranks.bottom - Double(row.rank) / upper * plotHeight),
                    "step \(row.step): rank \(row.rank)"
                )
            }, colour: ThresholdCurve.colours[0], on: &canvas)
        frame(ranks, title: "rank of the Jacobian", on: &canvas)

        let losses = Rectangle(left: left, top: ranks.bottom + 60, width: plotWidth, height: plotHeight)
        let exponents = rows.filter { $0.loss > 0 }.map { FullrankPlatform.log10($0.loss) }
        // Powers of ten that a float64 holds: a run that diverges may end near the largest.
        let low = min(max((exponents.min() ?? 0).rounded(.down), -323), 307)
        let high = min(max((exponents.max() ?? 0).rounded(.up), low + 1), 308)
        func y(_ exponent: Double) -> Double { losses.bottom - (exponent - low) / (high - low) * plotHeight }
        grid(across.map { (x($0), "\($0)") }, in: losses, on: &canvas)
        let decades = Array(stride(from: low, through: high, by: max(1, ((high - low) / 6).rounded(.up))))
        marks(decades.map { (y($0), ChartAxis.label(FullrankPlatform.pow(10, $0))) }, in: losses, on: &canvas)
        curve(
            rows.filter { $0.loss > 0 }.map { row in
                (
                    FigurePoint(x: x(row.step), y: y(FullrankPlatform.log10(row.loss))),
                    "step \(row.step): loss \(row.loss)"
                )
            }, colour: ThresholdCurve.colours[1], on: &canvas)
        frame(losses, title: "loss", on: &canvas)

        var bottom = losses.bottom + 52
        bottom += canvas.paragraph(
            theme.drawn(caption: caption), x: margin, y: bottom, width: width - 2 * margin, size: 12, fill: theme.muted)
        return canvas.document(width: width, height: bottom + margin - 6, title: title, description: caption)
    }

    private static func grid(_ lines: [(x: Double, label: String)], in area: Rectangle, on canvas: inout SVGCanvas) {
        for line in lines {
            canvas.line(
                FigurePoint(x: line.x, y: area.top), FigurePoint(x: line.x, y: area.bottom), stroke: canvas.theme.grid,
                width: 1)
            canvas.text(
                line.label, x: line.x, y: area.bottom + 5 + tickSize, size: tickSize, anchor: .middle,
                fill: canvas.theme.muted)
        }
    }

    private static func marks(_ lines: [(y: Double, label: String)], in area: Rectangle, on canvas: inout SVGCanvas) {
        for line in lines {
            canvas.line(
                FigurePoint(x: area.left, y: line.y), FigurePoint(x: area.right, y: line.y), stroke: canvas.theme.grid,
                width: 1)
            canvas.text(
                line.label, x: area.left - 7, y: line.y + 4, size: tickSize, anchor: .end, fill: canvas.theme.muted)
        }
    }

    private static func frame(_ area: Rectangle, title: String, on canvas: inout SVGCanvas) {
        canvas.rect(area, ["fill": "none", "stroke": canvas.theme.ink, "stroke-width": "1"])
        canvas.text(
            title, x: margin + 11, y: area.top + area.height / 2, size: 13, anchor: .middle, fill: canvas.theme.ink,
            rotated: true)
        canvas.text(
            "step", x: area.left + plotWidth / 2, y: area.bottom + 38, size: 13, anchor: .middle, fill: canvas.theme.ink
        )
    }

    /// A line, and one marker with hover text for each row, small if there are many.
    private static func curve(_ points: [(at: FigurePoint, hover: String)], colour: String, on canvas: inout SVGCanvas)
    {
        let path = points.enumerated().map { index, point in
            (index == 0 ? "M" : "L") + coordinate(point.at.x) + " " + coordinate(point.at.y)
        }.joined()
        if points.count > 1 {
            canvas.element(
                "path",
                [
                    "d": path, "fill": "none", "stroke": colour, "stroke-width": "2", "stroke-linejoin": "round",
                ])
        }
        for point in points {
            canvas.element(
                "circle",
                [
                    "cx": coordinate(point.at.x), "cy": coordinate(point.at.y), "r": points.count > 60 ? "1" : "2.5",
                    "fill": colour,
                ], content: "<title>\(XMLText.escaped(point.hover))</title>")
        }
    }
}
