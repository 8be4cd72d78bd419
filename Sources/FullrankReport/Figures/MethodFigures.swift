import FullrankModel
import FullrankStatistics

/// Exact ranks against singular values.
public struct MethodFigures: Sendable {
    public var theme = FigureTheme.light

    public init() {}

    /// This sweep's fractions, below them others' on the same samples, and what these are less: a row of panels each,
    /// of the cells that are in both.
    ///
    /// - Parameters:
    ///   - names: of each sweep, where methods don't tell them apart.
    ///   - shared: what is compared, if it is not all of them: ends the caption.
    /// - Returns: nil if no cell is in both.
    public func difference(
        _ digest: SweepDigest, _ others: [SweepDigest], names given: [String?] = [], text: FigureText,
        shared: String = ""
    ) -> Figure? {
        func named(_ index: Int, _ method: String) -> String {
            guard given.indices.contains(index), let name = given[index] else { return method }
            return "\(method) (\(name))"
        }
        let groups = digest.groups
        var rows = [[PhaseDiagram.Panel]]()
        var table = SweepDigest.Group.keyHeader(groups) + ",n,d1,trials,full_rank,method,other_trials,other_full_rank\n"
        let name = named(0, Self.short(digest.plan.method))
        let lines = OverlaySet(kinds: [.count], plan: digest.plan, epsilon: 1, gammas: [:])
        for (place, other) in others.enumerated() {
            let otherGroups = other.groups, otherName = named(place + 1, Self.short(other.plan.method))
            var own = [PhaseDiagram.Panel](), theirs = own, differences = own
            for group in groups {
                guard
                    let same = otherGroups.first(where: {
                        $0.ratio == group.ratio && $0.hidden == group.hidden
                            && (group.ratio != nil || $0.inputDimension == group.inputDimension)
                    })
                else { continue }
                let found = Dictionary(uniqueKeysWithValues: same.cells.map { ([$0.points, $0.units], $0) })
                let pairs = group.cells.compactMap { cell in found[[cell.points, cell.units]].map { (cell, $0) } }
                guard !pairs.isEmpty else { continue }
                for (cell, match) in pairs {
                    table +=
                        "\(group.key(points: cell.points)),\(cell.points),\(cell.units),\(cell.trials),\(cell.fullRank),"
                        + "\(other.plan.method.name),\(match.trials),\(match.fullRank)\n"
                }
                let (line, _) = lines.overlays(group, points: Set(pairs.map(\.0.points)).sorted())
                own.append(PhaseDiagram.Panel(title: "\(group.label): \(name)", cells: pairs.map(\.0), overlays: line))
                theirs.append(
                    PhaseDiagram.Panel(title: "\(group.label): \(otherName)", cells: pairs.map(\.1), overlays: line))
                differences.append(
                    PhaseDiagram.Panel(
                        title: "\(group.label): \(name) - \(otherName)",
                        cells: pairs.map { cell, match in
                            PhaseDiagram.Cell(
                                points: cell.points, units: cell.units, trials: cell.trials, fullRank: cell.fullRank,
                                other: PhaseDiagram.Cell.Other(trials: match.trials, fullRank: match.fullRank))
                        }))
            }
            if rows.isEmpty { rows += Self.chunks(own) }
            rows += Self.chunks(theirs) + Self.chunks(differences)
        }
        guard !rows.isEmpty else { return nil }
        let names = others.enumerated().map { named($0 + 1, Self.long($1.plan.method)) }
        let title =
            "Fraction of full rank: \(named(0, Self.long(digest.plan.method))) and \(names.joined(separator: ", and "))"
        return Figure(
            name: "methods", title: title,
            svg: PhaseDiagram.svg(
                rows: rows, title: title,
                caption: text.caption + shared
                    + " Differences, first less other: red where the other finds full rank less often."
                    + FigureText.thinning(digest.plan),
                side: [300.0, 240, 200, 180][min(rows.map(\.count).max() ?? 1, 4) - 1], theme: theme),
            tables: [Figure.Table(name: "methods", csv: table)])
    }

    /// Rows of at most four.
    private static func chunks(_ panels: [PhaseDiagram.Panel]) -> [[PhaseDiagram.Panel]] {
        stride(from: 0, to: panels.count, by: 4).map { Array(panels[$0..<min($0 + 4, panels.count)]) }
    }

    private static func short(_ method: RankMethod) -> String {
        switch method {
        case .exact: "exact"
        case .svd(let precision): precision.rawValue
        }
    }

    private static func long(_ method: RankMethod) -> String {
        switch method {
        case .exact: "exact"
        case .svd(let precision): "singular values in \(precision.rawValue)"
        }
    }

    /// σ_min/σ_max against width, with the tolerance below which the rank rule takes it for 0. svd method only.
    public func singularValues(_ digest: SweepDigest, text: FigureText) -> Figure? {
        guard case .svd(let precision) = digest.plan.method else { return nil }
        let groups = digest.groups
        let shown = CriticalWidthSamples.selection(digest.plan.points, atMost: SweepDigest.mostSingularPoints)
        var table =
            SweepDigest.Group.keyHeader(groups)
            + ",n,d1,trials,smallest_min,smallest_q25,smallest_q50,smallest_q75,smallest_max,tolerance\n"
        // Where a zero is drawn: a logarithmic axis has none.
        let floor = precision.epsilon / 1000
        var panels = [Chart.Panel]()
        for group in groups {
            var marks = [Chart.Mark](), tolerances = [Chart.Mark](), values = [floor, 1.0], widths = [Double]()
            for (place, points) in shown.enumerated() {
                let style = Chart.Style(place, of: shown.count, isMarked: true)
                var low = [FigurePoint](), high = low, middle = low, line = low, hover = [String]()
                // In a deep sweep each width is a separate problem.
                for samples in group.singular {
                    guard let row = samples.points.firstIndex(of: points) else { continue }
                    for (unit, units) in samples.problem.units.enumerated() {
                        let sorted = samples.ratios[row][unit].sorted()
                        guard !sorted.isEmpty else { continue }
                        func quantile(_ percent: Int) -> Double {
                            sorted[max(0, (percent * sorted.count + 99) / 100 - 1)]
                        }
                        let five = [0, 25, 50, 75, 100].map(quantile)
                        let tolerance = SingularValueSamples.tolerance(
                            points: points, columns: samples.problem.columns(units: units), precision: precision)
                        func point(_ y: Double) -> FigurePoint { FigurePoint(x: Double(units), y: max(y, floor)) }
                        low.append(point(five[1]))
                        middle.append(point(five[2]))
                        high.append(point(five[3]))
                        line.append(point(tolerance))
                        values += [max(five[2], floor), max(five[3], floor), tolerance]
                        widths.append(Double(units))
                        hover.append(
                            "n = \(points), d1 = \(units): median \(ChartAxis.label(five[2])), tolerance \(ChartAxis.label(tolerance))"
                        )
                        table +=
                            "\(group.key(points: points)),\(points),\(units),\(sorted.count),"
                            + (five + [tolerance]).map { "\($0)" }.joined(separator: ",") + "\n"
                    }
                }
                guard !middle.isEmpty else { continue }
                marks.append(Chart.Mark(.band(low: low, high: high), style))
                marks.append(Chart.Mark(.line(middle), style))
                marks.append(Chart.Mark(.dots(middle, hover: hover), style))
                tolerances.append(Chart.Mark(.line(line), .reference()))
            }
            guard !widths.isEmpty else { continue }
            panels.append(
                Chart.Panel(
                    title: group.label, across: ChartAxis(title: "width d1", values: widths, includesZero: true),
                    up: ChartAxis(title: "smallest / largest singular value", scale: .logarithmic, values: values),
                    marks: marks + tolerances))
        }
        guard !panels.isEmpty else { return nil }
        let title = "The smallest singular value against width, \(precision.rawValue)"
        let legend =
            shown.enumerated().map { place, n in
                Chart.LegendEntry("n = \(n)", Chart.Style(place, of: shown.count, isMarked: true), isBand: true)
            } + [
                Chart.LegendEntry(
                    "tolerance max(n, \(digest.plan.hidden == nil ? "d1 k" : "columns")) eps: below it the rule takes a value for 0",
                    .reference())
            ]
        var chart = Chart(panels: panels, legend: legend, title: title, caption: text.caption)
        chart.caption +=
            " Lines: medians; \(chart.intervalWord): quartiles; widths with at least n columns.\(chart.barNote) What is "
            + "below \(ChartAxis.label(floor)), zeros above all, is drawn there."
        return Figure(
            name: "singular-values", title: title, svg: chart.svg(theme: theme),
            tables: [Figure.Table(name: "singular-values", csv: table)])
    }
}
