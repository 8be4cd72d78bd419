import FullrankModel
import FullrankStatistics

/// A d0 or ratio of a sweep in an `EnsembleFigure`.
struct EnsembleCurve {
    let name: String
    let group: SweepDigest.Group
    let samples: CriticalWidthSamples
    let exact: ExactChances?

    static let exactStyle = Chart.Style.reference(dashes: "2 3")

    func dimension(_ n: Int) -> Int { group.ratio.map { $0.inputDimension(points: n) } ?? group.inputDimension }
    /// Of a table.
    var field: String { "\"\(name)\"" }
}

/// Critical widths against n: marks and table.
struct EnsembleWidths {
    private(set) var marks = [Chart.Mark]()
    private(set) var table = "sweep,d0,n,trials,q05,q50,q95,exact_q05,exact_q50,exact_q95\n"
    private var points = [Double](), values = [Double]()

    mutating func add(_ curve: EnsembleCurve, _ style: Chart.Style) {
        var median = [FigurePoint?](), low = [FigurePoint](), high = low, closed = low
        // Closed forms are computed only as far as there is time.
        let drawn = Set(CriticalWidthSamples.selection(curve.samples.points, atMost: 40))
        for index in curve.samples.points.indices {
            let n = curve.samples.points[index]
            let row = curve.samples.statistics(at: index)
            let quantiles = [row.q05, row.q50, row.q95]
            let exact =
                drawn.contains(n)
                ? curve.exact?.widths(inputDimension: curve.dimension(n), points: n, levels: [0.05, 0.5, 0.95]) : nil
            points.append(Double(n))
            median.append(row.q50.map { FigurePoint(x: Double(n), y: Double($0)) })
            if let q05 = row.q05, let q95 = row.q95 {
                low.append(FigurePoint(x: Double(n), y: Double(q05)))
                high.append(FigurePoint(x: Double(n), y: Double(q95)))
            }
            if let exact { closed.append(FigurePoint(x: Double(n), y: Double(exact[1]))) }
            values += (quantiles + [exact?[1]]).compactMap { $0.map(Double.init) }
            let numbers = quantiles + (exact?.map { $0 } ?? [nil, nil, nil])
            table +=
                "\(curve.field),\(curve.dimension(n)),\(n),\(row.trials),"
                + numbers.map { $0.map { "\($0)" } ?? "" }.joined(separator: ",") + "\n"
        }
        marks.append(Chart.Mark(.band(low: low, high: high), style))
        marks.append(Chart.Mark(.line(median), style))
        if !closed.isEmpty { marks.append(Chart.Mark(.line(closed), EnsembleCurve.exactStyle)) }
    }

    /// nil if nothing reaches full rank.
    var panel: Chart.Panel? {
        guard !values.isEmpty else { return nil }
        return Chart.Panel(
            title: "critical width: median, 5% to 95%",
            across: ChartAxis(title: "dataset size n", scale: .logarithmic, values: points),
            up: ChartAxis(title: "width h(n) of full rank", scale: .logarithmic, values: values), marks: marks)
    }
}

/// Fractions of full rank against d1 at one n: marks and table.
struct EnsembleFractions {
    private(set) var marks = [Chart.Mark]()
    private(set) var table = "sweep,d0,n,d1,trials,full_rank,exact\n"
    private var across = [Double]()

    mutating func add(_ curve: EnsembleCurve, points: Int, _ style: Chart.Style) {
        guard let index = curve.samples.points.firstIndex(of: points) else { return }
        let steps = curve.samples.steps(at: index), dimension = curve.dimension(points)
        let wanted = CriticalWidthSamples.selection(steps.map(\.width), atMost: 60)
        let chances =
            curve.exact?.chances(inputDimension: dimension, points: points, units: wanted) ?? wanted.map { _ in nil }
        let known = Dictionary(uniqueKeysWithValues: zip(wanted, chances))
        var path = [FigurePoint]()
        for (width, count) in steps {
            path.append(FigurePoint(x: Double(width), y: path.last?.y ?? 0))
            path.append(FigurePoint(x: Double(width), y: Double(count) / Double(curve.samples.trials)))
            across.append(Double(width))
            let exact = known[width] ?? nil
            table +=
                "\(curve.field),\(dimension),\(points),\(width),\(curve.samples.trials),\(count),"
                + (exact.map { fixed($0, 9) } ?? "") + "\n"
        }
        marks.append(Chart.Mark(.line(path), style))
        let closed = zip(wanted, chances).compactMap { width, chance in
            chance.map { FigurePoint(x: Double(width), y: $0) }
        }
        if !closed.isEmpty { marks.append(Chart.Mark(.line(closed), EnsembleCurve.exactStyle)) }
    }

    /// nil if there is nothing to show.
    func panel(points: Int) -> Chart.Panel? {
        guard !across.isEmpty else { return nil }
        return Chart.Panel(
            title: "n = \(points)", across: ChartAxis(title: "width d1", scale: .logarithmic, values: across),
            up: ChartAxis(title: "fraction of full rank", fixed: 0...1), marks: marks)
    }
}
