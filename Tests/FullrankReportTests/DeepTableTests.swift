import FullrankModel
import FullrankReport
import FullrankStatistics
import Testing

/// Tables and figures of deep sweeps; those of shallow ones have no column more.
@Suite struct DeepTableTests {
    private let layers = [HiddenLayers([]), HiddenLayers([8]), HiddenLayers([4, 4])]

    private func cell(_ hidden: HiddenLayers, _ n: Int, _ d1: Int, _ fullRank: Int) -> CellStatistics {
        CellStatistics(
            ratio: nil, hidden: hidden, inputDimension: 2, points: n, units: d1, trials: 4, fullRank: fullRank,
            meanRank: Double(n) / 2)
    }

    @Test func cellsInOrderAndBack() throws {
        let cells = layers.flatMap { hidden in [10, 20].flatMap { n in [1, 5].map { cell(hidden, n, $0, 2) } } }
        let text = CellTable.csv(cells.reversed())
        let lines = text.split(separator: "\n")
        #expect(lines[0] == "hidden," + CellTable.header && lines[1].hasPrefix("none,2,10,1,4,2,0.5"))
        #expect(lines[5].hasPrefix("8,2,10,1,") && lines[12].hasPrefix("4x4,2,20,5,"))
        #expect(try CellTable(parsing: text).cells == cells)
        #expect(throws: TableError.self) { try CellTable(parsing: text.replacingFirst("4x4", by: "4x")) }
        #expect(throws: TableError.self) { try CellTable(parsing: text.replacingFirst("\nnone", by: "\n9x9")) }
    }

    @Test func widthsAndBack() throws {
        let rows = layers.map {
            WidthStatistics(
                ratio: nil, hidden: $0, inputDimension: 2, points: 10, trials: 4, q05: 3, q25: 3, q50: 7, q75: nil,
                q95: nil,
                reached: 2)
        }
        let text = WidthTable.csv(rows.reversed())
        #expect(
            text == "hidden," + WidthTable.header
                + "\nnone,2,10,4,3,3,7,,,2\n8,2,10,4,3,3,7,,,2\n4x4,2,10,4,3,3,7,,,2\n")
        #expect(try WidthTable(parsing: text).widths == rows)
    }

    @Test func aCurveADepthAndTheTheoremsWidth() throws {
        let plan = SweepPlan(
            inputDimensions: .fixed([2]), points: [10, 20], units: [1, 5, 12], trials: 4, hidden: layers)
        let cells = layers.flatMap { hidden in
            [10, 20].flatMap { n in [12, 1, 5].map { cell(hidden, n, $0, $0 % 5) } }
        }
        let text = FigureText(title: "sweep", plan: plan, version: "0")
        let figure = try #require(DeepFigures().depths(plan, cells: cells, text: text))
        let rows = figure.tables[0].csv.split(separator: "\n")
        #expect(rows.count == 1 + 18 && rows[0] == "hidden,d0,n,d1,trials,full_rank,probability,ci_low,ci_high")
        #expect(rows[1].hasPrefix("none,2,10,1,4,1,0.25") && rows[4].hasPrefix("8,2,10,1,4,1,"))
        // d1 = n is drawn for n = 10, within the widths, and not for n = 20.
        #expect(figure.svg.contains("Theorem 10, asks for"))
        let narrow = try #require(DeepFigures().depths(plan, cells: cells.filter { $0.points == 20 }, text: text))
        #expect(!narrow.svg.contains("Theorem 10, asks for"))
        #expect(text.caption.contains("depth 2: d1; depth 3: 8, d1; depth 4: 4, 4, d1"))
        var shallow = plan
        shallow.hidden = nil
        #expect(DeepFigures().depths(shallow, cells: cells, text: text) == nil)
    }

    /// n - P0 = d1 (4 + 1) with P0 = 4 · 3 + 4 · 5.
    @Test func asManyParametersAsPoints() {
        let panels = PhaseDiagram.panels([cell(layers[2], 10, 1, 1), cell(layers[2], 50, 5, 1)], bias: true)
        #expect(panels[0].title == "d0 = 2, depth 4: 4, 4, d1")
        #expect(panels[0].overlays[0].path == [FigurePoint(x: 32, y: 0), FigurePoint(x: 100, y: 68.0 / 5)])
        let shallow = PhaseDiagram.panels([cell(layers[0], 10, 1, 1)], bias: true)
        #expect(shallow[0].overlays[0].path == [FigurePoint(x: 0, y: 0), FigurePoint(x: 20, y: 20.0 / 3)])
    }
}
