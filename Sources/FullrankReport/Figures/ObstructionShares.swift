import FullrankModel
import FullrankStatistics

/// For every cell of a sweep, how many trials are deficient and why: one stacked bar per cell.
public enum ObstructionShares {
    /// The reasons for which a trial is deficient, in the order of the stack.
    package enum Class: Int, CaseIterable {
        case dead, inseparable, rankTwo, higher, special

        init(_ obstruction: Obstruction, columnsPerUnit k: Int) {
            self =
                switch obstruction.rank {
                case _ where obstruction.size != k * obstruction.rank + 1: .special
                case 0: .dead
                case 1: .inseparable
                case 2: .rankTwo
                default: .higher
                }
        }

        var label: String {
            switch self {
            case .dead: "a point on which no unit is active (rank 0)"
            case .inseparable: "k + 1 points that no unit tells apart (rank 1)"
            case .rankTwo: "2 k + 1 points with patterns of rank 2"
            case .higher: "more points, of rank 3 or more"
            case .special: "fewer points than for random data"
            }
        }

        /// In the table.
        var name: String {
            switch self {
            case .dead: "rank_0"
            case .inseparable: "rank_1"
            case .rankTwo: "rank_2"
            case .higher: "rank_3_or_more"
            case .special: "fewer_points"
            }
        }

        /// Okabe and Ito's.
        package var colour: String { ["#e69f00", "#0072b2", "#56b4e9", "#d55e00", "#cc79a7"][rawValue] }
    }

    /// More bars a side are too small.
    private static let side = 30

    /// - Parameters:
    ///   - cells: of the sweep, with all their trials.
    ///   - counts: what obstructions.csv holds of them.
    ///   - caption: below the picture.
    /// - Returns: nil if the counts are not of these trials: a cell has more or fewer deficient ones.
    public static func figure(
        cells: [CellStatistics], counts: [ObstructionCount], bias: Bool, caption: String, theme: FigureTheme = .light
    ) -> Figure? {
        struct Key: Hashable { var ratio: Ratio?, inputDimension: Int, points: Int, units: Int }
        var parts = [Key: [Int]]()
        for count in counts {
            let key = Key(
                ratio: count.ratio, inputDimension: count.inputDimension, points: count.points, units: count.units)
            let one = Class(count.obstruction, columnsPerUnit: count.inputDimension + (bias ? 1 : 0))
            parts[key, default: Class.allCases.map { _ in 0 }][one.rawValue] += count.trials
        }
        func part(_ cell: CellStatistics) -> [Int] {
            parts[Key(ratio: cell.ratio, inputDimension: cell.inputDimension, points: cell.points, units: cell.units)]
                ?? Class.allCases.map { _ in 0 }
        }
        guard cells.allSatisfy({ $0.trials - $0.fullRank == part($0).reduce(0, +) }) else { return nil }
        let points = Set(cells.map(\.points)).sorted(), units = Set(cells.map(\.units)).sorted()
        guard points.count > 1, units.count > 1 else { return nil }
        func kept(_ values: [Int]) -> Set<Int> { Set(Thinning(of: values.count, atMost: side).kept.map { values[$0] }) }
        let (shownPoints, shownUnits) = (kept(points), kept(units))
        let shown = cells.filter { shownPoints.contains($0.points) && shownUnits.contains($0.units) }

        let hasRatio = cells.contains { $0.ratio != nil }
        var table =
            (hasRatio ? "ratio,d0" : "d0") + ",n,d1,trials,full_rank,"
            + Class.allCases.map(\.name).joined(separator: ",") + "\n"
        var panels = [PhaseDiagram.Panel]()
        for cell in shown {
            let title = cell.ratio.map { PhaseDiagram.title($0) } ?? "d0 = \(cell.inputDimension)"
            if panels.last?.title != title {
                panels.append(PhaseDiagram.Panel(title: title, cells: [PhaseDiagram.Cell]()))
            }
            var one = PhaseDiagram.Cell(cell)
            one.parts = part(cell)
            panels[panels.count - 1].cells.append(one)
            let key = (cell.ratio.map { "\($0)," } ?? "") + "\(cell.inputDimension),\(cell.points),\(cell.units)"
            table +=
                "\(key),\(cell.trials),\(cell.fullRank)," + part(cell).map(String.init).joined(separator: ",") + "\n"
        }
        let used = Class.allCases.filter { one in shown.contains { part($0)[one.rawValue] > 0 } }
        let title = "What makes the Jacobian deficient"
        let thinned =
            shown.count < cells.count ? " Some of the listed n and d1 are drawn; obstructions.csv has all." : ""
        return Figure(
            name: "obstructions", title: title,
            svg: PhaseDiagram.svg(
                rows: stride(from: 0, to: panels.count, by: 4).map { Array(panels[$0..<min($0 + 4, panels.count)]) },
                title: title,
                caption: caption + " A bar a cell: all its trials, from the left the deficient ones by what makes the "
                    + "topmost dependent point so." + thinned,
                theme: theme,
                classes: used.map { PhaseDiagram.PartClass(index: $0.rawValue, label: $0.label, colour: $0.colour) }
                    + [PhaseDiagram.PartClass(index: -1, label: "full rank", colour: theme.missing)]),
            tables: [Figure.Table(name: "obstructions", csv: table)])
    }
}
