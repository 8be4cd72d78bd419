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
        /// Points-major, nil where the panel has no such cell.
        let cells: [CellStatistics?]
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
            var grid = [CellStatistics?](repeating: nil, count: points.values.count * units.values.count)
            for cell in panel.cells {
                grid[pointIndex[cell.points, default: 0] * units.values.count + unitIndex[cell.units, default: 0]] = cell
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
        func draw(in area: Rectangle, merging: Bool, on canvas: inout SVGCanvas) {
            canvas.rect(area, ["fill": canvas.theme.missing])
            canvas.group(["class": "cells", "shape-rendering": "crispEdges"]) { canvas in
                drawCells(in: area, merging: merging, on: &canvas)
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

        /// A rectangle a cell, or, with `merging`, a rectangle a run of cells of one n with the same counts: a diagram
        /// of a million cells is nearly all 0 and 1.
        private func drawCells(in area: Rectangle, merging: Bool, on canvas: inout SVGCanvas) {
            let map = ColourMap.viridis
            for pointIndex in points.values.indices {
                let left = x(points.edges[pointIndex], in: area)
                let right = x(points.edges[pointIndex + 1], in: area)
                let row = pointIndex * units.values.count
                var first = 0
                while first < units.values.count {
                    var end = first + 1
                    guard let cell = cells[row + first] else {
                        first = end
                        continue
                    }
                    while merging, end < units.values.count, let next = cells[row + end],
                        next.fullRank == cell.fullRank, next.trials == cell.trials
                    {
                        end += 1
                    }
                    let top = y(units.edges[end], in: area)
                    let bottom = y(units.edges[first], in: area)
                    let last = end - 1 > first ? "–\(units.values[end - 1])" : ""
                    canvas.rect(
                        Rectangle(left: left, top: top, width: right - left, height: bottom - top),
                        ["fill": map.hex(cell.probability)],
                        hover: "n = \(cell.points), d1 = \(cell.units)\(last): \(cell.fullRank)/\(cell.trials)")
                    first = end
                }
            }
        }

        /// White on a dark casing: seen on every colour of the map.
        func draw(_ overlay: Overlay, dashes: String, in area: Rectangle, on canvas: inout SVGCanvas) {
            let pixels = overlay.path.map { FigurePoint(x: x($0.x, in: area), y: y($0.y, in: area)) }
            var path = ""
            var pen: FigurePoint?
            for (from, to) in zip(pixels, pixels.dropFirst()) {
                guard let (start, end) = area.clipped(from, to) else { continue }
                if pen != start { path += "M\(coordinate(start.x)) \(coordinate(start.y))" }
                path += "L\(coordinate(end.x)) \(coordinate(end.y))"
                pen = end
            }
            if !path.isEmpty { canvas.overlayLine(path, dashes: dashes) }
        }
    }
}
