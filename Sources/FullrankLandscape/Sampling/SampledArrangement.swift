import FullrankNumbers

/// Points in float64 with the rays of their arrangement: signs are exact, values within a few units in the last place.
struct SampledArrangement: Sendable {
    /// n × D
    let points: [[Double]]
    let exactPoints: [[Fraction]]
    /// Dimensions that the points span.
    let dimension: Int
    let rays: [[Double]]
    /// Ray × n: sign of `ray · x_n`.
    let signs: [[Int8]]
    /// Ray × n: `relu(ray · x_n)`.
    let outputs: [[Double]]
    let exactOutputs: [[Fraction]]

    /// Most sets of points whose rays are looked for.
    static let mostSets = 200_000

    /// - Throws: `tooManyFaces`.
    init(_ points: [[Double]]) throws(LandscapeError) {
        self.points = points
        let exact = points.map { $0.map { Fraction(exactly: $0) } }
        exactPoints = exact
        dimension = ExactEchelon(exact, columns: exact.first?.count ?? 0).rank
        let found = try FaceArrangement.lineRays(exact.filter { $0.contains { !$0.isZero } }, limit: Self.mostSets)
        var rays = [[Double]](), signs = [[Int8]](), outputs = [[Double]]()
        for ray in found {
            let values = exact.map { dot(ray, $0) }
            let largest = values.reduce(0.0) { max($0, abs($1.double)) }
            // A power of two: nothing is rounded.
            let scale = largest > 0 ? Double(sign: .plus, exponent: -largest.exponent, significand: 1) : 1
            rays.append(ray.map { $0.double * scale })
            signs.append(values.map { Int8($0.signum) })
            outputs.append(values.map { $0.signum > 0 ? $0.double * scale : 0 })
        }
        (self.rays, self.signs, self.outputs) = (rays, signs, outputs)
        exactOutputs = found.map { ray in
            exact.map { point in
                let value = dot(ray, point)
                return value.signum > 0 ? value : .zero
            }
        }
    }

    /// The extreme rays of the closed cell of a pattern; none if the pattern has no cell.
    func rays(of pattern: [Bool]) -> [Int] {
        rays.indices.filter { ray in
            points.indices.allSatisfy { signs[ray][$0] == 0 || (signs[ray][$0] > 0) == pattern[$0] }
        }
    }

    /// Whether the outputs of some rays span those of others, exactly; `chosen` are known to be independent.
    func spans(_ chosen: [Int], _ others: [Int]) -> Bool {
        if chosen.count == points.count || chosen.count == Set(others).count { return true }
        let rows = Set(others).sorted().map { exactOutputs[$0] }
        return ExactEchelon(rows, columns: points.count).rank == chosen.count
    }

    /// Rays among some whose outputs are independent, as far as orthogonalisation tells; at most `limit`.
    func independent(_ candidates: [Int], limit: Int) -> [Int] {
        var basis = [[Double]](), chosen = [Int]()
        for ray in candidates where chosen.count < limit {
            var vector = outputs[ray]
            let whole = NonnegativeLeastSquares.length(vector)
            for _ in 0..<2 {
                for other in basis {
                    let share = NonnegativeLeastSquares.product(vector, other)
                    for index in vector.indices { vector[index] -= share * other[index] }
                }
            }
            let left = NonnegativeLeastSquares.length(vector)
            guard whole > 0, left > 1e-9 * whole else { continue }
            basis.append(vector.map { $0 / left })
            chosen.append(ray)
        }
        return chosen
    }
}
