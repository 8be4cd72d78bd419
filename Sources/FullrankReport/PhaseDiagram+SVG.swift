import FullrankStatistics

extension PhaseDiagram {
    /// Above this many cells in a figure, runs of equal cells are drawn as one; above as many runs, an image is.
    public static let largestUnmergedCellCount = 20_000

    private static let margin = 18.0
    private static let axisTitleSize = 13.0
    private static let dashPatterns = ["", "7 4", "2 3", "9 3 2 3", "12 3", "4 2 1 2 1 2"]

    /// A figure of one panel or several, in reading order, with one colour bar, a legend of the overlays, a title and
    /// a caption (problem, trials, seed, method), each wrapped to the figure's width. Panels without cells are left
    /// out. Each cell has hover text, "n = 40, d1 = 120: 87/100", unless they are so many that an image is drawn, which the
    /// caption then says. Cells with another method's counts make a figure of differences. Self-contained SVG 1.1, the same bytes for the same
    /// input.
    ///
    /// - Parameter columns: panels side by side; by default all in a row up to four.
    public static func svg(
        panels: [Panel], title: String, caption: String, columns: Int? = nil, theme: FigureTheme = .light,
        scaleTitle: String? = nil
    ) -> String {
        var canvas = SVGCanvas(theme: theme)
        let columns = max(1, min(columns ?? 4, panels.count))
        let side = [400.0, 310, 260, 240][min(columns, 4) - 1]
        let grids = panels.compactMap { Grid($0, side: side) }
        let areas = layout(grids, side: side, columns: columns, top: 0)
        let barLeft = (areas.map(\.right).max() ?? margin + side) + 24
        let width = barLeft + ColourBar.width + margin

        var top = margin
        top += canvas.paragraph(
            title, x: margin, y: top, width: width - 2 * margin, size: 17, bold: true, fill: theme.ink)
        top += title.isEmpty ? 0 : 6
        let labels = overlayLabels(grids)
        let style = cellStyle(grids)
        var scale = ColourScale(panels: panels)
        if let scaleTitle { scale.title = scaleTitle }
        var caption = caption
        if style == .raster { caption += Raster.note(grids.map { ($0.points.values.count, $0.units.values.count) }) }
        let placed = areas.map { Rectangle(left: $0.left, top: $0.top + top, width: side, height: side) }
        for (index, (grid, area)) in zip(grids, placed).enumerated() {
            draw(grid, in: area, style: style, scale: scale, overlayLabels: labels, on: &canvas)
            if index % columns == 0 {
                let x = area.left - tickLength - 3 - columnLabelWidth(grids, column: 0, of: columns) - 8
                canvas.text(
                    "width d1", x: x, y: area.top + side / 2, size: axisTitleSize, anchor: .middle, fill: theme.ink,
                    rotated: true)
            }
            if index + columns >= grids.count {
                canvas.text(
                    "dataset size n", x: area.left + side / 2, y: area.bottom + tickLength + tickSize + 20,
                    size: axisTitleSize, anchor: .middle, fill: theme.ink)
            }
        }
        if let first = placed.first, let last = placed.last {
            let bar = Rectangle(left: barLeft, top: first.top, width: 14, height: last.bottom - first.top)
            ColourBar.draw(scale, in: bar, on: &canvas)
        }
        var bottom = (placed.last?.bottom ?? top) + tickLength + tickSize + 30
        let seen = zip(grids, placed).flatMap { grid, area in
            grid.panel.overlays.filter { !grid.visiblePath(of: $0, in: area).isEmpty }.map(\.label)
        }
        bottom += drawLegend(labels, seen: Set(seen), top: bottom, width: width, on: &canvas)
        bottom += canvas.paragraph(
            caption, x: margin, y: bottom, width: width - 2 * margin, size: 12, fill: theme.muted)
        return canvas.document(width: width, height: bottom + margin - 6, title: title, description: caption)
    }

    private static func columnLabelWidth(_ grids: [Grid], column: Int, of columns: Int) -> Double {
        stride(from: column, to: grids.count, by: columns).map { grids[$0].unitLabelWidth }.max() ?? 0
    }

    /// Where the heatmaps go, below `top`.
    private static func layout(_ grids: [Grid], side: Double, columns: Int, top: Double) -> [Rectangle] {
        let titleHeight = grids.contains { !$0.panel.title.isEmpty } ? 22.0 : 4
        var lefts = [Double]()
        var x = margin + axisTitleSize + 8
        for column in 0..<columns {
            x += columnLabelWidth(grids, column: column, of: columns) + tickLength + 3
            lefts.append(x)
            x += side + 20
        }
        let rowHeight = titleHeight + side + tickLength + tickSize + 18
        // A short last row leaves axis titles under panels of the row above it.
        let isRagged = grids.count > columns && grids.count % columns != 0
        return grids.indices.map { index in
            let row = index / columns
            return Rectangle(
                left: lefts[index % columns],
                top: top + titleHeight + Double(row) * (rowHeight + (isRagged ? 14 : 0)), width: side, height: side)
        }
    }

    private static func cellStyle(_ grids: [Grid]) -> CellStyle {
        guard grids.reduce(0, { $0 + $1.panel.cells.count }) > largestUnmergedCellCount else { return .single }
        return grids.reduce(0) { $0 + $1.runCount } > largestUnmergedCellCount ? .raster : .merged
    }

    private static func draw(
        _ grid: Grid, in area: Rectangle, style: CellStyle, scale: ColourScale, overlayLabels: [Overlay],
        on canvas: inout SVGCanvas
    ) {
        grid.draw(in: area, style: style, scale: scale, on: &canvas)
        for overlay in grid.panel.overlays {
            grid.draw(overlay, dashes: dashes(of: overlay, among: overlayLabels), in: area, on: &canvas)
        }
        canvas.text(
            grid.panel.title, x: area.left + area.width / 2, y: area.top - 8, size: axisTitleSize, anchor: .middle,
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

    /// A line sample and a label for each overlay, a line each; returns the height.
    private static func drawLegend(
        _ labels: [Overlay], seen: Set<String>, top: Double, width: Double, on canvas: inout SVGCanvas
    ) -> Double {
        var height = 0.0
        for overlay in labels {
            // The sample lies on a colour of the map.
            let swatch = Rectangle(left: margin, top: top + height + 1, width: 32, height: 14)
            let ground = overlay.style == .theory ? 0.12 : 0.7
            canvas.rect(swatch, ["fill": ColourMap.viridis.hex(ground)])
            let y = coordinate(swatch.top + 7)
            canvas.overlayLine(
                "M\(coordinate(swatch.left + 2)) \(y)L\(coordinate(swatch.right - 2)) \(y)",
                dashes: dashes(of: overlay, among: labels), style: overlay.style)
            height += canvas.paragraph(
                overlay.label + (seen.contains(overlay.label) ? "" : " (outside the panels)"), x: margin + 40,
                y: top + height, width: width - 2 * margin - 40, size: 12, fill: canvas.theme.muted)
        }
        return height + (labels.isEmpty ? 0 : 6)
    }
}

extension SVGCanvas {
    /// A curve over a heatmap, or its sample in a legend.
    mutating func overlayLine(_ path: String, dashes: String, style: PhaseDiagram.Overlay.Style) {
        let (casing, line) = style == .theory ? ("#000000", "#ffffff") : ("#ffffff", "#000000")
        element("path", [
            "d": path, "fill": "none", "stroke": casing, "stroke-width": "3", "stroke-opacity": "0.75",
        ])
        let dashing = dashes.isEmpty ? "none" : dashes
        element("path", [
            "d": path, "fill": "none", "stroke": line, "stroke-width": "1.4", "stroke-dasharray": dashing,
        ])
    }
}
