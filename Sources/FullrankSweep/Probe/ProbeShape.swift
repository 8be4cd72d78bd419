import FullrankBackends
import FullrankModel

/// The trial that a probe runs if a whole trial of a problem would take too long: a smaller one of the same kind, or
/// some of its cells.
struct ProbeShape: Hashable {
    /// n, d0, d1 of the trial.
    var points: Int
    var inputDimension: Int
    var units: Int
    /// For deep sweeps.
    var hidden: HiddenLayers?
    /// Method svd: the cells of it that are decomposed.
    var cells: [Cell]

    /// The problem's own trial.
    init(_ problem: SweepProblem, method: RankMethod) {
        points = problem.largestPoints
        inputDimension = problem.inputDimension
        units = problem.largestUnits
        hidden = problem.hidden
        cells = method == .exact ? [] : problem.points.flatMap { n in problem.units.map { Cell(points: n, units: $0) } }
    }

    /// Every length by `factor`: n, and of d1 and k the longer, so that d1 k keeps its proportion to n.
    func scaled(_ factor: Double, givenInputs: Bool) -> ProbeShape {
        func scale(_ value: Int) -> Int { max(1, Int((Double(value) * factor).rounded(.up))) }
        var shape = self
        let scalesUnits = givenInputs || units >= inputDimension
        shape.points = scale(points)
        if let hidden, hidden.isDeep {
            // Columns go with the products of widths, and are to keep their proportion to n too.
            func root(_ value: Int) -> Int { max(1, Int((Double(value) * factor.squareRoot()).rounded(.up))) }
            shape.hidden = HiddenLayers(hidden.widths.map(root))
            shape.units = root(units)
            shape.cells = cells.map { Cell(points: scale($0.points), units: root($0.units)) }
            return shape
        }
        if scalesUnits { shape.units = scale(units) } else { shape.inputDimension = scale(inputDimension) }
        shape.cells = cells.map { Cell(points: scale($0.points), units: scalesUnits ? scale($0.units) : $0.units) }
        return shape
    }

    func columns(units: Int, bias: Bool) -> Int {
        (hidden ?? HiddenLayers([])).columns(inputDimension: inputDimension, units: units, bias: bias)
    }

    /// Multiply-adds of one trial, as `SweepProblem.work` has them.
    func work(bias: Bool, method: RankMethod) -> Double {
        switch method {
        case .exact where hidden == nil && inputDimension == 1 && bias:
            return WorkEstimate.order(points: points, units: units)
        case .exact: return WorkEstimate.exact(points: points, columns: columns(units: units, bias: bias))
        case .svd:
            return cells.reduce(2000) {
                $0 + WorkEstimate.svd(rows: $1.points, columns: columns(units: $1.units, bias: bias))
            }
        }
    }
}
