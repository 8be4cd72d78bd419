import FullrankStatistics

extension PhaseDiagram {
    /// Above this many cells in a figure, runs of equal cells are drawn as one; above as many runs, an image is.
    public static let largestUnmergedCellCount = 20_000

    private static let margin = 18.0
    private static let axisTitleSize = 13.0
    private static let dashPatterns = ["", "7 4", "2 3", "9 3 2 3", "12 3", "4 2 1 2 1 2"]

    /// A figure of one panel or several, in reading order, with a colour bar, a legend of the overlays, a title and
    /// a caption (problem, trials, seed, method), each wrapped to the figure's width. Panels without cells are left
    /// out. Each cell has hover text, "n = 40, d1 = 120: 87/100", unless they are so many that an image is drawn, which the
    /// caption then says. Cells with another method's counts make panels of differences, with a bar of their own.
    /// Self-contained SVG 1.1, the same bytes for the same input.
    ///
    /// - Parameter columns: panels side by side; by default all in a row up to four.
    public static func svg(
        panels: [Panel], title: String, caption: String, columns: Int? = nil, theme: FigureTheme = .light,
        scaleTitle: String? = nil
    ) -> String {
        let columns = max(1, min(columns ?? 4, panels.count))
        let rows = stride(from: 0, to: panels.count, by: columns).map {
            Array(panels[$0..<min($0 + columns, panels.count)])
        }
        return svg(rows: rows, title: title, caption: caption, theme: theme, scaleTitle: scaleTitle)
    }

    /// The same with rows as they are given, each of fractions or of differences throughout.
    ///
    /// - Parameter side: of a panel, in pixels.
    static func svg(
        rows: [[Panel]], title: String, caption: String, side: Double? = nil, theme: FigureTheme,
        scaleTitle: String? = nil,
        classes: [PartClass] = []
    ) -> String {
        var canvas = SVGCanvas(theme: theme)
        let rows = rows.map { $0.filter { !$0.cells.isEmpty } }.filter { !$0.isEmpty }
        let columns = max(1, rows.map(\.count).max() ?? 1)
        let side = side ?? [400.0, 310, 260, 240][min(columns, 4) - 1]
        let places = rows.indices.flatMap { row in
            rows[row].indices.compactMap { column in
                Grid(rows[row][column], side: side).map { Place(row: row, column: column, grid: $0) }
            }
        }
        let grids = places.map(\.grid)
        let areas = layout(places, side: side, top: 0)
        let barLeft = (areas.map(\.right).max() ?? margin + side) + 24
        let width = classes.isEmpty ? barLeft + ColourBar.width + margin : barLeft - 24 + margin + 6

        var top = margin
        top += canvas.paragraph(
            theme.drawn(title: title), x: margin, y: top, width: width - 2 * margin, size: 17, bold: true,
            fill: theme.ink)
        top += theme.drawn(title: title).isEmpty ? 0 : 6
        let labels = overlayLabels(grids)
        let style = cellStyle(grids)
        var caption = caption
        if style == .raster { caption += Raster.note(grids.map { ($0.points.values.count, $0.units.values.count) }) }
        let placed = areas.map { Rectangle(left: $0.left, top: $0.top + top, width: side, height: side) }
        for bar in bars(places) {
            var scale = ColourScale(panels: bar.map { grids[$0].panel })
            if let scaleTitle { scale.title = scaleTitle }
            for index in bar {
                draw(
                    grids[index], in: placed[index], style: style, scale: scale, classes: classes,
                    overlayLabels: labels,
                    on: &canvas)
            }
            guard classes.isEmpty else { continue }
            let (first, last) = (placed[bar.lowerBound], placed[bar.upperBound - 1])
            ColourBar.draw(
                scale, in: Rectangle(left: barLeft, top: first.top, width: 14, height: last.bottom - first.top),
                on: &canvas)
        }
        for (place, area) in zip(places, placed) {
            let x = area.left - tickLength - 3 - columnLabelWidth(places, column: place.column) - 8
            canvas.text(
                "width d1", x: x, y: area.top + side / 2, size: axisTitleSize, anchor: .middle, fill: theme.ink,
                rotated: true)
            canvas.text(
                "dataset size n", x: area.left + side / 2, y: area.bottom + tickLength + tickSize + 20,
                size: axisTitleSize, anchor: .middle, fill: theme.ink)
        }
        var bottom = (placed.last?.bottom ?? top) + tickLength + tickSize + 30
        let seen = zip(grids, placed).flatMap { grid, area in
            grid.panel.overlays.filter { !grid.visiblePath(of: $0, in: area).isEmpty }.map(\.label)
        }
        bottom += drawClasses(classes, top: bottom, width: width, on: &canvas)
        bottom += drawLegend(labels, seen: Set(seen), top: bottom, width: width, on: &canvas)
        bottom += canvas.paragraph(
            theme.drawn(caption: caption), x: margin, y: bottom, width: width - 2 * margin, size: 12, fill: theme.muted)
        return canvas.document(width: width, height: bottom + margin - 6, title: title, description: caption)
    }

    private struct Place { var row: Int, column: Int, grid: Grid }

    /// Runs of rows that share a colour bar, as indices of panels.
    private static func bars(_ places: [Place]) -> [Range<Int>] {
        var bars = [Range<Int>]()
        for index in places.indices {
            let isSame = index > 0 && places[index - 1].grid.panel.isDifference == places[index].grid.panel.isDifference
            if isSame, let last = bars.popLast() {
                bars.append(last.lowerBound..<(index + 1))
            } else {
                bars.append(index..<(index + 1))
            }
        }
        return bars
    }

    private static func columnLabelWidth(_ places: [Place], column: Int) -> Double {
        places.filter { $0.column == column }.map(\.grid.unitLabelWidth).max() ?? 0
    }

    /// Where the heatmaps go, below `top`.
    private static func layout(_ places: [Place], side: Double, top: Double) -> [Rectangle] {
        let titleHeight = places.contains { !$0.grid.panel.title.isEmpty } ? 22.0 : 4
        var lefts = [Double]()
        var x = margin
        for column in 0...(places.map(\.column).max() ?? 0) {
            x += axisTitleSize + 8 + columnLabelWidth(places, column: column) + tickLength + 3
            lefts.append(x)
            x += side + 12
        }
        let rowHeight = titleHeight + side + tickLength + tickSize + 32
        return places.map { place in
            Rectangle(
                left: lefts[place.column], top: top + titleHeight + Double(place.row) * rowHeight,
                width: side, height: side)
        }
    }

    private static func cellStyle(_ grids: [Grid]) -> CellStyle {
        guard grids.reduce(0, { $0 + $1.panel.cells.count }) > largestUnmergedCellCount else { return .single }
        return grids.reduce(0) { $0 + $1.runCount } > largestUnmergedCellCount ? .raster : .merged
    }

    private static func draw(
        _ grid: Grid, in area: Rectangle, style: CellStyle, scale: ColourScale, classes: [PartClass],
        overlayLabels: [Overlay], on canvas: inout SVGCanvas
    ) {
        grid.draw(in: area, style: style, scale: scale, classes: classes, on: &canvas)
        for overlay in grid.panel.overlays {
            grid.draw(overlay, dashes: dashes(of: overlay, among: overlayLabels), in: area, on: &canvas)
        }
        // Long ones, of many layers say, are set smaller: they must not reach into the next panel's.
        let size =
            axisTitleSize * min(1, (area.width + 24) / max(1, TextMetrics.width(grid.panel.title, size: axisTitleSize)))
        canvas.text(
            grid.panel.title, x: area.left + area.width / 2, y: area.top - 8, size: size, anchor: .middle,
            fill: canvas.theme.ink)
    }

    /// By place among the overlays of its style.
    private static func dashes(of overlay: Overlay, among labels: [Overlay]) -> String {
        let place = labels.filter { $0.style == overlay.style }.firstIndex { $0.label == overlay.label } ?? 0
        return dashPatterns[place % dashPatterns.count]
    }

    /// The first overlay of each label.
    private static func overlayLabels(_ grids: [Grid]) -> [Overlay] {
        var labels = [Overlay]()
        for overlay in grids.flatMap(\.panel.overlays) where !labels.contains(where: { $0.label == overlay.label }) {
            labels.append(overlay)
        }
        return labels
    }

    /// A colour and a label for each class, a line each; returns the height.
    private static func drawClasses(
        _ classes: [PartClass], top: Double, width: Double, on canvas: inout SVGCanvas
    ) -> Double {
        var height = 0.0
        for one in classes {
            let swatch = Rectangle(left: margin, top: top + height + 1, width: 24, height: 13)
            canvas.rect(swatch, ["fill": one.colour])
            height += canvas.paragraph(
                one.label, x: margin + 32, y: top + height, width: width - 2 * margin - 32, size: 12,
                fill: canvas.theme.muted)
        }
        return height + (classes.isEmpty ? 0 : 6)
    }

    /// A line sample and a label for each overlay, a line each; returns the height.
    private static func drawLegend(
        _ labels: [Overlay], seen: Set<String>, top: Double, width: Double, on canvas: inout SVGCanvas
    ) -> Double {
        var height = 0.0
        for overlay in labels {
            // The sample lies on a colour of the map.
            let swatch = Rectangle(left: margin, top: top + height + 1, width: 52, height: 14)
            let ground = overlay.style == .theory ? 0.12 : 0.7
            canvas.rect(swatch, ["fill": ColourMap.viridis.hex(ground)])
            let y = coordinate(swatch.top + 7)
            canvas.overlayLine(
                "M\(coordinate(swatch.left + 2)) \(y)L\(coordinate(swatch.right - 2)) \(y)",
                dashes: dashes(of: overlay, among: labels), style: overlay.style)
            height += canvas.paragraph(
                overlay.label + (seen.contains(overlay.label) ? "" : " (outside the panels)"), x: margin + 60,
                y: top + height, width: width - 2 * margin - 60, size: 12, fill: canvas.theme.muted)
        }
        return height + (labels.isEmpty ? 0 : 6)
    }
}

extension SVGCanvas {
    /// A curve over a heatmap, or its sample in a legend.
    mutating func overlayLine(_ path: String, dashes: String, style: PhaseDiagram.Overlay.Style) {
        let (casing, line) = style == .theory ? ("#000000", "#ffffff") : ("#ffffff", "#000000")
        element(
            "path",
            [
                "d": path, "fill": "none", "stroke": casing, "stroke-width": "3", "stroke-opacity": "0.75",
            ])
        let dashing = dashes.isEmpty ? "none" : dashes
        element(
            "path",
            [
                "d": path, "fill": "none", "stroke": line, "stroke-width": "1.4", "stroke-dasharray": dashing,
            ])
    }
}
