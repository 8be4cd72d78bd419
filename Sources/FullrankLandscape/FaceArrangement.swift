import FullrankNumbers

/// All faces of the arrangement of hyperplanes `x_n^⊥`, from the cells down to the origin, with their extreme rays.
///
/// Weights live in the row space of the points: if the points span r < D dimensions, r coordinates are kept of which
/// the others are linear combinations on every point, so that the same functions are reached.
struct FaceArrangement: Sendable {
    struct Face: Sendable {
        /// By hyperplane: 1, −1, or 0 on it.
        let signs: [Int8]
        /// Numbers of the extreme rays; none for the origin.
        let rays: [Int]
        let rayMask: RayMask
        /// The extreme rays of all cells whose closure contains the face.
        let star: RayMask
        /// Faces in its closure, itself included.
        let lower: [Int]
        /// Hyperplanes that contain it.
        let boundaries: Int
        var isCell: Bool { boundaries == 0 }
    }

    /// Columns of the points that are kept, ascending; their number is the dimension.
    let coordinates: [Int]
    /// n × dimension
    let points: [[Fraction]]
    /// By point: its hyperplane, and whether the point is a positive (1) or negative (−1) multiple of its normal; nil
    /// for a zero point.
    let sides: [(hyperplane: Int, sign: Int)?]
    /// Points of which no two are multiples of each other.
    let normals: [[Fraction]]
    /// Ray × dimension.
    let rays: [[Fraction]]
    /// Ray × n: `relu(ray · x_n)`.
    let outputs: [[Fraction]]
    let faces: [Face]

    var dimension: Int { coordinates.count }
    var cells: [Int] { faces.indices.filter { faces[$0].isCell } }

    /// - Throws: `LandscapeError.tooManyFaces`.
    init(_ given: [[Fraction]], limit: Int) throws(LandscapeError) {
        coordinates = ExactEchelon(given, columns: given.first?.count ?? 0).pivots
        let kept = coordinates
        points = given.map { row in kept.map { row[$0] } }
        (normals, sides) = Self.hyperplanes(points)
        let (normals, dimension) = (normals, kept.count)
        let most = Self.generalFaces(hyperplanes: normals.count, dimension: dimension)
        guard Self.binomial(normals.count, max(dimension - 1, 0)) <= 4 * Double(limit) else {
            throw .tooManyFaces(Int(min(most, 0x1p62)), limit)
        }
        let found = Self.findRays(normals, dimension: dimension)
        rays = found.map(\.vector)
        let raySigns = found.map(\.signs)
        let points = points
        outputs = rays.map { ray in
            points.map { point in
                let value = dot(ray, point)
                return value.signum > 0 ? value : .zero
            }
        }
        // Every face is a composition of rays.
        var signs: [[Int8]] = [Array(repeating: 0, count: normals.count)]
        var known = Set(signs), next = 0
        while next < signs.count {
            for ray in raySigns {
                let composed = signs[next].indices.map { signs[next][$0] != 0 ? signs[next][$0] : ray[$0] }
                if known.insert(composed).inserted { signs.append(composed) }
            }
            guard signs.count <= limit else {
                throw .tooManyFaces(Int(min(max(most, Double(signs.count)), 0x1p62)), limit)
            }
            next += 1
        }
        signs.sort { $0.lexicographicallyPrecedes($1) }
        faces = Self.describe(signs, raySigns)
    }

    private static func describe(_ signs: [[Int8]], _ raySigns: [[Int8]]) -> [Face] {
        func isInClosure(_ small: [Int8], of large: [Int8]) -> Bool {
            for place in small.indices where small[place] != 0 && small[place] != large[place] { return false }
            return true
        }
        let own = signs.map { face in raySigns.indices.filter { isInClosure(raySigns[$0], of: face) } }
        let masks = own.map { rays in
            var mask = RayMask(count: raySigns.count)
            for ray in rays { mask.insert(ray) }
            return mask
        }
        var stars = signs.map { _ in RayMask(count: raySigns.count) }
        var lower = signs.map { _ in [Int]() }
        for large in signs.indices {
            let isCell = !signs[large].contains(0)
            for small in signs.indices where isInClosure(signs[small], of: signs[large]) {
                lower[large].append(small)
                if isCell { stars[small].formUnion(masks[large]) }
            }
        }
        return signs.indices.map {
            Face(
                signs: signs[$0], rays: own[$0], rayMask: masks[$0], star: stars[$0], lower: lower[$0],
                boundaries: signs[$0].count { $0 == 0 })
        }
    }

    private static func hyperplanes(
        _ points: [[Fraction]]
    ) -> (normals: [[Fraction]], sides: [(hyperplane: Int, sign: Int)?]) {
        var normals = [[Fraction]](), sides = [(hyperplane: Int, sign: Int)?]()
        // Scaled so that the first non-zero coordinate is 1, multiples of each other are equal.
        var numbers = [[Fraction]: Int]()
        for point in points {
            guard let lead = point.first(where: { !$0.isZero }) else { sides.append(nil); continue }
            let scaled = point.map { $0 / lead }
            if let number = numbers[scaled] {
                // The normal is the first point of the hyperplane, as given.
                let first = normals[number].first { !$0.isZero } ?? .one
                sides.append((number, lead.signum * first.signum))
            } else {
                numbers[scaled] = normals.count
                sides.append((normals.count, 1))
                normals.append(point)
            }
        }
        return (normals, sides)
    }

    /// The rays of the arrangement of some points, as vectors of all their coordinates; none if they span nothing.
    ///
    /// - Throws: `tooManyFaces` beyond `limit` sets of points.
    static func lineRays(_ points: [[Fraction]], limit: Int) throws(LandscapeError) -> [[Fraction]] {
        guard let width = points.first?.count else { return [] }
        let coordinates = ExactEchelon(points, columns: width).pivots
        let normals = hyperplanes(points.map { row in coordinates.map { row[$0] } }).normals
        let sets = binomial(normals.count, max(coordinates.count - 1, 0))
        guard sets <= Double(limit) else { throw .tooManyFaces(Int(min(sets, 0x1p62)), limit) }
        return findRays(normals, dimension: coordinates.count).map { ray in
            var vector = [Fraction](repeating: .zero, count: width)
            for (place, coordinate) in coordinates.enumerated() { vector[coordinate] = ray.vector[place] }
            return vector
        }
    }

    private static func findRays(_ normals: [[Fraction]], dimension: Int) -> [(vector: [Fraction], signs: [Int8])] {
        var found = [(vector: [Fraction], signs: [Int8])](), known = Set<[Int8]>()
        var chosen = [Int]()
        func choose(from start: Int) {
            if chosen.count == dimension - 1 {
                let echelon = ExactEchelon(chosen.map { normals[$0] }, columns: dimension)
                guard echelon.rank == dimension - 1 else { return }
                let line = echelon.kernel(columns: dimension)[0]
                for vector in [line, line.map { -$0 }] {
                    let signs = normals.map { Int8(dot(vector, $0).signum) }
                    if known.insert(signs).inserted { found.append((vector, signs)) }
                }
                return
            }
            for next in start..<max(start, normals.count) {
                chosen.append(next)
                choose(from: next + 1)
                chosen.removeLast()
            }
        }
        if dimension > 0 { choose(from: 0) }
        return found
    }
}

extension FaceArrangement {
    static func binomial(_ n: Int, _ k: Int) -> Double {
        guard k >= 0, k <= n else { return 0 }
        return (0..<k).reduce(1.0) { $0 * Double(n - $1) / Double($1 + 1) }
    }

    /// Faces of m hyperplanes in general position through the origin of r dimensions, the most that m hyperplanes have:
    /// a face of dimension d lies on r − d of them and is a cell of the d-dimensional arrangement of the others.
    static func generalFaces(hyperplanes m: Int, dimension r: Int) -> Double {
        guard r > 0, m >= r else { return 1 }
        let proper = (1...r).reduce(0.0) { sum, d in
            let others = m - (r - d)
            let cells = 2 * (0..<d).reduce(0.0) { $0 + binomial(others - 1, $1) }
            return sum + binomial(m, r - d) * cells
        }
        return proper + 1
    }

    /// By point of a face: '1' active, '0' inactive, 'x' on the boundary; zero points count as inactive.
    func word(_ face: Int) -> String {
        String(
            sides.map { side -> Character in
                guard let side else { return "0" }
                let sign = Int(faces[face].signs[side.hyperplane]) * side.sign
                return sign > 0 ? "1" : sign < 0 ? "0" : "x"
            })
    }
}
