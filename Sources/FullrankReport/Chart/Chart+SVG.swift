extension Chart {
    private static let margin = 18.0
    private static let tickSize = 11.0
    private static let axisTitleSize = 13.0

    /// Self-contained SVG 1.1, the same bytes for the same chart.
    ///
    /// - Parameter columns: panels side by side; by default all in a row up to three, four or more in rows of two
    ///   where that fills them.
    public func svg(theme: FigureTheme = .light, columns: Int? = nil) -> String {
        var canvas = SVGCanvas(theme: theme)
        let columns = panelColumns(columns)
        let size = panelSize(columns: columns)
        let drawsBars = drawsBars
        // Room for the widest labels of each column.
        var lefts = [Double](), x = Self.margin
        for column in 0..<columns {
            x += Self.axisTitleSize + 10 + labelWidth(column: column, of: columns, height: size.height) + 8
            lefts.append(x)
            x += size.width + 16
        }
        let width = x - 16 + Self.margin + 8

        var top = Self.margin
        top += canvas.paragraph(
            theme.drawn(title: title), x: Self.margin, y: top, width: width - 2 * Self.margin, size: 17, bold: true,
            fill: theme.ink)
        top += theme.drawn(title: title).isEmpty ? 0 : 6
        let titleHeight = panels.contains { !$0.title.isEmpty } ? 22.0 : 6
        let rowHeight = titleHeight + size.height + 54
        for (index, panel) in panels.enumerated() {
            let area = Rectangle(
                left: lefts[index % columns], top: top + titleHeight + Double(index / columns) * rowHeight,
                width: size.width, height: size.height)
            draw(
                panel, in: area, labelWidth: labelWidth(column: index % columns, of: columns, height: size.height),
                dodge: Dodge(panel, width: size.width), on: &canvas)
        }
        var bottom = top + Double((panels.count + columns - 1) / columns) * rowHeight + 6
        bottom += drawLegend(top: bottom, width: width, drawsBars: drawsBars, on: &canvas)
        bottom += canvas.paragraph(
            theme.drawn(caption: caption), x: Self.margin, y: bottom, width: width - 2 * Self.margin, size: 12,
            fill: theme.muted)
        return canvas.document(width: width, height: bottom + Self.margin - 6, title: title, description: caption)
    }

    func panelColumns(_ asked: Int?) -> Int { max(1, min(asked ?? (panels.count == 4 ? 2 : 3), panels.count)) }

    func panelSize(columns: Int) -> (width: Double, height: Double) {
        columns == 1 ? (520, 340) : columns == 2 ? (400, 290) : (320, 270)
    }

    private func upTicks(_ panel: Panel, height: Double) -> [(value: Double, label: String)] {
        Self.thinned(panel.up.ticks(about: 7)) { low, high in
            (panel.up.position(high.value) - panel.up.position(low.value)) * height >= Self.tickSize * 1.4
        }
    }

    private func acrossTicks(_ panel: Panel, width: Double) -> [(value: Double, label: String)] {
        Self.thinned(panel.across.ticks(about: width > 400 ? 8 : 6)) { low, high in
            let room =
                (TextMetrics.width(low.label, size: Self.tickSize) + TextMetrics.width(high.label, size: Self.tickSize))
                / 2
            return (panel.across.position(high.value) - panel.across.position(low.value)) * width >= room + 6
        }
    }

    /// Leaves out labels that would be too near the previous one.
    private static func thinned(
        _ ticks: [(value: Double, label: String)],
        areApart: ((value: Double, label: String), (value: Double, label: String)) -> Bool
    ) -> [(value: Double, label: String)] {
        var kept = [(value: Double, label: String)]()
        for tick in ticks {
            if let last = kept.last, !areApart(last, tick) { continue }
            kept.append(tick)
        }
        return kept
    }

    private func labelWidth(column: Int, of columns: Int, height: Double) -> Double {
        stride(from: column, to: panels.count, by: columns).flatMap { upTicks(panels[$0], height: height) }
            .map { TextMetrics.width($0.label, size: Self.tickSize) }.max() ?? 0
    }

    private func draw(
        _ panel: Panel, in area: Rectangle, labelWidth: Double, dodge: Dodge, on canvas: inout SVGCanvas
    ) {
        let theme = canvas.theme, pad = dodge.pad
        for tick in acrossTicks(panel, width: area.width) {
            let x = area.left + pad + panel.across.position(tick.value) * (area.width - 2 * pad)
            canvas.line(FigurePoint(x: x, y: area.top), FigurePoint(x: x, y: area.bottom), stroke: theme.grid, width: 1)
            canvas.text(
                tick.label, x: x, y: area.bottom + 5 + Self.tickSize, size: Self.tickSize, anchor: .middle,
                fill: theme.muted)
        }
        for tick in upTicks(panel, height: area.height) {
            let y = area.bottom - panel.up.position(tick.value) * area.height
            canvas.line(FigurePoint(x: area.left, y: y), FigurePoint(x: area.right, y: y), stroke: theme.grid, width: 1)
            canvas.text(tick.label, x: area.left - 7, y: y + 4, size: Self.tickSize, anchor: .end, fill: theme.muted)
        }
        for mark in panel.marks { draw(mark, panel, in: area, dodge: dodge, on: &canvas) }
        canvas.rect(area, ["fill": "none", "stroke": theme.ink, "stroke-width": "1"])
        canvas.text(
            panel.title, x: area.left + area.width / 2, y: area.top - 8, size: Self.axisTitleSize, anchor: .middle,
            fill: theme.ink)
        canvas.text(
            panel.across.title, x: area.left + area.width / 2, y: area.bottom + 37, size: Self.axisTitleSize,
            anchor: .middle, fill: theme.ink)
        canvas.text(
            panel.up.title, x: area.left - 7 - labelWidth - 9, y: area.top + area.height / 2, size: Self.axisTitleSize,
            anchor: .middle, fill: theme.ink, rotated: true)
    }

    private func draw(_ mark: Mark, _ panel: Panel, in area: Rectangle, dodge: Dodge, on canvas: inout SVGCanvas) {
        let colour = mark.style.paint(canvas.theme)
        let pad = dodge.pad, left = area.left + pad + dodge.offset(mark.style)
        func pixel(_ point: FigurePoint) -> FigurePoint {
            FigurePoint(
                x: left + panel.across.position(point.x) * (area.width - 2 * pad),
                y: area.bottom - panel.up.position(point.y) * area.height)
        }
        switch mark.shape {
        case .line(let points):
            var path = ""
            var pen: FigurePoint?
            for (from, to) in zip(points, points.dropFirst()) {
                guard let from, let to, let (start, end) = area.clipped(pixel(from), pixel(to)) else { continue }
                if pen != start { path += "M\(coordinate(start.x)) \(coordinate(start.y))" }
                path += "L\(coordinate(end.x)) \(coordinate(end.y))"
                pen = end
            }
            guard !path.isEmpty else { return }
            canvas.element(
                "path",
                [
                    "d": path, "fill": "none", "stroke": colour,
                    "stroke-width": mark.style.colour == nil ? "1.2" : "1.8",
                    "stroke-linejoin": "round",
                    "stroke-dasharray": mark.style.dashes.isEmpty ? "none" : mark.style.dashes,
                ])
        case .band(let low, let high) where dodge.hasBars:
            let barred = zip(low, high).filter { dodge.hasBar(mark.style, at: $0.0.x) }
            Self.drawBars(
                barred.map { pixel($0.0) }, barred.map { pixel($0.1) }, colour: colour, in: area, on: &canvas)
        case .band(let low, let high):
            let corners = area.clippedPolygon((high + low.reversed()).map(pixel))
            guard corners.count > 2 else { return }
            let path = corners.enumerated().map { index, corner in
                (index == 0 ? "M" : "L") + "\(coordinate(corner.x)) \(coordinate(corner.y))"
            }
            canvas.element("path", ["d": path.joined() + "Z", "fill": colour, "fill-opacity": "0.22"])
        case .dots(let points, let hover):
            for (index, point) in points.enumerated() {
                let at = pixel(point)
                guard at.x >= area.left - 0.01, at.x <= area.right + 0.01, at.y >= area.top - 0.01,
                    at.y <= area.bottom + 0.01
                else { continue }
                canvas.marker(
                    mark.style.marker ?? .circle, at: at, radius: points.count > 60 ? 1.4 : 2.8, fill: colour,
                    hover: index < hover.count ? hover[index] : nil)
            }
        }
    }

    /// Samples and labels in rows; returns the height.
    private func drawLegend(top: Double, width: Double, drawsBars: Bool, on canvas: inout SVGCanvas) -> Double {
        var (x, y) = (Self.margin, top)
        for entry in legend {
            let labelWidth = TextMetrics.width(entry.label, size: 12)
            if x > Self.margin, x + 32 + labelWidth > width - Self.margin { (x, y) = (Self.margin, y + 19) }
            let colour = entry.style.paint(canvas.theme)
            let middle = y + 7
            if entry.isBand, drawsBars {
                let sample = Rectangle(left: x, top: middle - 6, width: 24, height: 12)
                let centre = x + 12
                Self.drawBars(
                    [FigurePoint(x: centre, y: middle + 6)], [FigurePoint(x: centre, y: middle - 6)], colour: colour,
                    in: sample,
                    on: &canvas)
            } else if entry.isBand {
                canvas.rect(
                    Rectangle(left: x, top: middle - 6, width: 24, height: 12), ["fill": colour, "fill-opacity": "0.3"])
            }
            canvas.element(
                "path",
                [
                    "d": "M\(coordinate(x)) \(coordinate(middle))L\(coordinate(x + 24)) \(coordinate(middle))",
                    "fill": "none", "stroke": colour, "stroke-width": entry.style.colour == nil ? "1.2" : "2",
                    "stroke-dasharray": entry.style.dashes.isEmpty ? "none" : entry.style.dashes,
                ])
            if let marker = entry.style.marker {
                canvas.marker(marker, at: FigurePoint(x: x + 12, y: middle), radius: 2.8, fill: colour, hover: nil)
            }
            let lines = TextMetrics.lines(entry.label, size: 12, width: width - 2 * Self.margin - 32)
            for (index, line) in lines.enumerated() {
                canvas.text(line, x: x + 31, y: middle + 4 + Double(index) * 17, size: 12, fill: canvas.theme.ink)
            }
            y += Double(max(0, lines.count - 1)) * 17
            x += 32 + labelWidth + 20
        }
        return legend.isEmpty ? 0 : y - top + 26
    }
}

extension SVGCanvas {
    mutating func marker(
        _ shape: Chart.Style.Marker, at point: FigurePoint, radius: Double, fill: String, hover: String?
    ) {
        let (x, y, r) = (point.x, point.y, radius)
        let title = hover.map { "<title>\(XMLText.escaped($0))</title>" }
        func polygon(_ corners: [(Double, Double)]) -> String {
            corners.map { "\(coordinate(x + $0.0 * r)),\(coordinate(y + $0.1 * r))" }.joined(separator: " ")
        }
        switch shape {
        case .circle:
            element(
                "circle", ["cx": coordinate(x), "cy": coordinate(y), "r": coordinate(r), "fill": fill], content: title)
        case .square:
            element(
                "polygon", ["points": polygon([(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)]), "fill": fill],
                content: title)
        case .triangle:
            element(
                "polygon", ["points": polygon([(0, -1.2), (1.1, 0.8), (-1.1, 0.8)]), "fill": fill], content: title)
        case .diamond:
            element(
                "polygon", ["points": polygon([(0, -1.25), (1.25, 0), (0, 1.25), (-1.25, 0)]), "fill": fill],
                content: title)
        }
    }
}
