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

    /// A d0 or ratio of a sweep.
    private struct Curve {
        let name: String
        let group: SweepDigest.Group
        let samples: CriticalWidthSamples
        let exact: ExactChances?
        func dimension(_ n: Int) -> Int { group.ratio.map { $0.inputDimension(points: n) } ?? group.inputDimension }
    }

    /// - Returns: nil where no trial reaches full rank.
    public func figure(version: String) -> Figure? {
        let names = Self.names(sweeps.map(\.digest.plan))
        let curves = zip(sweeps, names).flatMap { sweep, name -> [Curve] in
            let groups = sweep.digest.groups
            return groups.compactMap { group in
                group.samples.map {
                    Curve(name: groups.count > 1 || name.isEmpty ? "\(group.label)\(name.isEmpty ? "" : ", \(name)")" : name, group: group, samples: $0, exact: sweep.exact)
                }
            }
        }
        var widthTable = "sweep,d0,n,trials,q05,q50,q95,exact_q05,exact_q50,exact_q95\n"
        var fractionTable = "sweep,d0,n,d1,trials,full_rank,exact\n"
        var legend = [Chart.LegendEntry](), widths = [Chart.Mark](), fractions = [Chart.Mark]()
        var points = [Double](), values = [Double](), across = [Double]()
        let shown = Self.commonPoints(curves.map(\.samples))
        for (place, curve) in curves.enumerated() {
            let style = Chart.Style(place, of: curves.count, isMarked: true)
            legend.append(Chart.LegendEntry(curve.name, style, isBand: true))
            var median = [FigurePoint?](), low = [FigurePoint](), high = low, closed = low
            let drawn = Set(CriticalWidthSamples.selection(curve.samples.points, atMost: 40))
            for index in curve.samples.points.indices {
                let n = curve.samples.points[index]
                let row = curve.samples.statistics(at: index)
                let quantiles = [row.q05, row.q50, row.q95]
                let exact = drawn.contains(n)
                    ? curve.exact?.widths(inputDimension: curve.dimension(n), points: n, levels: [0.05, 0.5, 0.95]) : nil
                points.append(Double(n))
                median.append(row.q50.map { FigurePoint(x: Double(n), y: Double($0)) })
                if let q05 = row.q05, let q95 = row.q95 {
                    low.append(FigurePoint(x: Double(n), y: Double(q05)))
                    high.append(FigurePoint(x: Double(n), y: Double(q95)))
                }
                if let exact { closed.append(FigurePoint(x: Double(n), y: Double(exact[1]))) }
                values += (quantiles + [exact?[1]]).compactMap { $0.map(Double.init) }
                let numbers = quantiles + (exact ?? []).map { $0 } + (exact == nil ? [nil, nil, nil] : [])
                widthTable += "\(Self.field(curve.name)),\(curve.dimension(n)),\(n),\(row.trials),"
                    + numbers.map { $0.map { "\($0)" } ?? "" }.joined(separator: ",") + "\n"
            }
            widths.append(Chart.Mark(.band(low: low, high: high), style))
            widths.append(Chart.Mark(.line(median), style))
            if !closed.isEmpty { widths.append(Chart.Mark(.line(closed), .reference(dashes: Self.dashes))) }
            guard let shown, let index = curve.samples.points.firstIndex(of: shown) else { continue }
            var path = [FigurePoint]()
            let steps = curve.samples.steps(at: index)
            let dimension = curve.dimension(shown)
            let wanted = CriticalWidthSamples.selection(steps.map(\.width), atMost: 60)
            let chances = curve.exact?.chances(inputDimension: dimension, points: shown, units: wanted) ?? wanted.map { _ in nil }
            let known = Dictionary(uniqueKeysWithValues: zip(wanted, chances))
            for (width, count) in steps {
                let y = Double(count) / Double(curve.samples.trials)
                path.append(FigurePoint(x: Double(width), y: path.last?.y ?? 0))
                path.append(FigurePoint(x: Double(width), y: y))
                across.append(Double(width))
                let exact = known[width] ?? nil
                fractionTable += "\(Self.field(curve.name)),\(dimension),\(shown),\(width),\(curve.samples.trials),\(count),"
                    + (exact.map { fixed($0, 9) } ?? "") + "\n"
            }
            fractions.append(Chart.Mark(.line(path), Chart.Style(place, of: curves.count)))
            let exactPath = zip(wanted, chances).compactMap { width, chance in
                chance.map { FigurePoint(x: Double(width), y: $0) }
            }
            if !exactPath.isEmpty { fractions.append(Chart.Mark(.line(exactPath), .reference(dashes: Self.dashes))) }
        }
        guard !values.isEmpty else { return nil }
        let hasExact = (widths + fractions).contains { $0.style.colour == nil }
        if hasExact { legend.append(Chart.LegendEntry("exact, in closed form", .reference(dashes: Self.dashes))) }
        var panels = [
            Chart.Panel(
                title: "critical width: median, 5% to 95%",
                across: ChartAxis(title: "dataset size n", scale: .logarithmic, values: points),
                up: ChartAxis(title: "width h(n) of full rank", scale: .logarithmic, values: values), marks: widths)
        ]
        if let shown, !across.isEmpty {
            panels.append(
                Chart.Panel(
                    title: "n = \(shown)", across: ChartAxis(title: "width d1", scale: .logarithmic, values: across),
                    up: ChartAxis(title: "fraction of full rank", fixed: 0...1), marks: fractions))
        }
        let title = "Full rank by ensemble"
        return Figure(
            name: "ensembles", title: title,
            svg: Chart(
                panels: panels, legend: legend, title: title, caption: caption(version)).svg(theme: theme),
            tables: [
                Figure.Table(name: "ensembles", csv: widthTable), Figure.Table(name: "ensembles-fractions", csv: fractionTable),
            ])
    }

    private static let dashes = "2 3"

    private func caption(_ version: String) -> String {
        let sizes = sweeps.map { "\($0.digest.mostTrials) trials, seed \($0.digest.plan.seed)" }
        let same = Set(sizes).count == 1 ? "Each: \(sizes[0])." : sizes.joined(separator: "; ") + ", in the order of the legend."
        return "\(same) Ranks are exact. fullrank \(version)."
    }

    /// The largest n of which every curve has trials of full rank.
    private static func commonPoints(_ samples: [CriticalWidthSamples]) -> Int? {
        samples.map { one in
            Set(one.points.indices.filter { !one.steps(at: $0).isEmpty }.map { one.points[$0] })
        }.reduce(nil as Set<Int>?) { $0?.intersection($1) ?? $1 }?.max()
    }

    private static func field(_ text: String) -> String { "\"\(text)\"" }

    /// What tells the plans apart: "weights uniform, inputs cube"; all of it where nothing does.
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
            case .file(let path, _): "inputs \(path.split(separator: "/").last.map(String.init) ?? path)"
            }
        }
        func dimensions(_ plan: SweepPlan) -> String {
            switch plan.inputDimensions {
            case .fixed(let list): list.count == 1 ? "d0 = \(list[0])" : ""
            case .proportional(let list): list.count == 1 ? "d0 = ⌈\(list[0]) n⌉" : ""
            }
        }
        let parts: [(SweepPlan) -> String] = [
            dimensions, ensemble, inputs, { $0.bias ? "" : "no biases" }, { "seed \($0.seed)" }, { "\($0.trials) trials" },
        ]
        let telling = parts.filter { part in Set(plans.map(part)).count > 1 }
        let chosen = telling.isEmpty ? [ensemble] : telling
        return plans.map { plan in chosen.map { $0(plan) }.filter { !$0.isEmpty }.joined(separator: ", ") }
    }
}
