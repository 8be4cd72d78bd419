import FullrankModel
import FullrankStatistics

/// Figures of the critical width h(n): quantiles against n, rescaled, collapsed, distributions. Exact method only.
public struct WidthFigures: Sendable {
    public var theme = FigureTheme.light
    /// Whether the limit law of one input is drawn beside distributions (`LineLaw`).
    public var showsLaw = false

    public init() {}

    /// Quantile bands against n.
    public func curves(_ digest: SweepDigest, text: FigureText) -> Figure? {
        let widths = digest.widths
        guard digest.plan.points.count > 1, widths.contains(where: { $0.q05 != nil }) else { return nil }
        let title = "Width at which the Jacobian reaches full rank"
        let series = ThresholdCurve.series(widths, largestUnits: digest.plan.units.last)
        return Figure(
            name: "widths", title: title,
            svg: ThresholdCurve.svg(
                series: series, title: title, caption: text.caption + ThresholdCurve.note(digest.plan), theme: theme),
            tables: [Figure.Table(name: "widths", csv: WidthTable.csv(widths))])
    }

    /// Smallest n of power-law fits: a fifth of the largest, but no larger than leaves three n.
    private func smallestPoints(_ samples: CriticalWidthSamples) -> Int {
        let largest = samples.points.last ?? 1
        let third = samples.points.count >= 3 ? samples.points[samples.points.count - 3] : 1
        return min(third, (largest + 4) / 5)
    }

    func scaling(_ group: SweepDigest.Group) -> FiniteSizeScaling? {
        guard let samples = group.samples else { return nil }
        // No more n than a bootstrap has time for.
        let chosen = CriticalWidthSamples.selection(samples.points, atMost: 24, geometric: true)
        return FiniteSizeScaling(samples.keeping(Set(chosen)), smallestPoints: smallestPoints(samples))
    }

    /// P(rank n) against (d1 - median h(n)) / (B n^b): one curve for all n where the window is a power law.
    public func collapse(_ digest: SweepDigest, text: FigureText) -> Figure? {
        let groups = digest.groups
        var table = SweepDigest.Group.keyHeader(groups) + ",n,d1,x,probability\n"
        var panels = [Chart.Panel]()
        let fits = groups.map { scaling($0) }
        // The same for all panels, which share a legend.
        let shown = CriticalWidthSamples.selection(
            Set(fits.flatMap { $0?.points ?? [] }).sorted(), atMost: 6, geometric: true)
        for (group, fit) in zip(groups, fits) {
            guard let samples = group.samples, let fit else { continue }
            var marks = [Chart.Mark]()
            for (place, n) in shown.enumerated() {
                guard let index = samples.points.firstIndex(of: n), let at = fit.points.firstIndex(of: n) else {
                    continue
                }
                let style = Self.style(place, of: shown)
                var path = [FigurePoint]()
                func scaled(_ width: Int) -> Double { (Double(width) - fit.medians[at]) / fit.window(Double(n)) }
                for (width, count) in samples.steps(at: index) {
                    let x = scaled(width)
                    let y = Double(count) / Double(samples.trials)
                    path.append(FigurePoint(x: scaled(width - 1), y: path.last?.y ?? 0))
                    path.append(FigurePoint(x: x, y: y))
                    table += "\(group.key(points: n)),\(n),\(width),\(fixed(x, 6)),\(fixed(y, 6))\n"
                }
                // No further than was tried.
                if let last = path.last {
                    path.append(FigurePoint(x: max(last.x, scaled(samples.problem.largestUnits)), y: last.y))
                }
                path.insert(FigurePoint(x: min(-3, path.first?.x ?? 0), y: 0), at: 0)
                marks.append(Chart.Mark(.line(path), style))
            }
            guard !marks.isEmpty else { continue }
            panels.append(
                Chart.Panel(
                    title: group.label + ": b = " + Self.exponent(fit.window.exponent, fit.windowError),
                    across: ChartAxis(title: "(d1 - median of h) / fitted window", fixed: -2...4),
                    up: ChartAxis(title: "fraction of full rank", fixed: 0...1), marks: marks))
        }
        guard !panels.isEmpty else { return nil }
        let title = "Finite-size scaling of full rank"
        let legend = shown.indices.map { Chart.LegendEntry("n = \(shown[$0])", Self.style($0, of: shown)) }
        return Figure(
            name: "collapse", title: title,
            svg: Chart(
                panels: panels, legend: legend, title: title,
                caption: text.caption
                    + " Each n is centred at its own median and scaled by the window B n^b fitted to the interquartile "
                    + "ranges: where these are a power law of n, all n fall on one curve. h is spread evenly over (h - 1, h], so that steps of one unit are slopes."
            ).svg(theme: theme),
            tables: [Figure.Table(name: "collapse", csv: table)])
    }

    /// The distribution function of h(n) for some n.
    public func distribution(_ digest: SweepDigest, text: FigureText) -> Figure? {
        let groups = digest.groups
        let distributions = groups.compactMap { group -> Distribution? in
            guard let samples = group.samples else { return nil }
            let curves = samples.points.indices.map { index in
                Distribution.Curve(
                    points: samples.points[index], key: group.key(points: samples.points[index]),
                    steps: samples.steps(at: index))
            }
            return Distribution(
                label: group.label, trials: samples.trials, largestUnits: samples.problem.largestUnits, curves: curves,
                law: showsLaw && group.ratio == nil
                    ? LineLaw(plan: digest.plan, inputDimension: group.inputDimension) : nil)
        }
        return distribution(distributions, keyHeader: SweepDigest.Group.keyHeader(groups), text: text)
    }

    /// The same of tallies at the one n of their plan.
    public func distribution(_ tallies: [SweepTally], text: FigureText) -> Figure? {
        let hasRatios = tallies.contains { $0.problem.ratio != nil }
        let distributions = tallies.compactMap { tally -> Distribution? in
            let problem = tally.problem
            guard problem.points.count == 1, let histogram = tally.widthHistograms.first else { return nil }
            var count = 0
            let steps = histogram.entries.map { entry in
                count += entry.trials
                return (width: entry.width, count: count)
            }
            return Distribution(
                label: PhaseDiagram.title(ratio: problem.ratio, inputDimension: problem.inputDimension, hidden: nil),
                trials: histogram.trials, largestUnits: problem.largestUnits,
                curves: [
                    Distribution.Curve(
                        points: problem.points[0],
                        key: (problem.ratio.map { "\($0)," } ?? "") + "\(problem.inputDimension)", steps: steps)
                ])
        }
        return distribution(distributions, keyHeader: hasRatios ? "ratio,d0" : "d0", text: text)
    }

    /// The widths of one panel.
    private struct Distribution {
        struct Curve {
            var points: Int
            /// First fields of its rows.
            var key: String
            /// Trials with h(n) up to the width, widths ascending.
            var steps: [(width: Int, count: Int)]
        }
        var label: String
        var trials: Int
        var largestUnits: Int
        var curves: [Curve]
        var law: LineLaw?
    }

    private func distribution(_ groups: [Distribution], keyHeader: String, text: FigureText) -> Figure? {
        var table = keyHeader + ",n,d1,trials,reached\n"
        var panels = [Chart.Panel]()
        let reached = groups.flatMap(\.curves).filter { !$0.steps.isEmpty }.map(\.points)
        // The same for all panels, which share a legend.
        let shown = CriticalWidthSamples.selection(Set(reached).sorted(), atMost: 5, geometric: true)
        for group in groups {
            var marks = [Chart.Mark](), widths = [Double]()
            for (place, n) in shown.enumerated() {
                guard let curve = group.curves.first(where: { $0.points == n && !$0.steps.isEmpty }) else { continue }
                let style = Self.style(place, of: shown)
                var path = [FigurePoint]()
                for (width, count) in curve.steps {
                    let y = Double(count) / Double(group.trials)
                    path.append(FigurePoint(x: Double(width), y: path.last?.y ?? 0))
                    path.append(FigurePoint(x: Double(width), y: y))
                    widths.append(Double(width))
                    table += "\(curve.key),\(n),\(width),\(group.trials),\(count)\n"
                }
                // No further than was tried.
                if let last = path.last {
                    path.append(FigurePoint(x: Double(max(Int(last.x), group.largestUnits)), y: last.y))
                }
                marks.append(Chart.Mark(.line(path), style))
                guard let law = group.law else { continue }
                let levels = (1..<200).map { Double($0) / 200 }
                marks.append(
                    Chart.Mark(
                        .line(levels.map { FigurePoint(x: law.width(points: n, level: $0), y: $0) }), .reference()))
            }
            guard !marks.isEmpty else { continue }
            panels.append(
                Chart.Panel(
                    title: group.label, across: ChartAxis(title: "width d1", scale: .logarithmic, values: widths),
                    up: ChartAxis(title: "fraction of trials with h(n) ≤ d1", fixed: 0...1), marks: marks))
        }
        guard !panels.isEmpty else { return nil }
        let title = "Distribution of the critical width h(n)"
        var legend = shown.indices.map { Chart.LegendEntry("n = \(shown[$0])", Self.style($0, of: shown)) }
        if let law = groups.compactMap(\.law).first {
            legend.append(Chart.LegendEntry("exp(-c n³/d1²), c = \(fixed(law.constant, 2))", .reference()))
        }
        return Figure(
            name: "distribution", title: title,
            svg: Chart(panels: panels, legend: legend, title: title, caption: text.caption).svg(theme: theme),
            tables: [Figure.Table(name: "distribution", csv: table)])
    }

    static let dashes = Chart.Style.dashPatterns

    /// The style of the curve of the place-th n shown.
    private static func style(_ place: Int, of shown: [Int]) -> Chart.Style {
        Chart.Style(place, of: shown.count, dashes: dashes[place % dashes.count])
    }

    /// "1.98 ± 0.03"
    static func exponent(_ value: Double, _ error: Double) -> String {
        fixed(value, 2) + " ± " + (error.isFinite ? fixed(max(error, 0.005), 2) : "?")
    }
}
