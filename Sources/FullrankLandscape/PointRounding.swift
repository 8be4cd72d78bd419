import FullrankNumbers

/// A point trained in floating point moved onto the face that it is nearest to, and there to the exact least-squares
/// solution nearest to it in a chosen set of coordinates.
///
/// Unit i is put on the hyperplanes of the points with `|w_i · x_n| <= tolerance |w_i| |x_n|`, and z_i to 0 if
/// `|z_i| <= tolerance`. R_i = z_i w_i is projected on the face's span, and then changed by a solution of the normal
/// equations. The result is on the same face, or there is no result.
public struct PointRounding: Sendable {
    public let point: LandscapePoint
    /// By unit: the points on whose hyperplanes it was put.
    public let boundaries: [[Int]]
    /// Units whose output weight was set to 0.
    public let idle: [Int]
    /// The largest change of a coordinate of w, rounded.
    public let change: Double

    /// - Returns: nil if the exact solution leaves the face.
    public init?(_ given: LandscapePoint, tolerance: Fraction) {
        let problem = given.problem, points = problem.points, width = points[0].count
        let square = tolerance * tolerance
        let boundaries = given.weights.map { weights in
            points.indices.filter { place in
                let value = dot(weights, points[place]), length = dot(points[place], points[place])
                return !length.isZero && value * value <= square * dot(weights, weights) * length
            }
        }
        let idle = given.outputs.indices.filter {
            problem.frozen == nil && given.outputs[$0] * given.outputs[$0] <= square
        }
        var spans = [[[Fraction]]](), products = [[Fraction]]()
        for unit in given.weights.indices {
            let normals = boundaries[unit].map { points[$0] }
            let echelon = ExactEchelon(normals, columns: width)
            spans.append(echelon.kernel(columns: width))
            // What the boundary's points leave of w: its part orthogonal to them, with the sign of a residual.
            var basis = OrthogonalBasis(labels: given.weights[unit])
            for normal in normals where basis.rank < width { basis.add(normal) }
            products.append(basis.residual.map { -$0 })
        }
        let moving = given.weights.indices.filter { !idle.contains($0) }
        func output(_ unit: Int, _ vector: [Fraction]) -> [Fraction] {
            points.indices.map { place in
                guard !boundaries[unit].contains(place), dot(given.weights[unit], points[place]).signum > 0 else {
                    return .zero
                }
                return dot(vector, points[place]) * given.outputs[unit]
            }
        }
        let columns = moving.flatMap { unit in spans[unit].map { (unit, $0, output(unit, $0)) } }
        var nearest = OrthogonalBasis(labels: problem.labels)
        for column in columns { nearest.add(column.2) }
        // The function that is wanted less the one that the projected weights make.
        var missing = zip(problem.labels, nearest.residual).map { $0 + $1 }
        for unit in moving {
            let own = output(unit, products[unit])
            for place in missing.indices { missing[place] -= own[place] }
        }
        let rows = missing.indices.map { place in columns.map { $0.2[place] } + [missing[place]] }
        let echelon = ExactEchelon(rows, columns: columns.count)
        for (place, pivot) in echelon.pivots.enumerated() {
            let factor = echelon.rows[place][columns.count]
            let (unit, vector, _) = columns[pivot]
            for index in 0..<width { products[unit][index] += factor * vector[index] }
        }
        for unit in products.indices {
            for place in points.indices where !boundaries[unit].contains(place) {
                guard dot(products[unit], points[place]).signum == dot(given.weights[unit], points[place]).signum else {
                    return nil
                }
            }
        }
        let outputs = given.outputs.indices.map { idle.contains($0) ? Fraction.zero : given.outputs[$0] }
        point = LandscapePoint(problem: problem, weights: products, outputs: outputs)
        (self.boundaries, self.idle) = (boundaries, idle)
        change = zip(products, given.weights).reduce(0) { largest, pair in
            zip(pair.0, pair.1).reduce(largest) { max($0, abs(($1.0 - $1.1).double)) }
        }
    }
}
