import FullrankModel
import FullrankStatistics

extension PhaseDiagram {
    static let tickSize = 11.0
    static let tickLength = 4.0

    /// A panel measured: its axes, its cells on the grid, the labels of its axes.
    struct Grid {
        let panel: Panel
        let points: CellAxis
        let units: CellAxis
        /// Points-major, nil if the panel has no such cell.
        let cells: [Cell?]
        let pointTicks: [Int]
        let unitTicks: [Int]

        /// nil for a panel without cells. `side` is the length of both axes in pixels.
        init?(_ panel: Panel, side: Double) {
            guard !panel.cells.isEmpty else { return nil }
            self.panel = panel
            points = CellAxis(Set(panel.cells.map(\.points)).sorted())
            units = CellAxis(Set(panel.cells.map(\.units)).sorted())
            let pointIndex = Dictionary(uniqueKeysWithValues: zip(points.values, 0...))
            let unitIndex = Dictionary(uniqueKeysWithValues: zip(units.values, 0...))
            var grid = [Cell?](repeating: nil, count: points.values.count * units.values.count)
            for cell in panel.cells {
                grid[pointIndex[cell.points, default: 0] * units.values.count + unitIndex[cell.units, default: 0]] =
                    cell
            }
            cells = grid
            let (across, up) = (points, units)
            pointTicks = Ticks.labelled(across.values, atMost: 10) { low, high in
                let widths = [low, high].map { TextMetrics.width("\($0)", size: tickSize) }
                let distance = (across.position(Double(high)) - across.position(Double(low))) * side
                return distance >= (widths[0] + widths[1]) / 2 + 5
            }
            unitTicks = Ticks.labelled(up.values, atMost: 10) { low, high in
                (up.position(Double(high)) - up.position(Double(low))) * side >= tickSize * 1.5
            }
        }

        var unitLabelWidth: Double {
            unitTicks.map { TextMetrics.width("\($0)", size: tickSize) }.max() ?? 0
        }

        func x(_ value: Double, in area: Rectangle) -> Double { area.left + points.position(value) * area.width }
        func y(_ value: Double, in area: Rectangle) -> Double { area.bottom - units.position(value) * area.height }

        /// Cells, frame, ticks and their labels; the axis titles are the figure's.
        func draw(
            in area: Rectangle, style: CellStyle, scale: ColourScale, classes: [PartClass] = [],
            on canvas: inout SVGCanvas
        ) {
            canvas.rect(area, ["fill": classes.isEmpty ? canvas.theme.missing : canvas.theme.background])
            if !classes.isEmpty {
                canvas.group(["class": "cells"]) { drawBars(classes, in: area, on: &$0) }
            } else if style == .raster {
                drawRaster(in: area, scale: scale, on: &canvas)
            } else {
                canvas.group(["class": "cells", "shape-rendering": "crispEdges"]) { canvas in
                    drawCells(in: area, merging: style == .merged, scale: scale, on: &canvas)
                }
            }
            canvas.rect(area, ["fill": "none", "stroke": canvas.theme.ink, "stroke-width": "1"])
            for value in pointTicks {
                let x = x(Double(value), in: area)
                let end = area.bottom + tickLength
                canvas.line(
                    FigurePoint(x: x, y: area.bottom), FigurePoint(x: x, y: end), stroke: canvas.theme.ink, width: 1)
                canvas.text(
                    "\(value)", x: x, y: end + tickSize, size: tickSize, anchor: .middle, fill: canvas.theme.muted)
            }
            for value in unitTicks {
                let y = y(Double(value), in: area)
                let end = area.left - tickLength
                canvas.line(
                    FigurePoint(x: area.left, y: y), FigurePoint(x: end, y: y), stroke: canvas.theme.ink, width: 1)
                canvas.text(
                    "\(value)", x: end - 3, y: y + tickSize * 0.36, size: tickSize, anchor: .end,
                    fill: canvas.theme.muted)
            }
        }

        /// The runs of cells of one n with the same counts, or, without merging, the cells: indices of the first and
        /// behind the last in `cells`.
        private func runs(_ pointIndex: Int, merging: Bool) -> [Range<Int>] {
            let row = pointIndex * units.values.count
            var runs = [Range<Int>]()
            var first = row
            while first < row + units.values.count {
                var end = first + 1
                if let cell = cells[first] {
                    while merging, end < row + units.values.count, let next = cells[end],
                        next.fullRank == cell.fullRank, next.trials == cell.trials, next.other == cell.other
                    {
                        end += 1
                    }
                    runs.append(first..<end)
                }
                first = end
            }
            return runs
        }

        var runCount: Int { points.values.indices.reduce(0) { $0 + runs($1, merging: true).count } }

        /// As `coordinate` writes it: rounded before sizes are taken, or hairlines show between cells.
        private func written(_ value: Double) -> Double { (value * 100).rounded() / 100 }

        /// One rectangle per cell, or, with `merging`, one rectangle per run of cells of one n with the same counts: in
        /// a diagram of many cells nearly all fractions are 0 or 1.
        private func drawCells(in area: Rectangle, merging: Bool, scale: ColourScale, on canvas: inout SVGCanvas) {
            for pointIndex in points.values.indices {
                let left = written(x(points.edges[pointIndex], in: area))
                let right = written(x(points.edges[pointIndex + 1], in: area))
                let row = pointIndex * units.values.count
                for run in runs(pointIndex, merging: merging) {
                    guard let cell = cells[run.lowerBound] else { continue }
                    let top = written(y(units.edges[run.upperBound - row], in: area))
                    let bottom = written(y(units.edges[run.lowerBound - row], in: area))
                    let last = run.count > 1 ? "–\(units.values[run.upperBound - 1 - row])" : ""
                    canvas.rect(
                        Rectangle(left: left, top: top, width: right - left, height: bottom - top),
                        ["fill": scale.hex(cell.value)],
                        hover: "n = \(cell.points), d1 = \(cell.units)\(last): \(cell.counts)")
                }
            }
        }

        /// One bar per cell, its length all trials.
        private func drawBars(_ classes: [PartClass], in area: Rectangle, on canvas: inout SVGCanvas) {
            for (place, cell) in cells.enumerated() {
                guard let cell, let parts = cell.parts else { continue }
                let (point, unit) = (place / units.values.count, place % units.values.count)
                let left = x(points.edges[point], in: area), right = x(points.edges[point + 1], in: area)
                let top = y(units.edges[unit + 1], in: area), bottom = y(units.edges[unit], in: area)
                // A gap, so that bars are told apart.
                let gap = min(1, min(right - left, bottom - top) / 8)
                let length = right - left - 2 * gap
                var from = left + gap, words = [String](), rest = cell.trials
                for one in classes {
                    let count = one.index < 0 ? rest : parts[one.index]
                    guard count > 0 else { continue }
                    rest -= count
                    words.append("\(count) \(one.label)")
                    let size = length * Double(count) / Double(cell.trials)
                    canvas.rect(
                        Rectangle(left: from, top: top + gap, width: size, height: bottom - top - 2 * gap),
                        ["fill": one.colour],
                        hover: "n = \(cell.points), d1 = \(cell.units): \(words.last ?? "") of \(cell.trials)")
                    from += size
                }
            }
        }

        /// White on a dark casing, or the other way round: seen on every colour of the map.
        func draw(_ overlay: Overlay, dashes: String, in area: Rectangle, on canvas: inout SVGCanvas) {
            let band = overlay.band
            if !band.isEmpty {
                let corners = (band.map(\.high) + band.reversed().map(\.low)).map { pixel($0, in: area) }
                let path = area.clippedPolygon(corners).enumerated().map { index, corner in
                    (index == 0 ? "M" : "L") + "\(coordinate(corner.x)) \(coordinate(corner.y))"
                }
                if path.count > 2 {
                    canvas.element(
                        "path",
                        [
                            "d": path.joined() + "Z", "fill": "#ffffff", "fill-opacity": "0.22", "stroke": "#ffffff",
                            "stroke-width": "0.6", "stroke-opacity": "0.7",
                        ])
                }
            }
            let path = visiblePath(of: overlay, in: area)
            if !path.isEmpty { canvas.overlayLine(path, dashes: dashes, style: overlay.style) }
        }

        private func pixel(_ point: FigurePoint, in area: Rectangle) -> FigurePoint {
            FigurePoint(x: x(point.x, in: area), y: y(point.y, in: area))
        }

        /// Path data of what lies inside the panel; empty if nothing does.
        func visiblePath(of overlay: Overlay, in area: Rectangle) -> String {
            let pixels = overlay.path.map { pixel($0, in: area) }
            var path = ""
            var pen: FigurePoint?
            for (from, to) in zip(pixels, pixels.dropFirst()) {
                guard let (start, end) = area.clipped(from, to) else { continue }
                if pen != start { path += "M\(coordinate(start.x)) \(coordinate(start.y))" }
                path += "L\(coordinate(end.x)) \(coordinate(end.y))"
                pen = end
            }
            return path
        }
    }

    /// How cells become marks.
    enum CellStyle { case single, merged, raster }
}
