import FullrankModel
import FullrankStatistics

/// The phase diagrams of a sweep side by side, at the listed cells or finer, with curves over them.
public struct DiagramFigure: Sendable {
    public var overlays: [OverlayKind] = [.count]
    public var epsilon = 0.1
    /// γ by d0, then n, for `OverlayKind.anticoncentration`.
    public var gammas: [Int: [Int: Double]] = [:]
    /// For `OverlayKind.exact`.
    public var exact: ExactChances?
    /// Draws n and d1 at every multiple of this up to the plan's largest; nil: the listed ones. Exact method only.
    public var resolution: Int?
    public var theme = FigureTheme.light

    public init() {}

    /// What of n and d1 a figure at a resolution draws: multiples of it, or where these are more than 400 of 2, 5, 10,
    /// 20, ... times it, and how far apart they are.
    public static func axis(upTo largest: Int, resolution: Int) -> (values: [Int], step: Int) {
        let most = SweepDigest.mostPoints
        let step = resolution * (Ticks.niceSteps(upTo: 10 * largest).first { largest / resolution / $0 <= most } ?? 1)
        return (Array(stride(from: step, through: largest, by: step)), step)
    }

    /// n at which h(n) is needed: for `SweepDigest`.
    public func points(_ plan: SweepPlan) -> [Int] {
        guard let resolution, case .fixed = plan.inputDimensions, plan.patterns != .regions else { return [] }
        return Self.axis(upTo: plan.points.last ?? 0, resolution: resolution).values
    }

    public func figure(_ digest: SweepDigest, text: FigureText) -> Figure {
        let plan = digest.plan
        let groups = digest.groups
        var panels = [PhaseDiagram.Panel]()
        var cellTable = SweepDigest.Group.keyHeader(groups) + ",n,d1,trials,full_rank\n"
        var overlayTable = SweepDigest.Group.keyHeader(groups) + ",n,curve,d1,low,high\n"
        let set = OverlaySet(kinds: overlays, plan: plan, epsilon: epsilon, gammas: gammas, exact: exact)
        for group in groups {
            let cells = cells(group, plan)
            for cell in cells {
                cellTable +=
                    "\(group.key(points: cell.points)),\(cell.points),\(cell.units),\(cell.trials),\(cell.fullRank)\n"
            }
            let (overlays, rows) = set.overlays(group, points: Set(cells.map(\.points)).sorted())
            for row in rows {
                let numbers = [row.width.map { coordinate($0) }, row.low.map { "\($0)" }, row.high.map { "\($0)" }]
                overlayTable +=
                    "\(group.key(points: row.points)),\(row.points),\(row.name),"
                    + numbers.map { $0 ?? "" }.joined(separator: ",") + "\n"
            }
            panels.append(PhaseDiagram.Panel(title: group.label, cells: cells, overlays: overlays))
        }
        let title = "Fraction of random ReLU networks whose Jacobian has full rank"
        var tables = [Figure.Table(name: "diagram", csv: cellTable)]
        if !overlays.isEmpty { tables.append(Figure.Table(name: "diagram-curves", csv: overlayTable)) }
        return Figure(
            name: "diagram", title: title,
            svg: PhaseDiagram.svg(panels: panels, title: title, caption: text.caption + note(plan), theme: theme),
            tables: tables)
    }

    /// The heatmaps alone, without curves.
    public func panels(_ digest: SweepDigest) -> [PhaseDiagram.Panel] {
        digest.groups.map { PhaseDiagram.Panel(title: $0.label, cells: cells($0, digest.plan)) }
    }

    private func cells(_ group: SweepDigest.Group, _ plan: SweepPlan) -> [PhaseDiagram.Cell] {
        guard let resolution, let samples = group.samples else { return group.cells.map { PhaseDiagram.Cell($0) } }
        let units = Self.axis(upTo: largestUnits(samples, plan), resolution: resolution).values
        let asked = points(plan)
        let wanted = Set(asked.isEmpty ? samples.points : asked)
        return samples.points.indices.filter { wanted.contains(samples.points[$0]) }.flatMap { index in
            zip(units, samples.fullRankCounts(at: index, units: units)).map { width, count in
                PhaseDiagram.Cell(points: samples.points[index], units: width, trials: samples.trials, fullRank: count)
            }
        }
    }

    /// The plan's largest d1; of a sweep with one width, which is there to be out of reach, what 95% of trials need.
    private func largestUnits(_ samples: CriticalWidthSamples, _ plan: SweepPlan) -> Int {
        let largest = plan.units.last ?? 0
        guard plan.units.count == 1 else { return largest }
        let needed = samples.points.indices.map { samples.statistics(at: $0).q95 ?? largest }.max() ?? largest
        return min(largest, max(needed + needed / 5, 10))
    }

    private func note(_ plan: SweepPlan) -> String {
        guard let resolution else { return FigureText.thinning(plan) }
        let across: String
        if !points(plan).isEmpty {
            let step = Self.axis(upTo: plan.points.last ?? 0, resolution: resolution).step
            across = step == 1 ? "every n" : "n in steps of \(step)"
        } else {
            across = "the listed n"
        }
        let step = Self.axis(upTo: plan.units.last ?? 0, resolution: resolution).step
        let up =
            step == resolution
            ? (step == 1 ? "every d1" : "d1 in steps of \(step)")
            : "no more than \(SweepDigest.mostPoints) d1, evenly spread"
        return " Drawn at \(across) and \(up)."
    }
}
