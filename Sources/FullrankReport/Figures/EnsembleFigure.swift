import FullrankModel
import FullrankStatistics

/// Sweeps of several ensembles (of patterns, weights or inputs) as curves: the critical width against n, and the
/// fraction of full rank against d1 at one n, each with its closed form where there is one. Exact method only.
public struct EnsembleFigure: Sendable {
    public struct Sweep: Sendable {
        public let digest: SweepDigest
        public let exact: ExactChances?
        public init(digest: SweepDigest, exact: ExactChances?) { (self.digest, self.exact) = (digest, exact) }
    }

    private let sweeps: [Sweep]
    private let theme: FigureTheme

    public init(sweeps: [Sweep], theme: FigureTheme) { (self.sweeps, self.theme) = (sweeps, theme) }

    /// - Returns: nil if no trial reaches full rank.
    public func figure(version: String) -> Figure? {
        let curves = curves
        var legend = [Chart.LegendEntry](), widths = EnsembleWidths(), fractions = EnsembleFractions()
        let shown = Self.commonPoints(curves.map(\.samples))
        for (place, curve) in curves.enumerated() {
            let style = Chart.Style(place, of: curves.count, isMarked: true)
            legend.append(Chart.LegendEntry(curve.name, style, isBand: true))
            widths.add(curve, style)
            if let shown { fractions.add(curve, points: shown, Chart.Style(place, of: curves.count)) }
        }
        guard let first = widths.panel else { return nil }
        if (widths.marks + fractions.marks).contains(where: { $0.style.colour == nil }) {
            legend.append(Chart.LegendEntry("exact, in closed form", EnsembleCurve.exactStyle))
        }
        let panels = [first] + (shown.flatMap { fractions.panel(points: $0) }.map { [$0] } ?? [])
        let title = "Full rank by ensemble"
        var chart = Chart(panels: panels, legend: legend, title: title, caption: "")
        chart.caption = caption(version) + chart.barNote
        return Figure(
            name: "ensembles", title: title, svg: chart.svg(theme: theme),
            tables: [
                Figure.Table(name: "ensembles", csv: widths.table),
                Figure.Table(name: "ensembles-fractions", csv: fractions.table),
            ])
    }

    private var curves: [EnsembleCurve] {
        zip(sweeps, Self.names(sweeps.map(\.digest.plan))).flatMap { sweep, name -> [EnsembleCurve] in
            let groups = sweep.digest.groups
            return groups.compactMap { group in
                let telling = name.isEmpty ? group.label : groups.count > 1 ? "\(group.label), \(name)" : name
                return group.samples.map { EnsembleCurve(name: telling, group: group, samples: $0, exact: sweep.exact) }
            }
        }
    }

    private func caption(_ version: String) -> String {
        let sizes = sweeps.map { "\(counted($0.digest.mostTrials, "trial")), seed \($0.digest.plan.seed)" }
        let same =
            Set(sizes).count == 1
            ? "Each: \(sizes[0])." : sizes.joined(separator: "; ") + ", in the order of the legend."
        return "\(same) Ranks are exact. fullrank \(version)."
    }

    /// The largest n of which every curve has trials of full rank.
    private static func commonPoints(_ samples: [CriticalWidthSamples]) -> Int? {
        samples.map { one in
            Set(one.points.indices.filter { !one.steps(at: $0).isEmpty }.map { one.points[$0] })
        }.reduce(nil as Set<Int>?) { $0?.intersection($1) ?? $1 }?.max()
    }

    /// The difference between the plans: "weights uniform, inputs cube"; all settings if there is no difference.
    static func names(_ plans: [SweepPlan]) -> [String] {
        func ensemble(_ plan: SweepPlan) -> String {
            switch plan.patterns {
            case .initialization: "\(plan.initialization.rawValue) weights"
            case .bernoulli: "patterns of fair bits"
            case .regions: "patterns uniform over the regions"
            }
        }
        func inputs(_ plan: SweepPlan) -> String {
            switch plan.inputs {
            case .drawn(let distribution): "inputs \(distribution.rawValue)"
            case .file(let path, _): "inputs \(path.lastPathComponent)"
            }
        }
        func dimensions(_ plan: SweepPlan) -> String {
            switch plan.inputDimensions {
            case .fixed(let list): list.count == 1 ? "d0 = \(list[0])" : ""
            case .proportional(let list): list.count == 1 ? "d0 = ⌈\(list[0]) n⌉" : ""
            }
        }
        let parts: [(SweepPlan) -> String] = [
            dimensions, ensemble, inputs, { $0.bias ? "" : "no biases" }, { "seed \($0.seed)" },
            { counted($0.trials, "trial") },
        ]
        let telling = parts.filter { part in Set(plans.map(part)).count > 1 }
        let chosen = telling.isEmpty ? [ensemble] : telling
        return plans.map { plan in chosen.map { $0(plan) }.filter { !$0.isEmpty }.joined(separator: ", ") }
    }
}
