import FullrankModel
import FullrankStatistics

extension WidthFigures {
    /// h k/n against n, and the width of the window with its power laws.
    public func scaled(_ digest: SweepDigest, text: FigureText) -> Figure? {
        let groups = digest.groups.filter { ($0.samples?.points.count ?? 0) > 1 }
        guard !groups.isEmpty else { return nil }
        var widths = ScaledWidths(groups, bias: digest.plan.bias)
        var legend = [Chart.LegendEntry]()
        for (place, group) in groups.enumerated() {
            guard let samples = group.samples else { continue }
            let style = Chart.Style(place, of: groups.count, isMarked: true)
            widths.add(group, samples, style)
            let exponents = scaling(group).map { widths.add($0, of: group, style) } ?? ""
            legend.append(Chart.LegendEntry(group.label + exponents, style, isBand: true))
        }
        guard let panels = widths.panels else { return nil }
        let title = "The critical width, rescaled"
        var chart = Chart(panels: panels, legend: legend, title: title, caption: text.caption)
        chart.caption +=
            " Left: medians, \(chart.intervalWord) from 5% to 95%.\(chart.barNote) Right: lines are power laws fitted to n from a fifth of the largest on;"
            + " errors of exponents by \(FiniteSizeScaling.resamples) bootstrap resamples of trials."
        return Figure(
            name: "scaled", title: title,
            svg: chart.svg(theme: theme),
            tables: [
                Figure.Table(name: "scaled", csv: widths.table), Figure.Table(name: "exponents", csv: widths.fits),
            ])
    }
}

/// The marks and tables of `WidthFigures.scaled`.
private struct ScaledWidths {
    private(set) var table: String
    private(set) var fits: String
    private let bias: Bool
    private var level = [Chart.Mark](), window = [Chart.Mark]()
    private var points = [Double](), scaledValues = [Double](), windowValues = [Double]()

    init(_ groups: [SweepDigest.Group], bias: Bool) {
        self.bias = bias
        table = SweepDigest.Group.keyHeader(groups) + ",n,trials,q05_scaled,q50_scaled,q95_scaled,window,median\n"
        fits =
            (groups.contains { $0.ratio != nil } ? "ratio" : "d0")
            + ",n_from,n_to,a,a_error,b,b_error,b_minus_a,b_minus_a_error\n"
    }

    /// The measured values.
    mutating func add(_ group: SweepDigest.Group, _ samples: CriticalWidthSamples, _ style: Chart.Style) {
        var low = [FigurePoint](), high = low, median = [FigurePoint?](), windows = [FigurePoint](), hovers = [String]()
        for index in samples.points.indices {
            let n = samples.points[index]
            let row = samples.statistics(at: index)
            let factor = Double(samples.inputDimension(at: index) + (bias ? 1 : 0)) / Double(n)
            let scaled = [row.q05, row.q50, row.q95].map { $0.map { Double($0) * factor } }
            let quartiles = samples.quartiles(at: index)
            points.append(Double(n))
            scaledValues += scaled.compactMap { $0 }
            median.append(scaled[1].map { FigurePoint(x: Double(n), y: $0) })
            if let q05 = scaled[0], let q95 = scaled[2] {
                low.append(FigurePoint(x: Double(n), y: q05))
                high.append(FigurePoint(x: Double(n), y: q95))
            }
            if let quartiles {
                let size = (quartiles[2] - quartiles[0]) / quartiles[1]
                windows.append(FigurePoint(x: Double(n), y: size))
                windowValues.append(size)
                hovers.append("\(group.label), n = \(n): \(ChartAxis.label(size))")
            }
            let numbers = scaled + [quartiles.map { $0[2] - $0[0] }, quartiles.map { $0[1] }]
            table +=
                "\(group.key(points: n)),\(n),\(row.trials),"
                + numbers.map { $0.map { fixed($0, 6) } ?? "" }
                .joined(separator: ",") + "\n"
        }
        level.append(Chart.Mark(.band(low: low, high: high), style))
        level.append(Chart.Mark(.line(median), style))
        let reached = median.compactMap { $0 }
        level.append(
            Chart.Mark(
                .dots(reached, hover: reached.map { "\(group.label), n = \(Int($0.x)): \(ChartAxis.label($0.y))" }),
                style))
        window.append(Chart.Mark(.dots(windows, hover: hovers), style))
    }

    /// Power laws; what the legend says of them.
    mutating func add(_ fit: FiniteSizeScaling, of group: SweepDigest.Group, _ style: Chart.Style) -> String {
        let (first, last) = (fit.points[0], fit.points[fit.points.count - 1])
        let ends = [first, last].map { n in
            FigurePoint(x: Double(n), y: fit.window(Double(n)) / fit.median(Double(n)))
        }
        window.append(Chart.Mark(.line(ends), style))
        let numbers = [
            fit.median.exponent, fit.medianError, fit.window.exponent, fit.windowError,
            fit.window.exponent - fit.median.exponent, fit.relativeError,
        ]
        let key = group.ratio.map { "\($0)" } ?? "\(group.inputDimension)"
        fits += "\(key),\(first),\(last)," + numbers.map { fixed($0, 4) }.joined(separator: ",") + "\n"
        return ": exponents " + WidthFigures.exponent(fit.median.exponent, fit.medianError) + " (median h), "
            + WidthFigures.exponent(fit.window.exponent, fit.windowError) + " (window)"
    }

    /// nil if nothing reaches full rank.
    var panels: [Chart.Panel]? {
        guard !scaledValues.isEmpty else { return nil }
        let least = points.min() ?? 1
        let across = ChartAxis(
            title: "dataset size n", scale: .logarithmic, fixed: least...max(points.max() ?? 2, least + 1))
        return [
            Chart.Panel(
                title: "parameters a data point at full rank",
                across: across, up: ChartAxis(title: "h(n) · k / n", scale: .logarithmic, values: scaledValues),
                marks: level),
            Chart.Panel(
                title: "width of the window", across: across,
                up: ChartAxis(title: "interquartile range of h / median", scale: .logarithmic, values: windowValues),
                marks: window),
        ]
    }
}
