import FullrankReport
import FullrankStatistics
import Testing

@Suite struct TerminalDiagramTests {
    private static let panels = PhaseDiagram.panels(PhaseDiagramTests.published)
    private static let colours: [TerminalFormat.Colour] = [.none, .indexed, .direct]

    private func lines(_ format: TerminalFormat, _ panels: [PhaseDiagram.Panel] = Self.panels) -> [String] {
        TerminalDiagram(panels).lines(format)
    }

    /// Without its colours: what takes up columns.
    private func visible(_ line: String) -> String { line.replacing(/\u{1b}\[[0-9;]*m/, with: "") }

    @Test(arguments: [30, 40, 79, 80, 120, 250], colours)
    func linesFitAndEndInTheTerminalsOwnColours(columns: Int, colour: TerminalFormat.Colour) {
        for isUnicode in [true, false] {
            let lines = lines(TerminalFormat(columns: columns, rows: 40, colour: colour, isUnicode: isUnicode))
            #expect(!lines.isEmpty)
            for line in lines {
                #expect(visible(line).count <= columns, "\(visible(line))")
                // The last sequence of a line is the one back.
                let sequences = line.matches(of: /\u{1b}\[[0-9;]*m/).map { String($0.output) }
                #expect(colour == .none ? sequences.isEmpty : [nil, "\u{1b}[0m"].contains(sequences.last))
                if !isUnicode || colour == .none { #expect(line.utf8.allSatisfy { $0 < 128 }, "\(line)") }
                #expect(colour == .direct || !line.contains("8;2;"))
                #expect(colour == .indexed || !line.contains("8;5;"))
            }
            for title in ["d0 = 1", "d0 = 2", "d0 = 3", "d0 = 5"] {
                #expect(lines.contains { visible($0).contains(title) }, "\(title) in \(columns) columns")
            }
        }
    }

    /// Each cell is one character: the diagram, read back, is the cells.
    @Test func charactersStandForFractions() throws {
        let cells = Self.panels[0].cells
        let lines = lines(TerminalFormat(columns: 14, rows: 40, colour: .none, isUnicode: false), [Self.panels[0]])
        let ramp = Array(".:-=+*#%@")
        let rows = lines.dropFirst().prefix(5).map { Array($0.dropFirst(4)) }
        try #require(rows.allSatisfy { $0.count == 10 }, "\(lines)")
        for (row, characters) in rows.enumerated() {
            for (column, character) in characters.enumerated() {
                let n = 10 * (column + 1)
                // Five lines for ten widths: each shows one of its two.
                let shown = cells.filter { $0.points == n && (9 - $0.units / 30 + 1) / 2 == row }.map {
                    ramp[Int(($0.value * 8).rounded())]
                }
                #expect(shown.contains(character), "n = \(n), line \(row)")
            }
        }
    }

    /// Two cells a character: upper half in the foreground, lower half in the background.
    @Test func halfBlocksHoldTwoCells() {
        let cells = [(1, 1, 0), (1, 2, 10)].map { n, width, full in
            PhaseDiagram.Cell(points: n, units: width, trials: 10, fullRank: full)
        }
        let text = TerminalDiagram([PhaseDiagram.Panel(title: "p", cells: cells)])
            .lines(TerminalFormat(columns: 4, rows: 10, colour: .direct, isUnicode: true)).joined(separator: "\n")
        // Viridis at 1 over viridis at 0.
        #expect(text.contains("\u{1b}[38;2;253;231;37m\u{1b}[48;2;68;1;84m▀"), "\(text.debugDescription)")
    }

    @Test func nothingToDrawIsNothing() {
        #expect(lines(TerminalFormat(columns: 80, rows: 24, colour: .none, isUnicode: true), []) == [])
    }
}
