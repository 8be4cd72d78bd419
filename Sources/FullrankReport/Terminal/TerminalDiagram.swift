/// Phase diagrams as text, n across and d1 up. A cell is at least half a block in viridis, or a character by its
/// fraction.
///
/// Cells are drawn equally large whatever their n and d1; a grid with more cells than fit is thinned.
public struct TerminalDiagram: Sendable {
    private let panels: [TerminalPanel]

    private let quantity: String

    public static let fullRank = "fraction of full rank"

    /// - Parameter quantity: what the colours represent.
    public init(_ panels: [PhaseDiagram.Panel], quantity: String = fullRank) {
        self.panels = panels.compactMap { TerminalPanel($0) }
        self.quantity = quantity
    }

    /// Characters for fractions 0 to 1 if there is no colour: darker is fuller.
    static let ramp = Array(".:-=+*#%@")

    static func character(_ value: Double) -> Character {
        ramp[min(max(Int((value * Double(ramp.count - 1)).rounded()), 0), ramp.count - 1)]
    }

    /// Lines no wider than the format's columns, each complete in itself. There are at most as many as the format's
    /// rows if the panels can be that small. Empty if not even one cell per column fits.
    public func lines(_ format: TerminalFormat) -> [String] {
        guard !panels.isEmpty, let layout = layout(format) else { return [] }
        var lines = [String]()
        for start in stride(from: 0, to: panels.count, by: layout.perRow) {
            let row = panels[start..<min(start + layout.perRow, panels.count)]
            let drawn = row.map { $0.lines(width: layout.width, height: layout.height, format) }
            for index in 0..<(drawn.map(\.count).max() ?? 0) {
                lines.append(drawn.map { $0[index] }.joined(separator: "  "))
            }
        }
        return lines + [legend(format)]
    }

    /// The lines with line ends.
    public func text(_ format: TerminalFormat) -> String { lines(format).map { $0 + "\n" }.joined() }

    private struct Layout { var perRow: Int, width: Int, height: Int }

    /// The largest drawing that fits, with square cells where both axes have room: width in characters, height in rows
    /// of cells.
    private func layout(_ format: TerminalFormat) -> Layout? {
        let label = panels.map(\.labelWidth).max() ?? 1
        let across = panels.map(\.columns).max() ?? 1, up = panels.map(\.rows).max() ?? 1
        // A character is about twice as high as wide.
        let shape = Double(format.cellsPerLine) / 2
        var best: (layout: Layout, score: Double)?
        for perRow in 1...panels.count {
            let room = (format.columns - 2 * (perRow - 1)) / perRow - label - 1
            guard room >= min(across, 4) else { continue }
            for wanted in [64, 48, 40, 30, 20, 12, 8, 4] {
                let width = Self.fitted(across, into: min(room, wanted))
                let height = Self.fitted(up, into: max(1, Int(Double(width) * shape)))
                let textRows = (height + format.cellsPerLine - 1) / format.cellsPerLine
                let total = (panels.count + perRow - 1) / perRow * (textRows + 2) + 1
                let fits = total <= format.rows
                let score = (fits ? 1e6 : -1e3 * Double(total)) + Double(width * height)
                if score > best?.score ?? -.infinity {
                    best = (Layout(perRow: perRow, width: width, height: height), score)
                }
            }
        }
        return best?.layout
    }

    /// A multiple of `count` as near `room` as fits, or `room` if `count` is larger.
    private static func fitted(_ count: Int, into room: Int) -> Int {
        room >= count ? room / count * count : max(1, room)
    }

    private func legend(_ format: TerminalFormat) -> String {
        var line = TerminalLine(format.colour)
        line.add("0 ")
        for step in 0...16 {
            let value = Double(step) / 16
            if format.colour == .none {
                if step % 2 == 0 { line.add(Self.character(value)) }
            } else {
                line.add(" ", background: ColourMap.viridis.colour(value))
            }
        }
        line.reset()
        for words in [" 1", "  \(quantity)", "; n across, d1 up"]
        where line.text.count < 4 || words == " 1" || format.columns >= 64 {
            line.add(words)
        }
        return line.text
    }
}

/// One heatmap's cells by place.
struct TerminalPanel: Sendable {
    private let title: String
    private let points: [Int]
    private let units: [Int]
    /// Points-major; nil if there is no cell.
    private let values: [Double?]

    init?(_ panel: PhaseDiagram.Panel) {
        guard !panel.cells.isEmpty else { return nil }
        title = panel.title.replacingCeilings
        points = Set(panel.cells.map(\.points)).sorted()
        units = Set(panel.cells.map(\.units)).sorted()
        let pointIndex = Dictionary(uniqueKeysWithValues: zip(points, 0...))
        let unitIndex = Dictionary(uniqueKeysWithValues: zip(units, 0...))
        var grid = [Double?](repeating: nil, count: points.count * units.count)
        for cell in panel.cells where cell.trials > 0 {
            grid[pointIndex[cell.points, default: 0] * units.count + unitIndex[cell.units, default: 0]] = cell.value
        }
        values = grid
    }

    var columns: Int { points.count }
    var rows: Int { units.count }
    var labelWidth: Int { "\(units.last ?? 0)".count }

    /// Title, cells from the top, labels of n: all `labelWidth + 1 + width` wide.
    func lines(width: Int, height: Int, _ format: TerminalFormat) -> [String] {
        let all = labelWidth + 1 + width
        var lines = [Self.padded(String(title.prefix(all)), to: all)]
        /// The row of cells `row` from the top.
        func unit(_ row: Int) -> Int { (height - 1 - row) * units.count / height }
        func value(_ column: Int, _ row: Int) -> Double? {
            row < height ? values[column * points.count / width * units.count + unit(row)] : nil
        }
        let textRows = (height + format.cellsPerLine - 1) / format.cellsPerLine
        for textRow in 0..<textRows {
            let row = textRow * format.cellsPerLine
            let isLabelled = textRow == 0 || textRow == textRows - 1 || (textRows >= 9 && textRow == textRows / 2)
            let last = min(row + format.cellsPerLine, height) - 1
            let number = isLabelled ? "\(units[unit(textRow == textRows - 1 ? last : row)])" : ""
            var line = TerminalLine(format.colour)
            line.add(String(repeating: " ", count: labelWidth - number.count) + number + " ")
            for column in 0..<width {
                let upper = value(column, row)
                switch (format.colour, format.cellsPerLine) {
                case (.none, _): line.add(upper.map(TerminalDiagram.character) ?? " ")
                case (_, 1): line.add(" ", background: upper.map(ColourMap.viridis.colour))
                default:
                    let lower = value(column, row + 1)
                    switch (upper.map(ColourMap.viridis.colour), lower.map(ColourMap.viridis.colour)) {
                    case (nil, nil): line.add(" ")
                    case (nil, let below?): line.add("▄", foreground: below)
                    case (let above?, nil): line.add("▀", foreground: above)
                    case (let above?, let below?): line.add("▀", foreground: above, background: below)
                    }
                }
            }
            line.reset()
            lines.append(line.text)
        }
        let first = "\(points[0])", last = points.count > 1 ? "\(points[points.count - 1])" : ""
        let gap = width - first.count - last.count
        let labels = gap > 0 ? first + String(repeating: " ", count: gap) + last : String(first.prefix(width))
        lines.append(Self.padded(String(repeating: " ", count: labelWidth + 1) + labels, to: all))
        return lines
    }

    private static func padded(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}

extension String {
    /// "d0 = ceil(0.25 n)": brackets that every terminal has.
    fileprivate var replacingCeilings: String {
        split(separator: "⌈", omittingEmptySubsequences: false).joined(separator: "ceil(")
            .split(separator: "⌉", omittingEmptySubsequences: false).joined(separator: ")")
    }
}
