extension Chart {
    private static let capWidth = 4.0

    /// Whether the intervals of curves are drawn as bars beside each other: bands of several curves that lie over each
    /// other all look grey. A curve that is alone in its panel keeps its band.
    public var drawsBars: Bool { panels.contains { Self.intervals($0).count > 1 } }

    /// "bars" or "bands": what a caption calls them.
    public var intervalWord: String { drawsBars ? "bars" : "bands" }

    /// For the caption; empty without bars.
    public var barNote: String {
        guard drawsBars else { return "" }
        let width = panelSize(columns: panelColumns(nil)).width
        return BarPlaces.note(panels.filter { Self.intervals($0).count > 1 }.map { Self.places($0, width: width) })
    }

    /// Where the intervals of each curve of a panel lie.
    private static func intervals(_ panel: Panel) -> [(style: Style, low: [FigurePoint])] {
        panel.marks.compactMap { if case .band(let low, _) = $0.shape { ($0.style, low) } else { nil } }
    }

    private static func places(_ panel: Panel, width: Double) -> BarPlaces {
        BarPlaces(intervals(panel).map { Set($0.low.map(\.x)) }) { panel.across.position($0) * width }
    }

    /// How far each curve of a panel is moved across, and where it has bars.
    struct Dodge {
        let places: BarPlaces
        private var curves: [Style: Int] = [:]

        /// - Parameter width: of the panel, in pixels.
        init(_ panel: Panel, width: Double) {
            places = Chart.places(panel, width: width)
            for (place, one) in Chart.intervals(panel).enumerated() { curves[one.style] = place }
        }

        var hasBars: Bool { curves.count > 1 }
        /// Pixels at both ends of the panel, for what is moved.
        var pad: Double { hasBars && places.reach > 0 ? places.reach + capWidth : 0 }
        func offset(_ style: Style) -> Double { curves[style].map { places.offset(curve: $0) } ?? 0 }
        func hasBar(_ style: Style, at value: Double) -> Bool {
            curves[style].map { places.hasBar(curve: $0, at: value) } ?? false
        }
    }

    /// An upright bar with caps at both ends for each interval, at most from edge to edge of the panel.
    static func drawBars(
        _ low: [FigurePoint], _ high: [FigurePoint], colour: String, in area: Rectangle, on canvas: inout SVGCanvas
    ) {
        var path = ""
        for (low, high) in zip(low, high) where (area.left...area.right).contains(low.x) {
            let bottom = min(low.y, area.bottom), top = max(high.y, area.top)
            guard top <= bottom else { continue }
            let x = coordinate(low.x)
            path += "M\(x) \(coordinate(bottom))L\(x) \(coordinate(top))"
            for (end, isInside) in [(bottom, low.y <= area.bottom), (top, high.y >= area.top)] where isInside {
                let y = coordinate(end)
                path += "M\(coordinate(low.x - capWidth / 2)) \(y)L\(coordinate(low.x + capWidth / 2)) \(y)"
            }
        }
        guard !path.isEmpty else { return }
        canvas.element(
            "path",
            [
                "class": "bars", "d": path, "fill": "none", "stroke": colour, "stroke-width": "1.2",
                "stroke-opacity": "0.8",
            ])
    }
}
