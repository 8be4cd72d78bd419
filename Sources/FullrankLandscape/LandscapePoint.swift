import FullrankNumbers

/// Parameters of a problem's network.
public struct LandscapePoint: Hashable, Sendable {
    public let problem: LandscapeProblem
    /// Units × D
    public let weights: [[Fraction]]
    /// One for each unit; the given ones if output weights are frozen.
    public let outputs: [Fraction]

    public init(problem: LandscapeProblem, weights: [[Fraction]], outputs: [Fraction]) {
        precondition(weights.count == problem.units && outputs.count == problem.units, "weights for each unit")
        (self.problem, self.weights, self.outputs) = (problem, weights, outputs)
    }

    /// A JSON object with members X, y, w, z. If `isFrozen`, z is given and not trained.
    public init(parsing bytes: [UInt8], isFrozen: Bool) throws(LandscapeFault) {
        let reader = try LandscapeReader(bytes, known: ["X", "y", "w", "z"])
        let weights = try reader.weights()
        let outputs = try reader.outputs(weights.count)
        if isFrozen, let unit = outputs.firstIndex(of: .zero) {
            throw LandscapeFault(words: "\"z\": entry \(unit) is 0; an output weight that is given is not 0")
        }
        self.init(
            problem: LandscapeProblem(
                points: reader.points, labels: reader.labels, units: weights.count, frozen: isFrozen ? outputs : nil),
            weights: weights, outputs: outputs)
    }

    /// `e = f − y`
    var residual: [Fraction] {
        problem.points.indices.map { point in
            var sum = -problem.labels[point]
            for unit in weights.indices where !outputs[unit].isZero {
                let value = dot(weights[unit], problem.points[point])
                if value.signum > 0 { sum += outputs[unit] * value }
            }
            return sum
        }
    }

    public var loss: Fraction { problem.loss(residual) }
}
