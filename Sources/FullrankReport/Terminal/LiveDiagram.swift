import FullrankModel
import FullrankStatistics

/// The diagram of a running sweep, in the space that a terminal has.
public enum LiveDiagram {
    /// Largest number of n, and of d1, whose cells are used: a terminal shows no more.
    public static let side = 64
    /// The diagram has at most this many lines, so that earlier output remains visible.
    private static let mostRows = 26
    /// With fewer lines or columns nothing is shown.
    private static let leastRows = 5, leastColumns = 24

    /// One panel per d0 or ratio; cells without a trial yet are blank, so that nothing moves while it fills.
    public static func panels(_ tallies: [SweepTally]) -> [PhaseDiagram.Panel] {
        let indices = panelIndices(tallies.map(\.problem))
        return (0...(indices.last ?? 0)).map { index in
            let group = zip(tallies, indices).filter { $0.1 == index }.map(\.0)
            let problem = group[0].problem
            let filled = group.drawnCells(side: side).map { PhaseDiagram.Cell($0) }
            // A ratio sweep has a problem for each n, a deep one for each d1.
            func all(_ values: (SweepProblem) -> [Int]) -> [Int] { Set(group.flatMap { values($0.problem) }).sorted() }
            return PhaseDiagram.Panel(
                title: PhaseDiagram.title(
                    ratio: problem.ratio, inputDimension: problem.inputDimension, hidden: problem.hidden),
                cells: withBlanks(filled, points: all(\.points), units: all(\.units)))
        }
    }

    /// The cells, and blank ones where a list of n and one of d1 have more.
    public static func withBlanks(_ cells: [PhaseDiagram.Cell], points: [Int], units: [Int]) -> [PhaseDiagram.Cell] {
        struct Place: Hashable { var points: Int, units: Int }
        let filled = Set(cells.map { Place(points: $0.points, units: $0.units) })
        func kept(_ values: [Int]) -> [Int] { Thinning(of: values.count, atMost: side).kept.map { values[$0] } }
        let units = kept(units)
        return cells
            + kept(points).flatMap { n in
                units.filter { !filled.contains(Place(points: n, units: $0)) }
                    .map { PhaseDiagram.Cell(points: n, units: $0, trials: 0, fullRank: 0) }
            }
    }

    /// Which of the panels shows each problem.
    public static func panelIndices(_ problems: [SweepProblem]) -> [Int] {
        var index = -1
        return problems.indices.map { place in
            let (problem, before) = (problems[place], place > 0 ? problems[place - 1] : nil)
            let isSame = before.map { before in
                before.ratio == problem.ratio && before.hidden == problem.hidden
                    && (problem.ratio != nil || before.inputDimension == problem.inputDimension)
            }
            if isSame != true { index += 1 }
            return index
        }
    }

    /// Lines with all panels if they fit, else with as many as fit, including the one being computed; none if
    /// even that one doesn't.
    ///
    /// - Parameter format: the whole terminal's.
    public static func lines(
        _ panels: [PhaseDiagram.Panel], current: Int, quantity: String = TerminalDiagram.fullRank,
        _ format: TerminalFormat
    ) -> [String] {
        // One line for the progress, one for earlier output; and nothing in the last column.
        let rows = min(format.rows - 2, mostRows)
        guard rows >= leastRows, format.columns >= leastColumns, !panels.isEmpty else { return [] }
        var room = format
        (room.columns, room.rows) = (format.columns - 1, rows)
        let current = min(max(current, 0), panels.count - 1)
        for count in stride(from: min(panels.count, 16), through: 1, by: -1) {
            let first = min(max(current - count / 2, 0), panels.count - count)
            let lines = TerminalDiagram(Array(panels[first..<(first + count)]), quantity: quantity).lines(room)
            if !lines.isEmpty, lines.count <= rows, lines.allSatisfy({ LiveFrame.width($0) <= room.columns }) {
                return lines
            }
        }
        return []
    }
}
