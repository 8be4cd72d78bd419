/// The labelled bar that shows the meaning of a heatmap's colours: upright, with its least value at the bottom.
enum ColourBar {
    /// Bar, labels and title side by side, in pixels.
    static var width: Double { 14 + 4 + 3 + TextMetrics.width("-0.25", size: 11) + 8 + 13 }

    static func draw(_ scale: ColourScale, in area: Rectangle, on canvas: inout SVGCanvas) {
        let map = scale.map
        let identifier = "fullrank-\(map.name)"
        var gradient = "<linearGradient id=\"\(identifier)\" x1=\"0\" y1=\"1\" x2=\"0\" y2=\"0\">"
        for (index, anchor) in map.anchors.enumerated() {
            let offset = fixed(Double(index) / Double(map.anchors.count - 1), 4)
            gradient += "<stop offset=\"\(offset)\" stop-color=\"\(ColourMap.hex(anchor))\"/>"
        }
        canvas.define(gradient + "</linearGradient>")
        canvas.rect(area, ["fill": "url(#\(identifier))", "stroke": canvas.theme.ink, "stroke-width": "1"])
        for label in scale.labels {
            let y = area.bottom - scale.position(Double(label) ?? 0) * area.height
            canvas.line(
                FigurePoint(x: area.right, y: y), FigurePoint(x: area.right + 4, y: y), stroke: canvas.theme.ink,
                width: 1)
            canvas.text(label, x: area.right + 7, y: y + 4, size: 11, fill: canvas.theme.muted)
        }
        let titleX = area.right + 7 + TextMetrics.width("-0.25", size: 11) + 8 + 10
        canvas.text(
            scale.title, x: titleX, y: area.top + area.height / 2, size: 12, anchor: .middle, fill: canvas.theme.ink,
            rotated: true)
    }
}
