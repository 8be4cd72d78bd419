import FullrankStatistics

extension PhaseDiagram {
    /// Above this many cells in a figure, runs of equal cells are drawn as one.
    public static let largestUnmergedCellCount = 20_000

    private static let margin = 18.0
    private static let axisTitleSize = 13.0
    private static let dashPatterns = ["", "7 4", "2 3", "9 3 2 3"]

    /// A figure of one panel or several, in reading order, with one colour bar, a legend of the overlays, a title and
    /// a caption (problem, trials, seed, method), each wrapped to the figure's width. Panels without cells are left
    /// out. Each cell has hover text, "n = 40, d1 = 120: 87/100". Self-contained SVG 1.1, the same bytes for the same
    /// input.
    ///
    /// - Parameter columns: panels side by side; by default all in a row up to four.
    public static func svg(
        panels: [Panel], title: String, caption: String, columns: Int? = nil, theme: FigureTheme = .light,
        scaleTitle: String = "fraction of trials of full rank"
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
        let isMerging = grids.reduce(0) { $0 + $1.panel.cells.count } > largestUnmergedCellCount
        let placed = areas.map { Rectangle(left: $0.left, top: $0.top + top, width: side, height: side) }
        for (index, (grid, area)) in zip(grids, placed).enumerated() {
            draw(grid, in: area, merging: isMerging, overlayLabels: labels, on: &canvas)
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
            ColourBar.draw(.viridis, title: scaleTitle, in: bar, on: &canvas)
        }
        var bottom = (placed.last?.bottom ?? top) + tickLength + tickSize + 30
        bottom += drawLegend(labels, top: bottom, width: width, on: &canvas)
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

    private static func draw(
        _ grid: Grid, in area: Rectangle, merging: Bool, overlayLabels: [String], on canvas: inout SVGCanvas
    ) {
        grid.draw(in: area, merging: merging, on: &canvas)
        for overlay in grid.panel.overlays {
            let style = overlayLabels.firstIndex(of: overlay.label) ?? 0
            grid.draw(overlay, dashes: dashPatterns[style % dashPatterns.count], in: area, on: &canvas)
        }
        canvas.text(
            grid.panel.title, x: area.left + area.width / 2, y: area.top - 8, size: axisTitleSize, anchor: .middle,
            fill: canvas.theme.ink)
    }

    private static func overlayLabels(_ grids: [Grid]) -> [String] {
        var labels = [String]()
        for overlay in grids.flatMap(\.panel.overlays) where !labels.contains(overlay.label) {
            labels.append(overlay.label)
        }
        return labels
    }

    /// A line sample and a label for each overlay, a line each; returns the height.
    private static func drawLegend(
        _ labels: [String], top: Double, width: Double, on canvas: inout SVGCanvas
    ) -> Double {
        var height = 0.0
        for (style, label) in labels.enumerated() {
            // The sample lies on a colour of the map: the line is white on dark casing.
            let swatch = Rectangle(left: margin, top: top + height + 1, width: 32, height: 14)
            canvas.rect(swatch, ["fill": ColourMap.viridis.hex(0.12)])
            let y = coordinate(swatch.top + 7)
            canvas.overlayLine(
                "M\(coordinate(swatch.left + 2)) \(y)L\(coordinate(swatch.right - 2)) \(y)",
                dashes: dashPatterns[style % dashPatterns.count])
            height += canvas.paragraph(
                label, x: margin + 40, y: top + height, width: width - 2 * margin - 40, size: 12,
                fill: canvas.theme.muted)
        }
        return height + (labels.isEmpty ? 0 : 6)
    }
}

extension SVGCanvas {
    /// A curve over a heatmap, or its sample in a legend.
    mutating func overlayLine(_ path: String, dashes: String) {
        element("path", [
            "d": path, "fill": "none", "stroke": "#000000", "stroke-width": "3", "stroke-opacity": "0.75",
        ])
        let dashing = dashes.isEmpty ? "none" : dashes
        element("path", [
            "d": path, "fill": "none", "stroke": "#ffffff", "stroke-width": "1.4", "stroke-dasharray": dashing,
        ])
    }
}
