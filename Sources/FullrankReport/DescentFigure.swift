/// Where descents end: shares of starts by how many units are on a boundary, and by loss.
public struct DescentFigure: Sendable {
    public struct Bar: Hashable, Sendable {
        public var label: String
        /// Shares of all starts: at the least loss known for their problem, and above it.
        public var best: Double
        public var bad: Double
        public init(label: String, best: Double, bad: Double) { (self.label, self.best, self.bad) = (label, best, bad) }
    }

    let units: [Bar]
    let losses: [Bar]
    let title: String
    let caption: String

    /// - Parameters:
    ///   - units: one bar for each number of units on a boundary.
    ///   - losses: one bar for each interval of the loss, relative to that of the function 0.
    public init(units: [Bar], losses: [Bar], title: String, caption: String) {
        (self.units, self.losses, self.title, self.caption) = (units, losses, title, caption)
    }

    private static let height = 260.0

    /// Self-contained SVG.
    public func svg(theme: FigureTheme = .light) -> String {
        var canvas = SVGCanvas(theme: theme)
        let margin = 20.0, before = 44.0, gap = 64.0
        let widths = [max(160, 60 * Double(units.count)), max(320, 26 * Double(losses.count))]
        let width = 2 * margin + before + widths[0] + gap + widths[1]
        var top = margin
        top +=
            canvas.paragraph(
                theme.drawn(title: title), x: margin, y: top, width: width - 2 * margin, size: 17, bold: true,
                fill: theme.ink) + 12
        var left = margin + before
        for (place, (bars, words)) in [
            (units, "units on a boundary"), (losses, "loss at the end / loss of the function 0"),
        ].enumerated() {
            let area = Rectangle(left: left, top: top, width: widths[place], height: Self.height)
            draw(bars, area, words, on: &canvas)
            left += widths[place] + gap
        }
        canvas.text(
            "share of starts", x: margin + 10, y: top + Self.height / 2, size: 13, anchor: .middle, fill: theme.ink,
            rotated: true)
        var y = top + Self.height + 46
        var x = margin
        for (words, colour) in [("at the least loss reached", Self.best), ("bad: a better end is known", Self.bad)] {
            canvas.rect(Rectangle(left: x, top: y, width: 14, height: 14), ["fill": colour])
            canvas.text(words, x: x + 20, y: y + 11, size: 12, fill: theme.ink)
            x += 44 + TextMetrics.width(words, size: 12)
        }
        y += 28
        y += canvas.paragraph(
            theme.drawn(caption: caption), x: margin, y: y, width: width - 2 * margin, size: 12, fill: theme.muted)
        return canvas.document(width: width, height: y + margin, title: title, description: caption)
    }

    private static let best = LandscapeFigure.Holding.global.colour, bad = LandscapeFigure.Holding.bad.colour

    private func draw(_ bars: [Bar], _ area: Rectangle, _ words: String, on canvas: inout SVGCanvas) {
        let theme = canvas.theme, step = area.width / Double(max(bars.count, 1))
        let most = max(bars.map { $0.best + $0.bad }.max() ?? 0, 1e-12)
        for share in [0.0, 0.5, 1.0] {
            let y = area.bottom - share * area.height
            canvas.line(FigurePoint(x: area.left, y: y), FigurePoint(x: area.right, y: y), stroke: theme.grid, width: 1)
            canvas.text(
                "\(Double((share * most * 1000).rounded()) / 1000)", x: area.left - 5, y: y + 4, size: 11, anchor: .end,
                fill: theme.muted)
        }
        let stride = max(1, Int((44 / step).rounded(.up)))
        for (place, bar) in bars.enumerated() {
            let left = area.left + (Double(place) + 0.1) * step
            var bottom = area.bottom
            for (share, colour) in [(bar.best, Self.best), (bar.bad, Self.bad)] where share > 0 {
                let height = share / most * area.height
                canvas.rect(
                    Rectangle(left: left, top: bottom - height, width: 0.8 * step, height: height),
                    ["class": "bar", "fill": colour],
                    hover: "\(bar.label): \(Double((share * 10_000).rounded()) / 10_000)")
                bottom -= height
            }
            guard place % stride == 0 else { continue }
            canvas.text(
                bar.label, x: left + 0.4 * step, y: area.bottom + 15, size: 11, anchor: .middle, fill: theme.muted)
        }
        canvas.text(
            words, x: area.left + area.width / 2, y: area.bottom + 34, size: 13, anchor: .middle, fill: theme.ink)
    }
}
