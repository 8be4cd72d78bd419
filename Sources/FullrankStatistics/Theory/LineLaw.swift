import FullrankModel
import FullrankPlatform

/// The limit law of h(n) for one input with bias, drawn inputs and weights: `P(h ≤ t) ≈ exp(−c n³/t²)` for n → ∞ with
/// t n^(−3/2) fixed, `c = ∫ f³/g²`, f the density of the inputs and g that of the breaks −b/w (docs/mathematics.md,
/// section 14). The last to be told apart are three neighbouring points in one block; there are about c n³/t² of them.
public struct LineLaw: Hashable, Sendable {
    /// c: 1.691 for normal inputs and uniform weights, 16 for uniform inputs.
    public let constant: Double

    public init(inputs: InputDistribution, initialization: Initialization) {
        let (low, high): (Double, Double)
        let inputDensity: (Double) -> Double
        switch inputs {
        case .normal: (low, high, inputDensity) = (-12, 12, { exp(-$0 * $0 / 2) / (2 * Double.pi).squareRoot() })
        case .uniform: (low, high, inputDensity) = (0, 1, { _ in 1 })
        case .cube: (low, high, inputDensity) = (-1, 1, { _ in 0.5 })
        }
        // Of b and w alike and symmetric, uniform (whatever the bound) or normal.
        let breakDensity: (Double) -> Double =
            switch initialization {
            case .uniform, .heUniform: { 0.25 / max(1, $0 * $0) }
            case .normal: { 1 / (Double.pi * (1 + $0 * $0)) }
            }
        // Simpson's rule; the kinks at ±1 are ends of steps.
        let steps = 4800, step = (high - low) / Double(steps)
        constant =
            (0...steps).reduce(0.0) { sum, i in
                let x = low + Double(i) * step, f = inputDensity(x), g = breakDensity(x)
                return sum + (i == 0 || i == steps ? 1 : i % 2 == 1 ? 4 : 2) * f * f * f / (g * g)
            } * step / 3
    }

    /// nil unless the problem is one of one input with bias, and inputs and weights are drawn.
    public init?(plan: SweepPlan, inputDimension: Int) {
        guard case .drawn(let inputs) = plan.inputs, inputDimension == 1, plan.bias, plan.hidden == nil,
            plan.patterns == .initialization
        else { return nil }
        self.init(inputs: inputs, initialization: plan.initialization)
    }

    /// About P(h(n) ≤ d1).
    public func chance(points n: Int, units: Double) -> Double {
        units > 0 ? exp(-constant * pow(Double(n), 3) / (units * units)) : 0
    }

    /// The width at which that is `level`, between 0 and 1.
    public func width(points n: Int, level: Double) -> Double {
        (constant * pow(Double(n), 3) / -log(level)).squareRoot()
    }

    public func entry(points n: Int, epsilon: Double) -> TheorySummary.Entry {
        let digits = (constant * 1000).rounded() / 1000
        return TheorySummary.Entry(
            name: "law", title: "limit law: exp(-c n³/d1²) = 1 - ε, c = \(digits)",
            assumptions: "d0 = 1 with bias, inputs and weights drawn; the share of networks of full rank for n → ∞.",
            width: width(points: n, level: 1 - epsilon))
    }
}
