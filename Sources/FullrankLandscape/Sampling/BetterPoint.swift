import FullrankModel

/// Looks for parameters with a loss below a given one, by descents from cell to cell in floating point. Whatever it
/// finds is a point of the network: its loss is evaluated at these parameters, within rounding far below the margin.
struct BetterPoint {
    let arrangement: SampledArrangement
    let labels: [Double]
    /// By unit: the sign of a given output weight; nil: any.
    let signs: [Double]?
    let units: Int

    /// Of the starts; docs/sampling.md.
    static let stream: UInt8 = 242
    /// A loss is lower if it is lower by this share at least: far more than rounding.
    static let margin = 1e-6
    private static let starts = 12
    private static let mostHops = 60

    /// The least sum of squares that is reached; the search ends when it is below `bound`.
    func best(below bound: Double, stream: SampleStream) -> Double {
        let width = arrangement.points[0].count + 1, n = labels.count
        var best = Double.infinity
        for start in 0..<Self.starts {
            var patterns = [[Bool]](), signs = [Double]()
            for unit in 0..<units {
                let drawn = (0..<width).map { place -> Double in
                    // Columns apart for each number of units: results do not depend on the plan's other cells.
                    let bits = stream.bits(row: n, column: units << 18 + (start * units + unit) * width + place)
                    return Double(bits.low >> 32) + Double(bits.low & 0xffff_ffff) + Double(bits.high >> 32) - 0x1.8p32
                }
                patterns.append(
                    arrangement.points.map { point in zip(point, drawn).reduce(0) { $0 + $1.0 * $1.1 } > 0 })
                signs.append(self.signs?[unit] ?? (drawn[width - 1] > 0 ? 1 : -1))
            }
            best = min(best, descend(patterns, signs, below: bound * (1 - Self.margin)))
            if best < bound * (1 - Self.margin) { break }
        }
        return best
    }

    /// The least sum of squares on the way.
    private func descend(_ start: [[Bool]], _ signs: [Double], below bound: Double) -> Double {
        var patterns = start, best = Double.infinity
        for _ in 0..<Self.mostHops {
            let own = patterns.map { arrangement.rays(of: $0) }
            let pairs = own.enumerated().flatMap { unit, rays in rays.map { (unit, $0) } }
            let columns = pairs.map { unit, ray in arrangement.outputs[ray].map { $0 * signs[unit] } }
            let solution = NonnegativeLeastSquares(columns, target: labels, tolerance: 1e-9)
            best = min(best, NonnegativeLeastSquares.product(solution.residual, solution.residual))
            guard best >= bound, solution.isSolved, let (unit, ray, face) = violation(pairs, signs, solution) else {
                break
            }
            patterns[unit] = patterns[unit].indices.map { point in
                let side = face[point] != 0 ? face[point] : arrangement.signs[ray][point]
                return side == 0 ? patterns[unit][point] : side > 0
            }
        }
        return best
    }

    private func violation(
        _ pairs: [(Int, Int)], _ signs: [Double], _ solution: NonnegativeLeastSquares
    ) -> (unit: Int, ray: Int, face: [Int8])? {
        let scale = max(NonnegativeLeastSquares.length(labels), 1e-300)
        var found: (unit: Int, ray: Int, face: [Int8])?, least = -1e-8
        for unit in 0..<units {
            var face = [Int8](repeating: 0, count: labels.count)
            for ((owner, ray), factor) in zip(pairs, solution.coefficients) where owner == unit && factor > 0 {
                for point in face.indices where arrangement.signs[ray][point] != 0 {
                    face[point] = arrangement.signs[ray][point]
                }
            }
            for ray in arrangement.rays.indices {
                let own = arrangement.signs[ray]
                guard face.indices.allSatisfy({ face[$0] == 0 || own[$0] == 0 || own[$0] == face[$0] }) else {
                    continue
                }
                let output = arrangement.outputs[ray], length = NonnegativeLeastSquares.length(output)
                guard length > 0 else { continue }
                let slope = signs[unit] * NonnegativeLeastSquares.product(output, solution.residual) / (length * scale)
                if slope < least { (found, least) = ((unit, ray, face), slope) }
            }
        }
        return found
    }
}
