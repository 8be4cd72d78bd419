import FullrankStatistics

extension ThresholdCurve {
    private static let margin = 18.0
    private static let tickSize = 11.0
    private static let axisTitleSize = 13.0

    /// A figure with a legend, a title and a caption, both wrapped to the figure's width. Each median has hover text,
    /// "n = 40: 120 (5% to 95%: 96 to 155)". Self-contained SVG 1.1, the same bytes for the same input.
    public static func svg(
        series: [Series], title: String, caption: String, theme: FigureTheme = .light
    ) -> String {
        var canvas = SVGCanvas(theme: theme)
        let rows = series.flatMap(\.widths)
        let across = Ticks.covering(upTo: rows.map(\.points).max() ?? 1, about: 8)
        let highest = rows.flatMap(\.quantiles).compactMap { $0 }.max() ?? 1
        let up = Ticks.covering(upTo: highest, about: 7)
        let labelWidth = up.map { TextMetrics.width("\($0)", size: tickSize) }.max() ?? 0
        let legendWidth = series.map { TextMetrics.width($0.label, size: 12) }.max() ?? 0
        let left = margin + axisTitleSize + 10 + labelWidth + 8
        let width = left + 520 + 18 + 32 + legendWidth + margin

        var top = margin
        top += canvas.paragraph(
            theme.drawn(title: title), x: margin, y: top, width: width - 2 * margin, size: 17, bold: true,
            fill: theme.ink)
        let area = Rectangle(
            left: left, top: top + (theme.drawn(title: title).isEmpty ? 0 : 10), width: 520, height: 360)
        let plot = Plot(area: area, right: Double(across.last ?? 1), top: Double(up.last ?? 1), series: series)
        drawAxes(plot, across: across, up: up, on: &canvas)
        canvas.text(
            "critical width h(n)", x: margin + axisTitleSize - 2, y: area.top + area.height / 2, size: axisTitleSize,
            anchor: .middle, fill: theme.ink, rotated: true)
        canvas.text(
            "dataset size n", x: area.left + area.width / 2, y: area.bottom + 38, size: axisTitleSize, anchor: .middle,
            fill: theme.ink)
        // Medians above every band, so that no band tints another's line.
        for (index, one) in series.enumerated() {
            let colour = colour(index, of: series.count)
            if series.count > 1 {
                plot.drawBars(one, place: index, colour: colour, on: &canvas)
            } else {
                plot.drawBands(one, colour: colour, on: &canvas)
            }
        }
        for (index, one) in series.enumerated() {
            plot.drawMedian(one, place: index, style: style(index, of: series.count), on: &canvas)
        }
        canvas.rect(area, ["fill": "none", "stroke": theme.ink, "stroke-width": "1"])
        let legendBottom = drawLegend(series, left: area.right + 18, top: area.top, on: &canvas)
        var bottom = max(area.bottom + 50, legendBottom + 10)
        bottom += canvas.paragraph(
            legendNote(series, plot), x: margin, y: bottom, width: width - 2 * margin, size: 12, fill: theme.muted)
        bottom += canvas.paragraph(
            theme.drawn(caption: caption), x: margin, y: bottom, width: width - 2 * margin, size: 12, fill: theme.muted)
        return canvas.document(width: width, height: bottom + margin - 6, title: title, description: caption)
    }

    private static func legendNote(_ series: [Series], _ plot: Plot) -> String {
        var note =
            "Lines: medians. "
            + (series.count > 1
                ? "Bars: middle half (thick) and middle 90% of trials" : "Bands: middle half and middle 90% of trials")
        let cut = series.filter { one in one.largestUnits != nil && one.widths.contains { $0.quantiles.contains(nil) } }
        let ends = Set(cut.compactMap(\.largestUnits)).sorted().map(String.init)
        if !ends.isEmpty { note += ", cut at the largest width tried, \(ends.joined(separator: " or "))" }
        guard series.count > 1 else { return note + "." }
        return note + "." + BarPlaces.note([plot.bars])
    }

    private static func drawAxes(_ plot: Plot, across: [Int], up: [Int], on canvas: inout SVGCanvas) {
        let theme = canvas.theme
        for value in across {
            let foot = plot.pixel(Double(value), 0)
            canvas.line(FigurePoint(x: foot.x, y: plot.area.top), foot, stroke: theme.grid, width: 1)
            canvas.text(
                "\(value)", x: foot.x, y: foot.y + 5 + tickSize, size: tickSize, anchor: .middle, fill: theme.muted)
        }
        for value in up {
            let foot = FigurePoint(x: plot.area.left, y: plot.pixel(0, Double(value)).y)
            canvas.line(foot, FigurePoint(x: plot.area.right, y: foot.y), stroke: theme.grid, width: 1)
            canvas.text(
                "\(value)", x: foot.x - 7, y: foot.y + 4, size: tickSize, anchor: .end, fill: theme.muted)
        }
    }

    private static func drawLegend(
        _ series: [Series], left: Double, top: Double, on canvas: inout SVGCanvas
    ) -> Double {
        var y = top + 8
        for (index, one) in series.enumerated() {
            let style = style(index, of: series.count), colour = style.paint(canvas.theme)
            if series.count > 1 {
                let x = coordinate(left + 12)
                canvas.element(
                    "path",
                    [
                        "class": "bars", "d": "M\(x) \(coordinate(y - 6))L\(x) \(coordinate(y + 6))", "stroke": colour,
                        "stroke-width": "3.5", "stroke-opacity": "0.7",
                    ])
            } else {
                canvas.rect(
                    Rectangle(left: left, top: y - 6, width: 24, height: 12), ["fill": colour, "fill-opacity": "0.3"])
            }
            canvas.element(
                "line",
                [
                    "x1": coordinate(left), "y1": coordinate(y), "x2": coordinate(left + 24), "y2": coordinate(y),
                    "stroke": colour, "stroke-width": "2",
                    "stroke-dasharray": style.dashes.isEmpty ? "none" : style.dashes,
                ])
            canvas.marker(
                style.marker ?? .circle, at: FigurePoint(x: left + 12, y: y), radius: 2.8, fill: colour, hover: nil)
            canvas.text(one.label, x: left + 32, y: y + 4, size: 12, fill: canvas.theme.ink)
            y += 20
        }
        return y
    }
}
