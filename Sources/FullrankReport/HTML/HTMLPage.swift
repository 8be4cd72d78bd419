import FullrankModel
import FullrankStatistics

/// One HTML page that needs nothing else: headings and what stands below them. Nothing is loaded from elsewhere, no
/// script runs, and it prints. XML as well, so that it can be checked as such.
public struct HTMLPage: Sendable {
    private let heading: String
    private var body: String

    public init(heading: String) {
        self.heading = heading
        body = HTMLText.element("h1", heading) + "\n"
    }

    mutating func addSection(_ heading: String, markup: String) {
        body += "<section>\n" + HTMLText.element("h2", heading) + "\n" + markup + "</section>\n"
    }

    public mutating func addText(_ heading: String, _ paragraphs: [String]) {
        addSection(heading, markup: paragraphs.map(HTMLText.paragraph).joined())
    }

    /// Figures with links that hold the numbers in them.
    public mutating func addFigures(_ figures: [Figure]) {
        if figures.isEmpty { return }
        addSection("Figures", markup: figures.map(Self.markup).joined())
    }

    /// Each with its caption; the first row is the head.
    ///
    /// - Parameter files: whole tables, which links hold, after the note.
    public mutating func addTables(
        _ heading: String, _ tables: [(caption: String, rows: [[String]])], note: String, files: [Figure.Table] = []
    ) {
        let text = tables.map { HTMLText.table($0.rows, caption: $0.caption) }.joined()
        let links = files.map { " " + HTMLText.download($0.csv, name: "\($0.name).csv") }.joined(separator: ",")
        addSection(
            heading,
            markup: "<div class=\"tables\">\n\(text)</div>\n<p class=\"small\">" + XMLText.escaped(note) + links
                + "</p>\n")
    }

    /// A command, words on it, and facts as names and values.
    public mutating func addCommand(
        _ heading: String, _ command: String, words: String, facts: [(name: String, value: String)]
    ) {
        let rows = facts.map { "<tr>" + HTMLText.element("th", $0.name) + HTMLText.element("td", $0.value) + "</tr>\n" }
        addSection(
            heading,
            markup: HTMLText.element("pre", command) + "\n" + HTMLText.paragraph(words)
                + "<table class=\"facts\">\n\(rows.joined())</table>\n")
    }

    private static func markup(_ figure: Figure) -> String {
        let links = figure.tables.map { HTMLText.download($0.csv, name: "\($0.name).csv") }.joined(separator: ", ")
        return "<figure>\n" + figure.svg + "<figcaption>The numbers in this figure: " + links
            + ".</figcaption>\n</figure>\n"
    }

    /// The page, the same bytes for the same content.
    public func html() -> String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8"/>
        <meta name="viewport" content="width=device-width, initial-scale=1"/>
        \(HTMLText.element("title", heading))
        <style>
        \(HTMLText.style)
        </style>
        </head>
        <body>
        \(body)</body>
        </html>

        """
    }

    /// A table of h(n).
    ///
    /// - Parameters:
    ///   - largest: width tried.
    ///   - isDeep: widths are of the last of several hidden layers, and k is not all the columns that a unit has.
    public static func widthRows(
        _ widths: [WidthStatistics], bias: Bool, largest: Int, isDeep: Bool = false
    ) -> [[String]] {
        let chosen = Set(CriticalWidthSamples.selection(widths.map(\.points), atMost: tableSide))
        var rows = [
            ["n"] + (isDeep ? [] : ["n/k rounded up"]) + ["trials", "5%", isDeep ? "50%" : "median", "95%", "reached"]
        ]
        for row in widths where chosen.contains(row.points) {
            let k = max(row.inputDimension + (bias ? 1 : 0), 1)
            var cells = ["\(row.points)"]
            if !isDeep { cells.append("\((row.points + k - 1) / k)") }
            cells.append("\(row.trials)")
            for quantile in [row.q05, row.q50, row.q95] { cells.append(quantile.map { "\($0)" } ?? "> \(largest)") }
            cells.append("\(row.reached)")
            rows.append(cells)
        }
        return rows
    }

    /// A table of fractions, d1 upwards as in the figures.
    public static func cellRows(_ cells: [PhaseDiagram.Cell]) -> [[String]] {
        let points = CriticalWidthSamples.selection(Set(cells.map(\.points)).sorted(), atMost: tableSide)
        let units = CriticalWidthSamples.selection(Set(cells.map(\.units)).sorted(), atMost: tableSide)
        var found = [Int: [Int: PhaseDiagram.Cell]]()
        for cell in cells where cell.trials > 0 { found[cell.points, default: [:]][cell.units] = cell }
        let rows = units.reversed().map { (width: Int) -> [String] in
            ["\(width)"] + points.map { n in found[n]?[width].map { fixed($0.value, 2) } ?? "" }
        }
        return [["d1 \\ n"] + points.map { "\($0)" }] + rows
    }

    /// Most n, and most d1, in a table of a page.
    static let tableSide = 12
}
