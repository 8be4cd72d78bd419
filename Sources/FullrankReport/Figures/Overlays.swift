import FullrankModel
import FullrankStatistics

/// A curve that may be laid over a phase diagram.
public enum OverlayKind: String, CaseIterable, Hashable, Sendable {
    case count
    case theoremFive = "theorem-5"
    case theoremTen = "theorem-10"
    /// The exact curves of Theorem 10's setting.
    case steps
    /// The exact curves of the sweep's own ensemble, if it has closed forms.
    case exact
    case anticoncentration
    /// The limit law of h(n) for one input.
    case law
    /// The widths at which the measured fraction is 0.05, 0.5, 0.95, with confidence bands.
    case contours

    /// Whether it is about networks of one hidden layer only.
    public var isShallow: Bool { ![.count, .exact, .contours].contains(self) }

    var bound: WidthBound? {
        switch self {
        case .count: .parameterCount
        case .theoremFive: .randomPatterns
        case .theoremTen: .stepPatterns
        case .anticoncentration: .anticoncentration
        case .steps, .exact, .law, .contours: nil
        }
    }
}

/// Overlays of one figure, as curves and as table rows.
struct OverlaySet {
    let kinds: [OverlayKind]
    let plan: SweepPlan
    let epsilon: Double
    /// γ by d0, then n.
    let gammas: [Int: [Int: Double]]
    var exact: ExactChances?

    typealias Drawn = (overlays: [PhaseDiagram.Overlay], rows: [Row])

    struct Row {
        var points: Int
        var name: String
        var width: Double?
        var low: Int?
        var high: Int?
    }

    static let levels = [0.05, 0.5, 0.95]

    /// Curves of one group over the drawn n, and their numbers at these.
    ///
    /// - Parameter points: ascending. Straight lines are extended to the panel's edges.
    func overlays(_ group: SweepDigest.Group, points: [Int]) -> Drawn {
        kinds.reduce(into: (overlays: [], rows: []) as Drawn) { all, kind in
            let drawn: Drawn? =
                switch kind {
                case .count where group.hidden != nil: deepParameterCount(group, points)
                case _ where group.hidden != nil && kind.isShallow: nil
                case .count, .theoremFive, .theoremTen, .anticoncentration: bound(kind, group, points)
                case .steps: steps(group, points)
                case .exact: exactCurves(group, points)
                case .law: law(group, points)
                case .contours: contours(group)
                }
            guard let drawn else { return }
            all.overlays += drawn.overlays
            all.rows += drawn.rows
        }
    }
}

// A kind each; nil if it has nothing to say about the group.
extension OverlaySet {
    private func deepParameterCount(_ group: SweepDigest.Group, _ points: [Int]) -> Drawn? {
        guard let hidden = group.hidden else { return nil }
        let line = PhaseDiagram.deepParameterLine(
            hidden, inputDimension: group.inputDimension, bias: plan.bias, right: 2 * (points.last ?? 0))
        let rows = points.map {
            let width = hidden.parameterCount(points: $0, inputDimension: group.inputDimension, bias: plan.bias)
            return Row(points: $0, name: OverlayKind.count.rawValue, width: width > 0 ? width : nil)
        }
        return ([line], rows)
    }

    private func bound(_ kind: OverlayKind, _ group: SweepDigest.Group, _ points: [Int]) -> Drawn? {
        guard let bound = kind.bound else { return nil }
        let at = CriticalWidthSamples.selection(points, atMost: 200)
        let widths = at.map { n in
            let dimension = dimension(group, n)
            return bound.width(
                points: n, inputDimension: dimension, bias: plan.bias, epsilon: epsilon, gamma: gammas[dimension]?[n])
        }
        guard widths.contains(where: { $0 != nil }) else { return nil }
        var path = zip(at, widths).compactMap { n, width in width.map { FigurePoint(x: Double(n), y: $0) } }
        if kind == .count, group.ratio == nil, let last = path.last {
            path = [FigurePoint(x: 0, y: 0), FigurePoint(x: 2 * last.x, y: 2 * last.y)]
        }
        return (
            [PhaseDiagram.Overlay(label: bound.title + words(kind), path: path)],
            zip(at, widths).map { Row(points: $0, name: kind.rawValue, width: $1) }
        )
    }

    private func steps(_ group: SweepDigest.Group, _ points: [Int]) -> Drawn? {
        guard group.ratio == nil, group.inputDimension == 1, plan.bias else { return nil }
        // The same curves.
        if plan.patterns == .regions, exact != nil, kinds.contains(.exact) { return nil }
        let at = CriticalWidthSamples.selection(points.filter { $0 <= TheorySummary.largestExactPoints }, atMost: 24)
        return levels(
            zip(at, at.map { StepPatterns.widths(points: $0, levels: Self.levels, of: \.fullRank) }), name: "steps",
            label: "exact if patterns are uniform among the 2 n step vectors (d0 = 1)")
    }

    private func exactCurves(_ group: SweepDigest.Group, _ points: [Int]) -> Drawn? {
        let found = CriticalWidthSamples.selection(points, atMost: 24).compactMap { n in
            exact?.widths(inputDimension: dimension(group, n), points: n, levels: Self.levels).map { (n, $0) }
        }
        return found.isEmpty ? nil : levels(found, name: "exact", label: "exact, in closed form")
    }

    private func law(_ group: SweepDigest.Group, _ points: [Int]) -> Drawn? {
        guard group.ratio == nil, let law = LineLaw(plan: plan, inputDimension: group.inputDimension) else {
            return nil
        }
        return levels(
            CriticalWidthSamples.selection(points, atMost: 100).map { n in
                (n, Self.levels.map { Int(law.width(points: n, level: $0).rounded()) })
            }, name: "law", label: "limit law exp(-c n³/d1²), c = \(fixed(law.constant, 2))")
    }

    /// A curve a level, through n and the widths of all levels there.
    private func levels(_ widths: some Sequence<(Int, [Int])>, name: String, label: String) -> Drawn {
        var drawn: Drawn = ([], [])
        for (place, level) in Self.levels.enumerated() {
            drawn.overlays.append(
                PhaseDiagram.Overlay(
                    label: "\(label): P(rank n) = \(Self.levels.map { "\($0)" }.joined(separator: ", ")), upwards",
                    path: widths.map { FigurePoint(x: Double($0), y: Double($1[place])) }))
            drawn.rows += widths.map { Row(points: $0, name: "\(name)-\(level)", width: Double($1[place])) }
        }
        return drawn
    }

    private func contours(_ group: SweepDigest.Group) -> Drawn {
        var drawn: Drawn = ([], [])
        for level in Self.levels {
            let contour =
                group.samples.map { ProbabilityContour(level: level, samples: $0) }
                ?? ProbabilityContour(level: level, cells: group.cells)
            let reached = contour.rows.filter { $0.width != nil }
            let top = Double(plan.units.last ?? 0) * 2
            // Few trials leave a band without an upper end: it would cover all that is above.
            let banded = reached.contains { $0.high != nil } ? reached : []
            drawn.overlays.append(
                PhaseDiagram.Overlay(
                    label: "measured: P(rank n) = \(level), with its 95% band",
                    path: reached.map { FigurePoint(x: Double($0.points), y: Double($0.width ?? 0)) },
                    style: .measured,
                    band: banded.map { row in
                        (
                            FigurePoint(x: Double(row.points), y: Double(row.low ?? row.width ?? 0)),
                            FigurePoint(x: Double(row.points), y: row.high.map(Double.init) ?? top)
                        )
                    }))
            drawn.rows += contour.rows.map {
                Row(
                    points: $0.points, name: "contour-\(level)", width: $0.width.map(Double.init), low: $0.low,
                    high: $0.high)
            }
        }
        return drawn
    }

    private func dimension(_ group: SweepDigest.Group, _ n: Int) -> Int {
        group.ratio.map { $0.inputDimension(points: n) } ?? group.inputDimension
    }

    private func words(_ kind: OverlayKind) -> String {
        switch kind {
        case .count: ""
        case .theoremFive where plan.patterns != .bernoulli:
            ", ε = \(epsilon); counts all patterns alike, the cells count drawn ones"
        case .theoremTen where plan.patterns != .regions:
            ", ε = \(epsilon); counts all non-empty regions alike, the cells count drawn ones"
        case .anticoncentration:
            ", ε = \(epsilon), γ measured"
                + (plan.patterns == .initialization && plan.initialization == .normal ? "" : "; about Gaussian weights")
        default: ", ε = \(epsilon)"
        }
    }
}
