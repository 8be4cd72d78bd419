import FullrankNumbers

/// Criterion 1 at a point: whether it is a local minimum, in exact arithmetic, and why not.
///
/// For a unit with weights w let B be the points with w · x_n = 0, `g = Σ e_n x_n` over the points with w · x_n > 0,
/// and `D(v) = g · v + Σ_B e_n relu(v · x_n)`, the slope of h at w towards v. With z ≠ 0 the unit satisfies the
/// criterion iff D = 0 on B^⊥ and sgn(z) D ≥ 0 everywhere; with z = 0 iff D = 0 everywhere and h(w) = 0. As D is linear
/// on the cells of the arrangement of B, its rays and B^⊥ decide.
public struct PointCheck: Sendable {
    public struct Unit: Hashable, Sendable {
        /// Points with w · x_n = 0, zero points left out.
        public let boundary: [Int]
        /// Rays of the arrangement of these points, with D on them.
        public let slopes: [Slope]
    }

    public struct Slope: Hashable, Sendable {
        public let ray: [Fraction]
        public let value: Fraction
    }

    /// A way down from a point that is not a local minimum.
    public struct Descent: Hashable, Sendable {
        public let unit: Int
        /// Of w, and of the unit's output weight.
        public let weights: [Fraction]
        public let output: Fraction
        /// The derivative of the loss in that direction, below 0; 0 if the loss falls in second order only, along
        /// (w + t weights, t ε output) for small ε, where D(weights) output < 0.
        public let slope: Fraction
    }

    public enum Verdict: Hashable, Sendable {
        case minimum
        case descent(Descent)
    }

    public let point: LandscapePoint
    public let residual: [Fraction]
    public let units: [Unit]
    public let verdict: Verdict

    /// Most sets of boundary points whose rays are looked at for one unit.
    public static let mostSets = 1_000_000

    /// - Throws: `tooManyFaces`: a unit has too many points on its boundary.
    public init(_ point: LandscapePoint) throws(LandscapeError) {
        self.point = point
        residual = point.residual
        var units = [Unit](), descent: Descent?
        for unit in point.weights.indices {
            let local = try LocalSlopes(point, unit, residual)
            units.append(Unit(boundary: local.boundary, slopes: local.slopes))
            if descent == nil { descent = local.descent(point, unit) }
        }
        self.units = units
        verdict = descent.map { .descent($0) } ?? .minimum
    }
}

/// The slopes of h around one unit's weights.
private struct LocalSlopes {
    let boundary: [Int]
    /// `Σ e_n x_n` over the active points.
    let gradient: [Fraction]
    /// Minus the part of the gradient that is orthogonal to all boundary points; 0 if there is none.
    let downhill: [Fraction]
    let slopes: [PointCheck.Slope]

    init(_ point: LandscapePoint, _ unit: Int, _ residual: [Fraction]) throws(LandscapeError) {
        let points = point.problem.points, width = points[0].count
        var boundary = [Int](), gradient = [Fraction](repeating: .zero, count: width)
        for place in points.indices where points[place].contains(where: { !$0.isZero }) {
            let side = dot(point.weights[unit], points[place]).signum
            if side == 0 { boundary.append(place) }
            guard side > 0 else { continue }
            for index in gradient.indices { gradient[index] += residual[place] * points[place][index] }
        }
        var basis = OrthogonalBasis(labels: gradient)
        for place in boundary where basis.rank < width { basis.add(points[place]) }
        (self.boundary, self.gradient, downhill) = (boundary, gradient, basis.residual)
        slopes = try FaceArrangement.lineRays(boundary.map { points[$0] }, limit: PointCheck.mostSets).map { ray in
            var value = dot(gradient, ray)
            for place in boundary {
                let output = dot(ray, points[place])
                if output.signum > 0 { value += residual[place] * output }
            }
            return PointCheck.Slope(ray: ray, value: value)
        }
    }

    func descent(_ point: LandscapePoint, _ unit: Int) -> PointCheck.Descent? {
        let output = point.outputs[unit]
        let double = Fraction(2) / Fraction(point.problem.points.count)
        let isFlat = downhill.allSatisfy(\.isZero)
        func found(_ weights: [Fraction], _ change: Fraction, _ slope: Fraction) -> PointCheck.Descent {
            PointCheck.Descent(unit: unit, weights: weights, output: change, slope: slope)
        }
        guard output.isZero else {
            if !isFlat {
                // D(downhill) = −|downhill|².
                let square = dot(downhill, downhill)
                let weights = output.signum > 0 ? downhill : downhill.map { -$0 }
                return found(weights, .zero, -(double * square * (output.signum > 0 ? output : -output)))
            }
            guard let worst = slopes.first(where: { ($0.value * output).signum < 0 }) else { return nil }
            return found(worst.ray, .zero, double * output * worst.value)
        }
        let still = [Fraction](repeating: .zero, count: gradient.count)
        let value = dot(gradient, point.weights[unit])
        if !value.isZero {
            return found(still, Fraction(-value.signum), -(double * (value.signum > 0 ? value : -value)))
        }
        if !isFlat { return found(downhill, .one, .zero) }
        guard let slope = slopes.first(where: { !$0.value.isZero }) else { return nil }
        return found(slope.ray, Fraction(-slope.value.signum), .zero)
    }
}
