import FullrankModel
import FullrankNumbers

/// Descent from cell to cell: the loss over closed cells with fixed signs of z is a convex quadratic in the coefficients
/// of the cells' rays. From its minimum, a ray of a star that violates criterion 1 leads into the next cell; the loss
/// falls strictly, so a local minimum is reached. In floating point; `DescentEnds` proves the ends.
struct CellDescent: Sendable {
    /// Where a descent ended: states `3 face + sign`, ascending.
    struct End: Hashable, Sendable {
        let states: [Int]
        let hops: Int
    }

    let problem: LandscapeProblem
    let arrangement: FaceArrangement
    private let labels: [Double]
    private let normals: [[Double]]
    /// By ray, scaled to length 1.
    private let outputs: [[Double]]
    private let raySigns: [[Int8]]
    private let faceNumbers: [[Int8]: Int]
    private let starRays: [[Int]]
    /// By ray: no point is active on it.
    private let isSilent: [Bool]

    /// Slopes, relative to the labels, that count as 0.
    private static let tolerance = 1e-9
    /// A descent takes a few hops; this bounds one that rounding keeps going round.
    private static let mostHops = 10_000

    init(_ problem: LandscapeProblem, _ arrangement: FaceArrangement) {
        (self.problem, self.arrangement) = (problem, arrangement)
        labels = problem.labels.map(\.double)
        normals = arrangement.normals.map { $0.map(\.double) }
        outputs = arrangement.outputs.map { row in
            let values = row.map(\.double), length = NonnegativeLeastSquares.length(values)
            return length > 0 ? values.map { $0 / length } : values
        }
        isSilent = arrangement.outputs.map { $0.allSatisfy(\.isZero) }
        raySigns = arrangement.rays.map { ray in arrangement.normals.map { Int8(dot(ray, $0).signum) } }
        faceNumbers = Dictionary(uniqueKeysWithValues: arrangement.faces.enumerated().map { ($1.signs, $0) })
        starRays = arrangement.faces.map { face in arrangement.rays.indices.filter { face.star.contains($0) } }
    }

    /// From a drawn start: directions of the weights are normal, signs of z fair, if z is trained.
    ///
    /// - Returns: nil if rounding kept it from an end.
    func run(seed: UInt64, trial: UInt64, start: Int) -> End? {
        let dimension = arrangement.dimension
        let stream = SampleStream(seed: seed, trial: trial, number: Self.stream)
        let width = problem.units * (dimension + 1)
        let drawn = (0..<width).map { column -> Double in
            let bits = stream.bits(row: start, column: column)
            // A sum of four uniform numbers has full support near 0; the direction alone counts.
            let words: [UInt64] = [bits.low >> 32, bits.low & 0xffff_ffff, bits.high >> 32, bits.high & 0xffff_ffff]
            return words.reduce(-2.0) { (sum: Double, word: UInt64) -> Double in sum + Double(word) * 0x1p-32 }
        }
        var cells = [Int](), signs = [Double]()
        for unit in 0..<problem.units {
            let own = Array(drawn[unit * (dimension + 1)..<(unit + 1) * (dimension + 1)])
            let pattern = normals.map { NonnegativeLeastSquares.product($0, Array(own.dropLast())) > 0 ? Int8(1) : -1 }
            guard let cell = faceNumbers[pattern] else { return nil }
            cells.append(cell)
            signs.append(problem.frozen.map { Double($0[unit].signum) } ?? (own[dimension] > 0 ? 1 : -1))
        }
        return run(from: cells, signs)
    }

    /// Its stream of random numbers; docs/sampling.md.
    static let stream: UInt8 = 240

    private func run(from start: [Int], _ signs: [Double]) -> End? {
        var cells = start
        for hops in 0..<Self.mostHops {
            let pairs = cells.indices.flatMap { unit in arrangement.faces[cells[unit]].rays.map { (unit, $0) } }
            let columns = pairs.map { unit, ray in outputs[ray].map { $0 * signs[unit] } }
            let solution = NonnegativeLeastSquares(columns, target: labels, tolerance: Self.tolerance)
            guard solution.isSolved, let faces = faces(pairs, solution.coefficients) else { return nil }
            guard let (unit, ray) = violation(faces, signs, solution.residual) else {
                let states = faces.indices.map { 3 * faces[$0] + (signs[$0] > 0 ? 0 : 1) }
                return End(states: problem.frozen == nil ? states.sorted() : states, hops: hops)
            }
            guard let next = cell(of: faces[unit], ray, near: cells[unit]) else { return nil }
            cells[unit] = next
        }
        return nil
    }

    /// The face of each unit whose relative interior has the sum of the rays with positive coefficients. Rays of the
    /// cell without output are free, and are added: a dead unit stays in its cell.
    private func faces(_ pairs: [(Int, Int)], _ coefficients: [Double]) -> [Int]? {
        var signs = Array(repeating: [Int8](repeating: 0, count: normals.count), count: problem.units)
        for ((unit, ray), factor) in zip(pairs, coefficients) where factor > 0 || isSilent[ray] {
            for place in normals.indices where raySigns[ray][place] != 0 { signs[unit][place] = raySigns[ray][place] }
        }
        let found = signs.compactMap { faceNumbers[$0] }
        return found.count == problem.units ? found : nil
    }

    private func violation(_ faces: [Int], _ signs: [Double], _ residual: [Double]) -> (unit: Int, ray: Int)? {
        let scale = max(NonnegativeLeastSquares.length(labels), 1e-300)
        let slopes = outputs.map { NonnegativeLeastSquares.product($0, residual) / scale }
        var worst: (unit: Int, ray: Int)?, least = -4 * Self.tolerance
        for unit in faces.indices {
            for ray in starRays[faces[unit]] where signs[unit] * slopes[ray] < least {
                (worst, least) = ((unit, ray), signs[unit] * slopes[ray])
            }
        }
        return worst
    }

    /// A cell whose closure has a face and a ray of its star, on the sides of another cell where both leave a choice.
    private func cell(of face: Int, _ ray: Int, near other: Int) -> Int? {
        let own = arrangement.faces[face].signs, last = arrangement.faces[other].signs
        let composed = own.indices.map {
            own[$0] != 0 ? own[$0] : raySigns[ray][$0] != 0 ? raySigns[ray][$0] : last[$0]
        }
        return faceNumbers[composed]
    }
}
