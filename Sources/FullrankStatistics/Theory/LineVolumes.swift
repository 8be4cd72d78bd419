import FullrankModel
import FullrankPlatform

/// What the volumes of regions say about the width that given points on a line need: S Proposition 11, S Theorem 12
/// and the exact chance of full rank, side by side.
public struct LineVolumes: Sendable {
    public let chances: StepChances
    public let initialization: Initialization
    public let epsilon: Double
    /// φ, the smallest distance between neighbours; 0 for equal points, infinite for one.
    public let smallestGap: Double
    /// γ of S Theorem 12, whose weights are Gaussian.
    public let gaussianSeparation: Double
    private let isInsideCube: Bool

    /// - Parameter inputs: finite, at least one; 0 < ε < 1.
    public init(inputs: [Double], initialization: Initialization, epsilon: Double) {
        chances = StepChances(inputs: inputs, initialization: initialization)
        self.initialization = initialization
        self.epsilon = epsilon
        let sorted = inputs.sorted()
        smallestGap = zip(sorted, sorted.dropFirst()).map { $1 - $0 }.min() ?? .infinity
        gaussianSeparation = StepChances(inputs: inputs, initialization: .normal).separation
        isInsideCube = inputs.allSatisfy { abs($0) <= 1 }
    }

    /// `(4/φ) log(n/ε)`, S Proposition 11; nil outside its assumptions: inputs in [-1, 1], all distinct, uniform weights.
    public var proposition: Double? {
        guard initialization != .normal, isInsideCube, smallestGap > 0, smallestGap.isFinite else { return nil }
        let width = 4 / smallestGap * log(Double(chances.points) / epsilon)
        return width.isFinite ? width : nil
    }

    /// S Theorem 12 with this γ.
    public var anticoncentration: Double? {
        let width = WidthBound.anticoncentration.width(
            points: chances.points, inputDimension: 1, bias: true, epsilon: epsilon, gamma: gaussianSeparation)
        return width.flatMap { $0.isFinite ? $0 : nil }
    }

    /// The least d1 with a chance of full rank of 1 − ε, exactly; nil if points are equal or it is above the limit.
    public func exactWidth(atMost limit: Int = LineVolumes.mostUnits) -> Int? {
        chances.width(level: 1 - epsilon, atMost: limit)
    }

    public static let mostUnits = 1 << 20
    /// n up to which many exact chances, or networks beside them, take some seconds.
    public static let mostPoints = 1000
    /// n up to which one exact width does.
    public static let mostPointsOfWidth = 10_000

    /// For `TheorySummary`.
    public var entries: [TheorySummary.Entry] {
        var entries = [TheorySummary.Entry]()
        if let proposition {
            entries.append(
                TheorySummary.Entry(
                    name: "proposition-11", title: "later version, Proposition 11: d1 ≥ (4/φ) log(n/ε)",
                    assumptions:
                        "d0 = 1 with bias, inputs in [-1, 1], weights and biases uniform: enough for all but a share "
                        + "ε of the volume. φ is the smallest distance of two inputs.",
                    width: proposition))
        }
        if let width = exactWidth() {
            entries.append(
                TheorySummary.Entry(
                    name: "volumes",
                    title:
                        "exact: chance of full rank reaches 1 - ε on these points, \(initialization.rawValue) weights",
                    assumptions:
                        "d0 = 1 with bias: from the exact chances of the unit patterns, the volumes of the regions.",
                    width: Double(width)))
        }
        return entries
    }
}
