import FullrankNumbers

/// Data, labels and units of a one-hidden-layer ReLU network, in exact numbers.
///
/// `L(w, z) = (1/n) Σ_n (Σ_{i<units} z_i relu(w_i · x_n) − y_n)²`
public struct LandscapeProblem: Hashable, Sendable {
    /// n × D, homogeneous: a bias is a column of ones.
    public let points: [[Fraction]]
    /// n
    public let labels: [Fraction]
    /// K
    public let units: Int
    /// Output weights that are given and not trained, none 0; nil: they are trained.
    public let frozen: [Fraction]?

    /// - Precondition: one label for each point, one frozen weight for each unit, a point and a unit at least.
    public init(points: [[Fraction]], labels: [Fraction], units: Int, frozen: [Fraction]? = nil) {
        precondition(!points.isEmpty && units > 0 && labels.count == points.count, "a label for each point")
        precondition(frozen.map { $0.count == units && !$0.contains(.zero) } ?? true, "a frozen weight for each unit")
        (self.points, self.labels, self.units, self.frozen) = (points, labels, units, frozen)
    }

    /// Mean square of a residual.
    func loss(_ residual: [Fraction]) -> Fraction { dot(residual, residual) / Fraction(points.count) }
}
