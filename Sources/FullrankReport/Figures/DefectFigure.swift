/// A grid of two free widths: each cell's dimension, its defect by colour, and whether it is filling.
public enum DefectFigure {
    public struct Cell: Hashable, Sendable {
        public var across: Int
        public var up: Int
        public var dimension: Int
        public var defect: Int
        public var isFilling: Bool
        public var isProved: Bool

        public init(across: Int, up: Int, dimension: Int, defect: Int, isFilling: Bool, isProved: Bool) {
            (self.across, self.up, self.dimension, self.defect) = (across, up, dimension, defect)
            (self.isFilling, self.isProved) = (isFilling, isProved)
        }
    }

    private static let margin = 18.0, tickSize = 11.0, axisTitleSize = 13.0
    /// Of the whole grid, in pixels; cells that have room for it hold their dimension.
    private static let side = 420.0, roomForText = 22.0

    /// - Parameters:
    ///   - cells: one for each pair of widths.
    ///   - axes: what the widths are: "width d1", "width d2".
    public static func svg(
        _ cells: [Cell], axes: (across: String, up: String), title: String, caption: String, theme: FigureTheme = .light
    ) -> String {
        var canvas = SVGCanvas(theme: theme)
        let across = Set(cells.map(\.across)).sorted(), up = Set(cells.map(\.up)).sorted()
        let labelWidth = up.map { TextMetrics.width("\($0)", size: tickSize) }.max() ?? 0
        let cell = max(side / Double(max(across.count, up.count)), 2)
        let left = margin + axisTitleSize + 10 + labelWidth + 8
        let barLeft = left + cell * Double(across.count) + 24, width = max(barLeft + ColourBar.width + margin, 460)
        var top = margin
        top += canvas.paragraph(
            theme.drawn(title: title), x: margin, y: top, width: width - 2 * margin, size: 17, bold: true,
            fill: theme.ink)
        top += 8
        let area = Rectangle(left: left, top: top, width: cell * Double(across.count), height: cell * Double(up.count))
        let most = cells.map(\.defect).max() ?? 0
        let scale = ColourScale.defect(upTo: most)
        for one in cells {
            guard let column = across.firstIndex(of: one.across), let row = up.firstIndex(of: one.up) else { continue }
            let place = Rectangle(
                left: area.left + cell * Double(column), top: area.bottom - cell * Double(row + 1), width: cell,
                height: cell)
            draw(one, in: place, scale, on: &canvas)
        }
        canvas.rect(area, ["fill": "none", "stroke": theme.ink, "stroke-width": "1"])
        drawLabels(across, up, cell, area, on: &canvas)
        canvas.text(
            axes.across, x: area.left + area.width / 2, y: area.bottom + 37, size: axisTitleSize, anchor: .middle,
            fill: theme.ink)
        canvas.text(
            axes.up, x: left - 7 - labelWidth - 9, y: area.top + area.height / 2, size: axisTitleSize, anchor: .middle,
            fill: theme.ink, rotated: true)
        ColourBar.draw(scale, in: Rectangle(left: barLeft, top: area.top, width: 14, height: area.height), on: &canvas)
        var bottom = area.bottom + 50
        let note =
            "A cell's number is the dimension; a frame marks a filling architecture, a dot a dimension that is a lower bound "
            + "only. "
        bottom += canvas.paragraph(
            theme.drawn(caption: note + caption), x: margin, y: bottom, width: width - 2 * margin, size: 12,
            fill: theme.muted)
        return canvas.document(width: width, height: bottom + margin - 6, title: title, description: caption)
    }

    private static func draw(_ cell: Cell, in place: Rectangle, _ scale: ColourScale, on canvas: inout SVGCanvas) {
        let state = (cell.isFilling ? ", filling" : "") + (cell.isProved ? "" : ", a lower bound")
        canvas.rect(
            place, ["class": "cell", "fill": scale.hex(Double(cell.defect))],
            hover: "\(cell.across), \(cell.up): dimension \(cell.dimension), defect \(cell.defect)\(state)")
        // Light letters on the dark end of the map.
        let isDark = scale.position(Double(cell.defect)) < 0.55
        let ink = isDark ? "#ffffff" : "#1a1a1a"
        if cell.isFilling, place.width >= 8 {
            canvas.rect(
                Rectangle(left: place.left + 2, top: place.top + 2, width: place.width - 4, height: place.height - 4),
                ["class": "filling", "fill": "none", "stroke": ink, "stroke-width": "1"])
        }
        let text = "\(cell.dimension)", size = min(12, place.width / 2.4)
        if place.width >= roomForText, TextMetrics.width(text, size: size) < place.width - 6 {
            canvas.text(
                text, x: place.left + place.width / 2, y: place.top + place.height / 2 + size * 0.35, size: size,
                anchor: .middle,
                fill: ink)
        }
        if !cell.isProved, place.width >= 8 {
            canvas.element(
                "circle",
                [
                    "cx": coordinate(place.right - 5), "cy": coordinate(place.top + 5), "r": "1.6", "fill": ink,
                ])
        }
    }

    private static func drawLabels(
        _ across: [Int], _ up: [Int], _ cell: Double, _ area: Rectangle, on canvas: inout SVGCanvas
    ) {
        let theme = canvas.theme
        func room(_ value: Int) -> Double { TextMetrics.width("\(value)", size: tickSize) + 6 }
        let places = Dictionary(uniqueKeysWithValues: across.enumerated().map { ($1, Double($0)) })
        let rows = Dictionary(uniqueKeysWithValues: up.enumerated().map { ($1, Double($0)) })
        for value in Ticks.labelled(
            across, atMost: 24, areApart: { ((places[$1] ?? 0) - (places[$0] ?? 0)) * cell >= room($1) })
        {
            canvas.text(
                "\(value)", x: area.left + cell * ((places[value] ?? 0) + 0.5), y: area.bottom + 5 + tickSize,
                size: tickSize,
                anchor: .middle, fill: theme.muted)
        }
        for value in Ticks.labelled(
            up, atMost: 30, areApart: { ((rows[$1] ?? 0) - (rows[$0] ?? 0)) * cell >= tickSize * 1.4 })
        {
            canvas.text(
                "\(value)", x: area.left - 7, y: area.bottom - cell * ((rows[value] ?? 0) + 0.5) + 4, size: tickSize,
                anchor: .end,
                fill: theme.muted)
        }
    }
}

extension ColourScale {
    /// From 0, labelled at whole numbers.
    fileprivate static func defect(upTo most: Int) -> ColourScale {
        let ticks = Ticks.covering(upTo: max(most, 1), about: 5)
        return ColourScale(
            map: .viridis, low: 0, high: Double(ticks[ticks.count - 1]), labels: ticks.map { "\($0)" },
            title: "defect: expected minus computed dimension")
    }
}
