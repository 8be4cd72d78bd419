import FullrankModel
import FullrankReport
import FullrankStatistics
import Testing

@Suite struct PhaseDiagramTests {
    static let published = syntheticCells(
        d0: [1, 2, 3, 5], points: Array(stride(from: 10, through: 100, by: 10)),
        units: Array(stride(from: 30, through: 300, by: 30)))
    static let proportional = syntheticCells(
        ratios: ["0.25", "0.5", "1", "2"].compactMap { Ratio($0) },
        points: Array(stride(from: 10, through: 190, by: 20)), units: Array(1...15))

    static let caption = "100 trials a cell, seed 0, normal inputs, exact ranks mod 8388593, of n points and d1 units"

    static func cellRects(_ figure: XMLTree) -> [XMLTree] {
        figure.all("g").filter { $0.attributes["class"] == "cells" }.flatMap { $0.all("rect") }
    }

    /// Grids of many shapes: one cell, long labels, uneven lists, lists that start at 0, few and many values.
    static let grids: [(points: [Int], units: [Int])] = [
        ([10], [3]), ([0, 1], [1]), ([1, 2, 5, 10, 20, 50, 100, 200], [10, 20, 40, 80, 160, 320]),
        ([10000, 20000, 50000, 100_000], Array(stride(from: 5000, through: 200_000, by: 5000))),
        (Array(1...40), Array(1...30)), (Array(stride(from: 7, through: 997, by: 11)), [1, 999_999]),
        (Array(99_990...100_010), Array(0...12)),
    ]

    @Test(arguments: 1...6, grids.indices)
    func textNeverOverlaps(panelCount: Int, grid: Int) throws {
        let (points, units) = Self.grids[grid]
        let cells = syntheticCells(d0: Array(1...panelCount), points: points, units: units, trials: 9)
        for columns in [nil, 2] {
            let svg = PhaseDiagram.svg(
                panels: PhaseDiagram.panels(cells, bias: true),
                title: "A title that has to be wrapped: " + Self.caption,
                caption: Self.caption + "; " + Self.caption, columns: columns)
            let figure = try XMLTree(parsing: svg)
            #expect(figure.misplacedText == [])
            #expect(Self.cellRects(figure).count == cells.count)
            #expect(figure.all("text").contains { $0.text == "\(points.last ?? 0)" || points.count > 10 })
        }
    }

    @Test func thePublishedFigures() throws {
        for (cells, titles) in [
            (Self.published, ["d0 = 1", "d0 = 2", "d0 = 3", "d0 = 5"]),
            (Self.proportional, ["d0 = ⌈0.25 n⌉", "d0 = ⌈0.5 n⌉", "d0 = n", "d0 = 2 n"]),
        ] {
            let panels = PhaseDiagram.panels(cells, bias: true)
            #expect(panels.map(\.title) == titles)
            let svg = PhaseDiagram.svg(panels: panels, title: "Title", caption: Self.caption)
            let figure = try XMLTree(parsing: svg)
            #expect(figure.misplacedText == [])
            let rects = Self.cellRects(figure)
            #expect(rects.count == cells.count)
            #expect(
                Set(rects.map(\.text)).isSubset(
                    of: Set(
                        cells.map {
                            "n = \($0.points), d1 = \($0.units): \($0.fullRank)/\($0.trials)"
                        })))
            #expect(svg == PhaseDiagram.svg(panels: panels, title: "Title", caption: Self.caption))
            let texts = figure.all("text").map(\.text)
            for text in ["Title", Self.caption, "0", "0.25", "0.5", "0.75", "1", "dataset size n", "width d1"] + titles
            {
                #expect(texts.contains(text), "\(text)")
            }
        }
    }

    /// Edges halfway between listed values, from left to right and from bottom to top; colours by probability.
    @Test func cellsAreDrawnToScale() throws {
        let cells = syntheticCells(d0: [2], points: [1, 3, 11], units: [10, 20, 60])
        let figure = try XMLTree(
            parsing: PhaseDiagram.svg(
                panels: [PhaseDiagram.Panel(title: "", cells: cells)], title: "", caption: ""))
        let frame = try #require(figure.frames.first)
        let side = frame.right - frame.left
        let across = [0.0, 2, 7, 15].map { frame.left + $0 / 15 * side }
        let up = [5.0, 15, 40, 80].map { frame.bottom - ($0 - 5) / 75 * side }
        for (index, rect) in Self.cellRects(figure).enumerated() {
            let (column, row) = (index / 3, index % 3)
            let expected = [across[column], up[row + 1], across[column + 1] - across[column], up[row] - up[row + 1]]
            let drawn = ["x", "y", "width", "height"].map(rect.number)
            #expect(zip(drawn, expected).allSatisfy { abs($0 - $1) < 0.011 }, "\(rect.text): \(drawn), \(expected)")
            #expect(rect.attributes["fill"] == ColourMap.viridis.hex(cells[index].probability))
        }
    }

    @Test func missingCellsStayBlank() throws {
        var cells = syntheticCells(d0: [1], points: [1, 2, 3], units: [1, 2, 3])
        cells.remove(at: 4)
        let figure = try XMLTree(
            parsing: PhaseDiagram.svg(
                panels: [PhaseDiagram.Panel(title: "x", cells: cells.shuffled())], title: "", caption: ""))
        #expect(Set(Self.cellRects(figure).map(\.text)).count == 8)
        #expect(try XMLTree(parsing: PhaseDiagram.svg(panels: [], title: "None", caption: "")).misplacedText == [])
    }

    /// A fine diagram draws runs of equal cells as one: as high as all of them together.
    @Test func fineDiagramsMergeEqualCells() throws {
        let cells = syntheticCells(d0: [2], points: Array(1...150), units: Array(1...150))
        try #require(cells.count > PhaseDiagram.largestUnmergedCellCount)
        let figure = try XMLTree(
            parsing: PhaseDiagram.svg(
                panels: PhaseDiagram.panels(cells), title: "", caption: ""))
        let rects = Self.cellRects(figure)
        let frame = try #require(figure.frames.first)
        #expect(rects.count < cells.count / 2)
        let drawn = rects.reduce(0) { $0 + $1.number("width") * $1.number("height") }
        #expect(abs(drawn / ((frame.right - frame.left) * (frame.bottom - frame.top)) - 1) < 0.01)
        #expect(rects.contains { $0.text == "n = 1, d1 = 5–150: 100/100" } || rects[0].text.contains("–"))
    }

    @Test func overlaysStayInsideTheirPanel() throws {
        let cells = syntheticCells(d0: [1], points: [10, 20], units: [10, 20])
        let path = [(-50.0, -20.0), (12, 300), (15, 12), (400, 14)].map { FigurePoint(x: $0.0, y: $0.1) }
        let figure = try XMLTree(
            parsing: PhaseDiagram.svg(
                panels: [.init(title: "", cells: cells, overlays: [.init(label: "a < b", path: path)])],
                title: "", caption: ""))
        let frame = try #require(figure.frames.first)
        let drawn = try #require(figure.all("path").first?.attributes["d"])
        let corners = drawn.split { "ML".contains($0) }.map { $0.split(separator: " ").compactMap { Double($0) } }
        #expect(corners.count == 3, "in from the top, on, out at the right")
        for corner in corners {
            #expect(corner[0] >= frame.left - 0.01 && corner[0] <= frame.right + 0.01)
            #expect(corner[1] >= frame.top - 0.01 && corner[1] <= frame.bottom + 0.01)
        }
        #expect(figure.all("text").contains { $0.text == "a < b" })
    }

    @Test func textIsEscaped() throws {
        let hostile = "<script>&\"' d0 ]]> \u{1} \u{fffe} n"
        let figure = try XMLTree(
            parsing: PhaseDiagram.svg(
                panels: [.init(title: hostile, cells: Array(Self.published.prefix(3)))], title: hostile,
                caption: hostile))
        #expect(figure.all("script").isEmpty)
        #expect(figure.all("text").count { $0.text.contains("<script>&\"' d0 ]]>") } == 3)
    }
}
