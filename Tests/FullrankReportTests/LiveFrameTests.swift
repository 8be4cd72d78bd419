import FullrankModel
import FullrankReport
import FullrankStatistics
import FullrankTestSupport
import Testing

/// What is drawn in place, on the tests' own terminal.
@Suite struct LiveFrameTests {
    private static func bytes(_ text: String) -> String { text.replacing("\n", with: "\r\n") }

    /// Frames come and go among messages: the screen is always the messages and, below them, the latest frame.
    @Test(arguments: 0..<40)
    func theScreenIsMessagesAndTheLatestFrame(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let rows = 6 + generator.below(20), columns = 20 + generator.below(60)
        var screen = TerminalScreen(columns: columns, rows: rows)
        var frame = LiveFrame(), messages = [String](), shown = [String]()
        for step in 0..<60 {
            switch generator.below(5) {
            case 0:
                screen.write(frame.erase(columns: columns))
                let message = "message \(step)"
                screen.write(Self.bytes(message + "\n"))
                messages.append(message)
                shown = []
            default:
                let count = 1 + generator.below(rows - 2)
                // Some lines stay the same from one frame to the next.
                shown = (0..<count).map { line in
                    line < shown.count && generator.below(2) == 0
                        ? shown[line]
                        : String(
                            repeating: "abc".randomElement(using: &generator)!, count: 1 + generator.below(columns - 2))
                }
                let coloured = shown.map { "\u{1b}[48;5;17m" + $0 + "\u{1b}[0m" }
                screen.write(Self.bytes(frame.replace(with: coloured, columns: columns)))
            }
            #expect(screen.text == messages + shown, "seed \(seed), step \(step)")
            #expect(screen.unknown.isEmpty && screen.isCursorVisible && !screen.isColoured)
        }
        screen.write(frame.erase(columns: columns))
        #expect(screen.text == messages && frame.isEmpty)
    }

    /// A terminal that wraps old lines when it becomes narrower, and joins them when it becomes wider.
    @Test(arguments: 0..<40)
    func aFrameOutlivesAnotherWidth(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var screen = TerminalScreen(columns: 80, rows: 40)
        var frame = LiveFrame()
        screen.write("before\r\n")
        var columns = 80
        for _ in 0..<12 {
            // Some are shorter than what they stand on: in tmux a narrower pane would show the rest as a line of its own.
            for _ in 0...generator.below(3) {
                let lines = (0..<(1 + generator.below(8))).map { _ in
                    String(repeating: "x", count: 1 + generator.below(columns - 1))
                }
                screen.write(Self.bytes(frame.replace(with: lines, columns: columns)))
                #expect(screen.text == ["before"] + lines, "seed \(seed)")
            }
            columns = 25 + generator.below(60)
            screen.resize(columns: columns, rows: 40)
        }
    }

    /// Only what changed is written.
    @Test func linesThatStayAreNotWrittenAgain() {
        var frame = LiveFrame()
        let picture = (0..<10).map { "line \($0) of the picture" }
        _ = frame.replace(with: picture + ["1%"], columns: 80)
        let bytes = frame.replace(with: picture + ["2%"], columns: 80)
        #expect(
            !bytes.contains("picture") && bytes.contains("2%") && bytes.utf8.count < 50, "\(bytes.debugDescription)")
    }

    private func tallies(_ plan: SweepPlan, done: Int) -> [SweepTally] {
        plan.problems.enumerated().map { index, problem in
            var tally = SweepTally(problem: problem)
            guard index < done else { return tally }
            let k = problem.columnsPerUnit
            tally.add(RankProfile(pivotColumns: (0..<problem.largestPoints).map { Int64($0) }, columnsPerUnit: k))
            return tally
        }
    }

    /// All panels where they fit, else some with the current one, else none; titles and size don't change as it fills.
    @Test func aDiagramInWhatRoomThereIs() {
        let plan = SweepPlan(
            inputDimensions: .fixed([1, 2, 3, 5]), points: Array(stride(from: 10, through: 100, by: 10)),
            units: Array(stride(from: 30, through: 300, by: 30)), trials: 1)
        func lines(
            _ columns: Int, _ rows: Int, _ current: Int = 0, done: Int = 2, colour: TerminalFormat.Colour = .direct
        ) -> [String] {
            let format = TerminalFormat(columns: columns, rows: rows, colour: colour, isUnicode: colour != .none)
            return LiveDiagram.lines(LiveDiagram.panels(tallies(plan, done: done)), current: current, format)
        }
        func titles(_ lines: [String]) -> [Int] {
            [1, 2, 3, 5].filter { d0 in lines.contains { $0.contains("d0 = \(d0)") } }
        }
        for (columns, rows) in [(80, 24), (200, 60), (100, 12), (60, 40), (40, 24), (30, 15), (24, 9)] {
            for colour in [TerminalFormat.Colour.none, .indexed, .direct] {
                for current in 0..<4 {
                    let shown = lines(columns, rows, current, colour: colour)
                    #expect(shown.count <= rows - 2 && shown.count <= 26, "\(columns) x \(rows)")
                    #expect(
                        shown.isEmpty || titles(shown).contains([1, 2, 3, 5][current]),
                        "\(columns) x \(rows), \(current)")
                    for line in shown { #expect(line.replacing(/\u{1b}\[[0-9;]*m/, with: "").count < columns) }
                    #expect(
                        lines(columns, rows, current, done: 0, colour: colour).count == shown.count,
                        "before the first trial")
                }
            }
        }
        #expect(titles(lines(80, 24)) == [1, 2, 3, 5])
        #expect(titles(lines(200, 60, done: 0)) == [1, 2, 3, 5])
        #expect(lines(80, 5) == [] && lines(20, 24) == [])
    }

    /// Of more panels than fit as many as do, with the one that fills now.
    @Test func someOfManyPanels() {
        let plan = SweepPlan(
            inputDimensions: .fixed(Array(1...20)), points: Array(stride(from: 10, through: 100, by: 10)),
            units: Array(stride(from: 30, through: 300, by: 30)), trials: 1)
        let format = TerminalFormat(columns: 60, rows: 20, colour: .none, isUnicode: false)
        for current in 0..<20 {
            let lines = LiveDiagram.lines(LiveDiagram.panels(tallies(plan, done: current)), current: current, format)
            let titles = lines.joined(separator: "\n").matches(of: /d0 = (\d+)/).compactMap { Int($0.output.1) }
            #expect(titles.contains(current + 1) && (2..<20).contains(titles.count), "\(current): \(titles)")
            #expect(titles == Array(titles[0]..<(titles[0] + titles.count)) && lines.count <= 18)
        }
    }

    @Test func panelsOfRatiosAndOfRegions() {
        let ratios = ["0.5", "2"].compactMap { Ratio($0) }
        let plan = SweepPlan(inputDimensions: .proportional(ratios), points: [4, 8, 12], units: [1, 2, 3], trials: 1)
        #expect(LiveDiagram.panelIndices(plan.problems) == [0, 0, 0, 1, 1, 1])
        let panels = LiveDiagram.panels(tallies(plan, done: 4))
        #expect(panels.map(\.title) == ["d0 = ⌈0.5 n⌉", "d0 = 2 n"])
        #expect(panels.map { $0.cells.count } == [9, 9] && panels.map { $0.cells.count { $0.trials > 0 } } == [9, 3])
    }
}
