import FullrankModel

/// The smallest singular values, relative to the largest, of every trial of one problem, at chosen n: for σ_min
/// against width. Cells with fewer columns than points are left out: their smallest is another one.
public struct SingularValueSamples: Sendable {
    public let problem: SweepProblem
    /// Chosen n, ascending.
    public let points: [Int]
    /// By n, then listed d1: σ_min/σ_max of each trial that converged; 0 for a zero matrix.
    public private(set) var ratios: [[[Double]]]

    /// - Precondition: `points` are listed n of the problem.
    public init(problem: SweepProblem, points: [Int]) {
        self.problem = problem
        self.points = points
        ratios = points.map { _ in problem.units.map { _ in [] } }
    }

    /// Adds one trial's summaries, points outer and units inner.
    public mutating func add(_ summaries: [SingularSummary?]) {
        for (index, points) in points.enumerated() {
            guard let row = problem.points.firstIndex(of: points) else { continue }
            for (unit, units) in problem.units.enumerated() where problem.columns(units: units) >= points {
                guard let summary = summaries[row * problem.units.count + unit] else { continue }
                ratios[index][unit].append(summary.largest > 0 ? summary.smallest / summary.largest : 0)
            }
        }
    }

    /// The ratio at which the rank rule draws its line: max(n, columns) eps.
    public static func tolerance(points: Int, columns: Int, precision: Precision) -> Double {
        Double(max(points, columns)) * precision.epsilon
    }
}
