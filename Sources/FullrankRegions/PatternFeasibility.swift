import FullrankNumbers

/// Whether a unit can have a given activation pattern, with a proof either way.
public enum PatternFeasibility: Hashable, Sendable {
    /// Some w has w·x_j > 0 on the active points and w·x_j < 0 on the others.
    case feasible(Witness)
    /// None has: `Σ y_j s_j x_j = 0` with `y_j > 0` on these points, `s_j` = 1 on active points and −1 on the others
    /// (Gordan).
    case infeasible([Farkas])

    public struct Witness: Hashable, Sendable {
        /// k numbers, the bias last; every sign was verified exactly. Empty if the region is too thin for doubles.
        public let weights: [Double]
        /// Rays whose sum lies inside: each is orthogonal to these r − 1 points and on the right side of, or on, all
        /// hyperplanes; between them they are off every hyperplane.
        public let rays: [[Int]]
    }

    public struct Farkas: Hashable, Sendable {
        public let point: Int
        /// y, a positive integer, in a unit common to the points.
        public let coefficient: BigInteger
    }
}

extension PointArrangement {
    /// Decides a pattern by Bland's least-index pivoting, every sign of the tableau being exact.
    ///
    /// P Proposition 7. Vectors that are 0 are inactive in every region. Data need not be in general position.
    ///
    /// - Precondition: `isActive.count == points`.
    public func feasibility(of isActive: [Bool]) -> PatternFeasibility {
        precondition(isActive.count == points, "a pattern holds a bit for each point")
        var sides = [Int](repeating: 0, count: hyperplanes)
        var first = [Int](repeating: -1, count: hyperplanes)
        for (point, side) in self.sides.enumerated() {
            guard let side else {
                if isActive[point] { return .infeasible([.init(point: point, coefficient: BigInteger(1))]) }
                continue
            }
            let wanted = isActive[point] ? side.sign : -side.sign
            if sides[side.hyperplane] == 0 {
                (sides[side.hyperplane], first[side.hyperplane]) = (wanted, point)
            } else if sides[side.hyperplane] != wanted {
                return .infeasible(coefficients(of: [first[side.hyperplane], point]))
            }
        }
        guard dimension > 0 else { return .feasible(.init(weights: Array(repeating: 0, count: columns), rays: [])) }
        var tableau = SignTableau(self, sides: sides)
        var covered = Set<Int>()
        var rays = [(basis: [Int], row: Int)]()
        for hyperplane in 0..<hyperplanes where !covered.contains(hyperplane) {
            switch tableau.solve(hyperplane) {
            case .circuit(let members):
                return .infeasible(coefficients(of: members.map { representatives[$0] }.sorted()))
            case .ray(let basis, let row, let positive):
                rays.append((basis, row))
                covered.formUnion(positive)
            }
        }
        let points = rays.map { ray in
            ray.basis.indices.filter { $0 != ray.row }.map { representatives[ray.basis[$0]] }.sorted()
        }
        return .feasible(.init(weights: tableau.weights(of: rays) ?? [], rays: points))
    }

    /// The coefficients of the one dependency among some points, as positive integers: minors of their vectors.
    private func coefficients(of members: [Int]) -> [PatternFeasibility.Farkas] {
        let vectors = members.map { Array(whole[$0 * columns..<($0 + 1) * columns]) }
        // One unit for all, so that the coefficients belong to the points themselves.
        let scale =
            vectors.flatMap { $0 }.map { DyadicNumber($0) }.filter { $0.mantissa != 0 }.map(\.exponent).min() ?? 0
        var attempt = 0
        while true {
            attempt += 1
            let prime = Primes.first(attempt).last!
            let places = ModularMatrix(
                rows: vectors.map { DyadicRow($0, scale: scale).residues(modulo: prime) }, prime: prime
            ).pivots.columns
            guard places.count == members.count - 1 else { continue }
            return members.indices.map { left in
                let rows = members.indices.filter { $0 != left }.map { row in
                    DyadicRow(places.map { vectors[row][$0] }, scale: scale)
                }
                return .init(point: members[left], coefficient: ExactSign.determinant(rows).magnitude)
            }
        }
    }
}

/// The vectors `z_j = s_j x_j` of a pattern, and a basis of r of them: entries of the tableau are `t_ij` with
/// `z_j = Σ_i t_ij z_i` over the basis.
private struct SignTableau: ~Copyable {
    enum Answer {
        /// `Σ y_j z_j = 0` with y > 0 on these.
        case circuit([Int])
        /// `w z_j ≥ 0` for all j, w being dual to the basis's member `row`; above 0 on `positive`.
        case ray(basis: [Int], row: Int, positive: [Int])
    }

    // Never changed; but with constants Swift 6.2 refuses mutating methods in a noncopyable struct's initializer.
    private(set) var arrangement: PointArrangement
    private(set) var sides: [Int]
    private var basis: [Int]
    private var inverse: VerifiedInverse
    private var isInverted = false
    private var orientation: Int?

    init(_ arrangement: PointArrangement, sides: [Int]) {
        self.arrangement = arrangement
        self.sides = sides
        basis = arrangement.independent
        inverse = VerifiedInverse(largest: arrangement.dimension)
        invert()
    }

    private func entry(_ hyperplane: Int, _ place: Int) -> Double {
        Double(sides[hyperplane]) * arrangement.vectors[hyperplane * arrangement.dimension + place]
    }

    private mutating func invert() {
        orientation = nil
        let vectors = basis.map { member in (0..<basis.count).map { entry(member, $0) } }
        isInverted = inverse.invert(size: basis.count) { vectors[$0][$1] }
    }

    /// Sign of t_ij, i being the basis's member `row`.
    private mutating func sign(_ row: Int, _ hyperplane: Int) -> Int {
        if basis[row] == hyperplane { return 1 }
        if isInverted {
            let size = basis.count
            var sum = 0.0, largest = 0.0, absolute = 0.0
            for place in 0..<size {
                let (a, b) = (entry(hyperplane, place), inverse.inverse[place * size + row])
                sum += a * b
                absolute += abs(a)
                largest = max(largest, abs(b))
            }
            let bound = absolute * (inverse.error + largest * VerifiedInverse.roundoff(size)) * (1 + 0x1p-40)
            if abs(sum) > bound + VerifiedInverse.underflow { return sum > 0 ? 1 : -1 }
        }
        func vector(_ index: Int) -> [Double] { (0..<basis.count).map { entry(index, $0) } }
        if orientation == nil { orientation = ExactSign.ofDeterminant(basis.map(vector)) }
        var rows = basis.map(vector)
        rows[row] = vector(hyperplane)
        return ExactSign.ofDeterminant(rows) * orientation!
    }

    /// Either a positive circuit that holds `target`, or a ray that is positive on it.
    mutating func solve(_ target: Int) -> Answer {
        while true {
            // Ordered by the index of the hyperplanes, not by place in the basis: this ensures that the pivoting ends.
            let order = basis.indices.sorted { basis[$0] < basis[$1] }
            let leaving: Int
            if let row = basis.firstIndex(of: target) {
                leaving = row
            } else {
                var negative = [Int]()
                var found: Int?
                for row in order {
                    let sign = sign(row, target)
                    if sign > 0 { found = row; break }
                    if sign < 0 { negative.append(basis[row]) }
                }
                guard let found else { return .circuit([target] + negative) }
                leaving = found
            }
            var entering: Int?
            var positive = [Int]()
            for hyperplane in 0..<arrangement.hyperplanes
            where hyperplane == basis[leaving] || !basis.contains(hyperplane) {
                let sign = sign(leaving, hyperplane)
                if sign < 0 { entering = hyperplane; break }
                if sign > 0 { positive.append(hyperplane) }
            }
            guard let entering else { return .ray(basis: basis, row: leaving, positive: positive) }
            basis[leaving] = entering
            invert()
        }
    }

    /// The sum of rays of length 1, if every sign is right.
    mutating func weights(of rays: [(basis: [Int], row: Int)]) -> [Double]? {
        let size = basis.count
        var sum = [Double](repeating: 0, count: size)
        for ray in rays {
            basis = ray.basis
            invert()
            guard isInverted else { return nil }
            let vector = (0..<size).map { inverse.inverse[$0 * size + ray.row] }
            let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
            for place in 0..<size { sum[place] += vector[place] / length }
        }
        guard sum.allSatisfy(\.isFinite) else { return nil }
        for hyperplane in 0..<arrangement.hyperplanes {
            let numbers = (0..<size).map { entry(hyperplane, $0) }
            var value = 0.0, absolute = 0.0
            for place in 0..<size {
                value += sum[place] * numbers[place]
                absolute += abs(sum[place] * numbers[place])
            }
            if value > absolute * VerifiedInverse.roundoff(size) + VerifiedInverse.underflow { continue }
            guard ExactSign.ofSum(products: sum, numbers) > 0 else { return nil }
        }
        var weights = [Double](repeating: 0, count: arrangement.columns)
        for (place, coordinate) in arrangement.coordinates.enumerated() { weights[coordinate] = sum[place] }
        return weights
    }
}
