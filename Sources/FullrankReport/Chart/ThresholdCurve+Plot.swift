import FullrankStatistics

extension ThresholdCurve {
    /// The plot's area and what its axes reach, both from 0.
    struct Plot {
        let area: Rectangle
        let right: Double
        let top: Double
        /// Several series have bars, for their bands would lie over each other.
        let bars: BarPlaces

        init(area: Rectangle, right: Double, top: Double, series: [Series]) {
            (self.area, self.right, self.top) = (area, right, top)
            bars = BarPlaces(series.map { Set($0.widths.map { Double($0.points) }) }) { $0 / right * area.width }
        }

        /// Room at both ends for what is moved.
        private var pad: Double { bars.reach > 0 ? bars.reach + 4 : 0 }

        /// - Parameter place: of the series, whose marks are moved aside; nil for axes.
        func pixel(_ n: Double, _ width: Double, place: Int? = nil) -> FigurePoint {
            let aside = place.map { bars.offset(curve: $0) } ?? 0
            return FigurePoint(
                x: area.left + pad + n / right * (area.width - 2 * pad) + aside,
                y: area.bottom - width / top * area.height)
        }

        /// 5% to 95% as a thin bar, the middle half as a thick one; without a cap above if the bar continues there.
        func drawBars(_ series: Series, place: Int, colour: String, on canvas: inout SVGCanvas) {
            let ceiling = series.largestUnits.map { min(Double($0), top) }
            var path = "", thick = ""
            for row in series.widths.sorted(by: { $0.points < $1.points })
            where bars.hasBar(curve: place, at: Double(row.points)) {
                func at(_ width: Double) -> FigurePoint { pixel(Double(row.points), width, place: place) }
                func span(_ low: Int?, _ high: Int?) -> (FigurePoint, FigurePoint)? {
                    guard let low, let upper = high.map(Double.init) ?? ceiling else { return nil }
                    return (at(Double(low)), at(max(upper, Double(low))))
                }
                func stroke(_ ends: (FigurePoint, FigurePoint)) -> String {
                    "M\(coordinate(ends.0.x)) \(coordinate(ends.0.y))L\(coordinate(ends.1.x)) \(coordinate(ends.1.y))"
                }
                func cap(_ end: FigurePoint) -> String {
                    "M\(coordinate(end.x - 2.5)) \(coordinate(end.y))L\(coordinate(end.x + 2.5)) \(coordinate(end.y))"
                }
                if let outer = span(row.q05, row.q95) {
                    path += stroke(outer) + cap(outer.0) + (row.q95 == nil ? "" : cap(outer.1))
                }
                if let inner = span(row.q25, row.q75) { thick += stroke(inner) }
            }
            for (path, width) in [(path, "1.2"), (thick, "3.5")] where !path.isEmpty {
                canvas.element(
                    "path",
                    [
                        "class": "bars", "d": path, "fill": "none", "stroke": colour, "stroke-width": width,
                        "stroke-opacity": "0.7",
                    ])
            }
        }

        func drawBands(_ series: Series, colour: String, on canvas: inout SVGCanvas) {
            let rows = series.widths.sorted { $0.points < $1.points }
            let ceiling = series.largestUnits.map { min(Double($0), top) }
            drawBand(rows, from: \.q05, to: \.q95, ceiling: ceiling, colour: colour, opacity: "0.18", on: &canvas)
            drawBand(rows, from: \.q25, to: \.q75, ceiling: ceiling, colour: colour, opacity: "0.32", on: &canvas)
        }

        func drawMedian(_ series: Series, place: Int, style: Chart.Style, on canvas: inout SVGCanvas) {
            let colour = style.paint(canvas.theme)
            let rows = series.widths.sorted { $0.points < $1.points }
            let medians = rows.map { row in row.q50.map { pixel(Double(row.points), Double($0), place: place) } }
            for run in Self.runs(medians) where run.count > 1 {
                canvas.element(
                    "path",
                    [
                        "d": Self.path(run), "fill": "none", "stroke": colour, "stroke-width": "2",
                        "stroke-linejoin": "round", "stroke-dasharray": style.dashes.isEmpty ? "none" : style.dashes,
                    ])
            }
            // One marker per point, so that each has its hover text; markers are small if there are many.
            let radius = rows.count > 60 ? 1.2 : 2.8
            for (row, median) in zip(rows, medians) {
                guard let median, let q50 = row.q50 else { continue }
                let outer =
                    "\(row.q05.map(String.init) ?? "not reached") to \(row.q95.map(String.init) ?? "not reached")"
                let hover = "n = \(row.points): \(q50) (5% to 95%: \(outer))"
                canvas.marker(style.marker ?? .circle, at: median, radius: radius, fill: colour, hover: hover)
            }
        }

        /// The area between two quantiles; an upper one that was not reached is drawn at `ceiling`.
        private func drawBand(
            _ rows: [WidthStatistics], from low: (WidthStatistics) -> Int?, to high: (WidthStatistics) -> Int?,
            ceiling: Double?, colour: String, opacity: String, on canvas: inout SVGCanvas
        ) {
            let band = rows.map { row -> (low: FigurePoint, high: FigurePoint)? in
                guard let lower = low(row), let upper = high(row).map(Double.init) ?? ceiling else { return nil }
                return (pixel(Double(row.points), Double(lower)), pixel(Double(row.points), max(upper, Double(lower))))
            }
            for run in Self.runs(band) where run.count > 1 {
                canvas.element(
                    "path",
                    [
                        "d": Self.path(run.map(\.high) + run.reversed().map(\.low)) + "Z", "fill": colour,
                        "fill-opacity": opacity,
                    ])
            }
        }

        /// The stretches without gaps.
        private static func runs<Element>(_ elements: [Element?]) -> [[Element]] {
            elements.split { $0 == nil }.map { $0.compactMap { $0 } }
        }

        private static func path(_ points: [FigurePoint]) -> String {
            points.enumerated().map { index, point in
                (index == 0 ? "M" : "L") + coordinate(point.x) + " " + coordinate(point.y)
            }.joined()
        }
    }
}
