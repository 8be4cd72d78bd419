import FullrankLandscape
import FullrankNumbers
import FullrankTestSupport
import Testing

/// The slow, obvious reference: losses at points near by, from the definition alone.
@Suite struct PerturbationTests {
    private static func loss(_ problem: LandscapeProblem, _ weights: [[Fraction]], _ outputs: [Fraction]) -> Fraction {
        var sum = Fraction.zero
        for (point, label) in zip(problem.points, problem.labels) {
            var value = -label
            for (w, z) in zip(weights, outputs) {
                var product = Fraction.zero
                for (a, b) in zip(w, point) { product = product + a * b }
                if product > .zero { value = value + z * product }
            }
            sum = sum + value * value
        }
        return sum / Fraction(problem.points.count)
    }

    /// Small whole numbers, with duplicates, multiples, zero points and points that span less.
    private static func problem(_ random: inout SeededGenerator) -> LandscapeProblem {
        let count = Int.random(in: 1...4, using: &random), width = Int.random(in: 1...3, using: &random)
        let size = Int.random(in: 1...3, using: &random)
        var points = (0..<count).map { _ in
            (0..<width).map { _ in Fraction(Int.random(in: -size...size, using: &random)) }
        }
        switch Int.random(in: 0..<5, using: &random) {
        case 0: points[0] = points[count - 1].map { $0 * Fraction(-2) }
        case 1: points[count - 1] = points[0].map { $0 * Fraction(3) }
        case 2: points[0] = points[0].map { _ in .zero }
        default: break
        }
        let labels = (0..<count).map { _ in Fraction(Int.random(in: -2...2, using: &random)) }
        let units = width == 3 ? 1 : Int.random(in: 1...2, using: &random)
        let frozen = (0..<units).map { _ in Fraction(Bool.random(using: &random) ? 2 : -1) }
        return LandscapeProblem(
            points: points, labels: labels, units: units,
            frozen: Int.random(in: 0..<4, using: &random) == 0 ? frozen : nil)
    }

    private static func near(_ values: [Fraction], _ step: Fraction, _ random: inout SeededGenerator) -> [Fraction] {
        values.map { $0 + step * Fraction(Int.random(in: -9...9, using: &random)) }
    }

    /// No descent near any minimum of the census, 200 problems; and the point satisfies criterion 1.
    @Test(arguments: 0..<8) func minimaHaveNoLowerPointNearBy(_ seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        for _ in 0..<25 {
            let problem = Self.problem(&random)
            let census = try LandscapeCensus(problem)
            #expect(!census.minima.isEmpty)
            for piece in census.minima.shuffled(using: &random).prefix(20) {
                let value = Self.loss(problem, piece.weights, piece.outputs)
                #expect(value == piece.loss, "seed \(seed): \(problem) \(piece)")
                let point = LandscapePoint(problem: problem, weights: piece.weights, outputs: piece.outputs)
                #expect(try PointCheck(point).verdict == .minimum, "seed \(seed): \(problem) \(piece)")
                for step in [Fraction(1) / Fraction(1 << 20), Fraction(1) / Fraction(1 << 28)] {
                    let weights = piece.weights.map { Self.near($0, step, &random) }
                    let outputs = problem.frozen ?? Self.near(piece.outputs, step, &random)
                    #expect(Self.loss(problem, weights, outputs) >= value, "seed \(seed): \(problem) \(piece)")
                }
            }
        }
    }

    /// Wherever criterion 1 fails, the direction that it names goes down; units moved onto boundaries included.
    @Test(arguments: 0..<8) func descentsGoDown(_ seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(100 + seed))
        var descents = 0
        for _ in 0..<25 {
            let problem = Self.problem(&random), width = problem.points[0].count
            for _ in 0..<8 {
                // Small whole weights are on boundaries often, and output weights 0 now and then.
                let weights = (0..<problem.units).map { _ in
                    (0..<width).map { _ in Fraction(Int.random(in: -1...1, using: &random)) }
                }
                let outputs =
                    problem.frozen ?? (0..<problem.units).map { _ in Fraction(Int.random(in: -1...1, using: &random)) }
                let point = LandscapePoint(problem: problem, weights: weights, outputs: outputs)
                guard case .descent(let descent) = try PointCheck(point).verdict else { continue }
                descents += 1
                func moved(_ step: Fraction, _ share: Fraction) -> Fraction {
                    var (w, z) = (weights, outputs)
                    w[descent.unit] = zip(w[descent.unit], descent.weights).map { $0 + step * $1 }
                    z[descent.unit] = z[descent.unit] + step * share * descent.output
                    return Self.loss(problem, w, z)
                }
                let value = Self.loss(problem, weights, outputs), step = Fraction(1) / Fraction(1 << 24)
                let share = descent.slope.isZero ? Fraction(1) / Fraction(1 << 12) : .one
                #expect(moved(step, share) < value, "seed \(seed): \(problem) \(descent)")
                // A first-order slope is the difference quotient's limit.
                guard !descent.slope.isZero else { continue }
                let error = (moved(step, .one) - value) / step - descent.slope
                #expect(
                    error.double.magnitude < 1e-3 * max(1, descent.slope.double.magnitude),
                    "seed \(seed): \(problem) \(descent)")
            }
        }
        #expect(descents > 50)
    }

    /// What a float optimiser leaves, moved back onto the face of the minimum it was near.
    @Test(arguments: 0..<4) func roundingFindsTheMinimumAgain(_ seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(200 + seed))
        var found = 0
        for _ in 0..<10 {
            let problem = Self.problem(&random)
            for piece in try LandscapeCensus(problem).minima.prefix(6) {
                // Floats, off by about 1e-9.
                func blurred(_ value: Fraction) -> Fraction {
                    Fraction(exactly: value.double * (1 + Double(Int.random(in: -4...4, using: &random)) * 1e-10))
                }
                let weights = piece.weights.map { $0.map(blurred) }
                let outputs = problem.frozen ?? piece.outputs
                let point = LandscapePoint(problem: problem, weights: weights, outputs: outputs)
                guard let rounding = PointRounding(point, tolerance: Fraction(1) / Fraction(1_000_000)) else {
                    continue
                }
                #expect(
                    rounding.change < 1e-6 && rounding.point.loss == piece.loss, "seed \(seed): \(problem) \(piece)")
                #expect(try PointCheck(rounding.point).verdict == .minimum)
                found += 1
            }
        }
        #expect(found > 20)
    }
}
