import FullrankModel
import FullrankStatistics

/// A curve that may be laid over a phase diagram.
public enum OverlayKind: String, CaseIterable, Hashable, Sendable {
    case count
    case theoremFive = "theorem-5"
    case theoremTen = "theorem-10"
    /// The exact curves of Theorem 10's setting.
    case steps
    /// The exact curves of the sweep's own ensemble, where it has closed forms.
    case exact
    case anticoncentration
    /// Where the measured fraction is 0.05, 0.5, 0.95, with confidence bands.
    case contours

    /// Whether it is about networks of one hidden layer only.
    public var isShallow: Bool { ![.count, .exact, .contours].contains(self) }

    var bound: WidthBound? {
        switch self {
        case .count: .parameterCount
        case .theoremFive: .randomPatterns
        case .theoremTen: .stepPatterns
        case .anticoncentration: .anticoncentration
        case .steps, .exact, .contours: nil
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
    /// - Parameter points: ascending; lines are extended to the panel's edges where they are straight.
    func overlays(_ group: SweepDigest.Group, points: [Int]) -> (overlays: [PhaseDiagram.Overlay], rows: [Row]) {
        var overlays = [PhaseDiagram.Overlay](), rows = [Row]()
        for kind in kinds {
            if let hidden = group.hidden, kind == .count {
                // The other bounds are about one hidden layer: see `isShallow`.
                overlays.append(
                    PhaseDiagram.deepParameterLine(
                        hidden, inputDimension: group.inputDimension, bias: plan.bias, right: 2 * (points.last ?? 0)))
                rows += points.map {
                    let width = hidden.parameterCount(points: $0, inputDimension: group.inputDimension, bias: plan.bias)
                    return Row(points: $0, name: kind.rawValue, width: width > 0 ? width : nil)
                }
            } else if group.hidden != nil, kind.isShallow {
                continue
            } else if let bound = kind.bound {
                let at = CriticalWidthSamples.selection(points, atMost: 200)
                let widths = at.map { n in
                    let dimension = group.ratio.map { $0.inputDimension(points: n) } ?? group.inputDimension
                    return bound.width(
                        points: n, inputDimension: dimension, bias: plan.bias, epsilon: epsilon,
                        gamma: gammas[dimension]?[n])
                }
                guard widths.contains(where: { $0 != nil }) else { continue }
                var path = zip(at, widths).compactMap { n, width in width.map { FigurePoint(x: Double(n), y: $0) } }
                if kind == .count, group.ratio == nil, let last = path.last {
                    path = [FigurePoint(x: 0, y: 0), FigurePoint(x: 2 * last.x, y: 2 * last.y)]
                }
                overlays.append(PhaseDiagram.Overlay(label: bound.title + words(kind), path: path))
                rows += zip(at, widths).map { Row(points: $0, name: kind.rawValue, width: $1) }
            } else if kind == .steps {
                guard group.ratio == nil, group.inputDimension == 1, plan.bias else { continue }
                // The same curves.
                if plan.patterns == .regions, exact != nil, kinds.contains(.exact) { continue }
                let at = CriticalWidthSamples.selection(points.filter { $0 <= TheorySummary.largestExactPoints }, atMost: 24)
                let widths = at.map { StepPatterns.widths(points: $0, levels: Self.levels, of: \.fullRank) }
                for (place, level) in Self.levels.enumerated() {
                    overlays.append(
                        PhaseDiagram.Overlay(
                            label: "exact if patterns are uniform among the 2 n step vectors (d0 = 1): P(rank n) = "
                                + "\(Self.levels.map { "\($0)" }.joined(separator: ", ")), upwards",
                            path: zip(at, widths).map { FigurePoint(x: Double($0), y: Double($1[place])) }))
                    rows += zip(at, widths).map { Row(points: $0, name: "steps-\(level)", width: Double($1[place])) }
                }
            } else if kind == .exact {
                guard let exact else { continue }
                let found = CriticalWidthSamples.selection(points, atMost: 24).compactMap { n -> (n: Int, widths: [Int])? in
                    let dimension = group.ratio.map { $0.inputDimension(points: n) } ?? group.inputDimension
                    return exact.widths(inputDimension: dimension, points: n, levels: Self.levels).map { (n, $0) }
                }
                guard !found.isEmpty else { continue }
                for (place, level) in Self.levels.enumerated() {
                    overlays.append(
                        PhaseDiagram.Overlay(
                            label: "exact, in closed form: P(rank n) = \(Self.levels.map { "\($0)" }.joined(separator: ", ")), upwards",
                            path: found.map { FigurePoint(x: Double($0.n), y: Double($0.widths[place])) }))
                    rows += found.map { Row(points: $0.n, name: "exact-\(level)", width: Double($0.widths[place])) }
                }
            } else {
                for level in Self.levels {
                    let contour = group.samples.map { ProbabilityContour(level: level, samples: $0) }
                        ?? ProbabilityContour(level: level, cells: group.cells)
                    let reached = contour.rows.filter { $0.width != nil }
                    let top = Double(plan.units.last ?? 0) * 2
                    // Few trials leave a band without an upper end: it would cover all that is above.
                    let hasEnd = reached.contains { $0.high != nil }
                    let banded = hasEnd ? reached : []
                    overlays.append(
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
                    rows += contour.rows.map {
                        Row(points: $0.points, name: "contour-\(level)", width: $0.width.map(Double.init), low: $0.low, high: $0.high)
                    }
                }
            }
        }
        return (overlays, rows)
    }

    private func words(_ kind: OverlayKind) -> String {
        switch kind {
        case .count: ""
        case .anticoncentration: ", ε = \(epsilon), γ measured"
        default: ", ε = \(epsilon)"
        }
    }
}
