import FullrankModel
import FullrankNumbers

/// Data points as a unit of a ReLU network sees them: the hyperplanes `{w : w·x_j = 0}`, which cut the unit's weights
/// into activation regions.
///
/// Points with parallel vectors share a hyperplane and are merged; vectors that are 0 have no hyperplane. If the data
/// do not span all dimensions, redundant coordinates are left out. None of this changes the regions.
public struct PointArrangement: Sendable {
    /// n
    public let points: Int
    /// k: coordinates of a vector, the bias included.
    public let columns: Int
    /// Coordinates kept, as many as the span has dimensions.
    public let coordinates: [Int]
    /// Of each point, its hyperplane and on which side of it the point's own vector lies (1 or -1); nil for 0.
    let sides: [Side?]
    /// The hyperplanes' vectors on `coordinates`, row-major.
    let vectors: [Double]
    /// The point whose vector stands for each hyperplane: the first.
    package let representatives: [Int]
    /// All vectors, whole: n × k.
    package let whole: [Double]
    /// Hyperplanes with independent vectors, as many as there are dimensions.
    let independent: [Int]
    /// Rows of binomial coefficients, for numbering.
    let numbering: RegionNumbering

    struct Side: Hashable, Sendable {
        let hyperplane: Int
        let sign: Int
    }

    /// r: dimension of the span.
    public var dimension: Int { coordinates.count }
    /// m: different hyperplanes.
    public var hyperplanes: Int { representatives.count }

    /// - Parameter inputs: n × d0, row-major, finite.
    public init(inputs: [Double], points: Int, inputDimension: Int, bias: Bool) {
        precondition(inputs.count >= points * inputDimension, "points × inputs numbers are needed")
        let k = inputDimension + (bias ? 1 : 0)
        var whole = [Double]()
        whole.reserveCapacity(points * k)
        for point in 0..<points {
            // Adding 0 turns -0 into 0.
            for place in 0..<inputDimension { whole.append(inputs[point * inputDimension + place] + 0) }
            if bias { whole.append(1) }
        }
        var found = [Direction: Int]()
        var representatives = [Int]()
        let lines = (0..<points).map { point -> Side? in
            guard let (direction, sign) = Direction.of(whole[point * k..<(point + 1) * k]) else { return nil }
            if let known = found[direction] { return Side(hyperplane: known, sign: sign) }
            found[direction] = representatives.count
            representatives.append(point)
            return Side(hyperplane: representatives.count - 1, sign: sign)
        }
        // A representative's own vector stands for the hyperplane: its sign is 1.
        let own = representatives.map { point -> Int in
            Direction.of(whole[point * k..<(point + 1) * k])!.sign
        }
        sides = lines.map { side in side.map { Side(hyperplane: $0.hyperplane, sign: $0.sign * own[$0.hyperplane]) } }
        let rows = representatives.map { Array(whole[$0 * k..<($0 + 1) * k]) }
        let (independent, coordinates) = Span.basis(of: rows, columns: k)
        self.points = points
        columns = k
        self.whole = whole
        self.representatives = representatives
        self.independent = independent
        self.coordinates = coordinates
        vectors = rows.flatMap { row in coordinates.map { row[$0] } }.scaled(dimension: coordinates.count)
        numbering = RegionNumbering(hyperplanes: representatives.count, dimension: coordinates.count)
    }

    /// P Proposition 6: `2 Σ_{j<r} C(m−1, j)` for vectors in general position, which this doesn't check; 1 without
    /// hyperplanes.
    public var regionCount: BigInteger { numbering.regions }

    /// A hyperplane's vector on `coordinates`.
    func vector(_ hyperplane: Int) -> [Double] {
        Array(vectors[hyperplane * dimension..<(hyperplane + 1) * dimension])
    }
}

/// A line through 0, exactly: a vector's smallest integer multiple, its first number positive.
private struct Direction: Hashable {
    let numbers: [DyadicNumber]

    static func of(_ vector: ArraySlice<Double>) -> (direction: Direction, sign: Int)? {
        var numbers = vector.map { DyadicNumber($0) }
        guard let first = numbers.first(where: { $0.mantissa != 0 }) else { return nil }
        let sign = first.mantissa.signum()
        let others = numbers.filter { $0.mantissa != 0 }
        let exponent = others.map(\.exponent).min()!
        let divisor = others.reduce(0) { gcd($0, abs($1.mantissa)) }
        for place in numbers.indices where numbers[place].mantissa != 0 {
            numbers[place].mantissa /= sign * divisor
            numbers[place].exponent -= exponent
        }
        return (Direction(numbers: numbers), sign)
    }

    private static func gcd(_ a: Int, _ b: Int) -> Int { b == 0 ? a : gcd(b, a % b) }
}

/// The span of vectors, exactly.
private enum Span {
    /// Rows and columns of a non-zero minor of the largest size.
    static func basis(of rows: [[Double]], columns: Int) -> (rows: [Int], columns: [Int]) {
        let dyadic = rows.map { DyadicRow($0) }
        var attempt = 0
        while true {
            attempt += 1
            let prime = Primes.first(attempt).last!
            let (found, places) = ModularMatrix(rows: dyadic.map { $0.residues(modulo: prime) }, prime: prime).pivots
            // The rank is never below that modulo a prime; it is not above either if every minor around this one is 0.
            if found.count == min(rows.count, columns) { return (found, places) }
            let isWhole = rows.indices.allSatisfy { row in
                found.contains(row)
                    || (0..<columns).allSatisfy { column in
                        places.contains(column)
                            || ExactSign.ofDeterminant(
                                (found + [row]).map { r in (places + [column]).map { rows[r][$0] } }) == 0
                    }
            }
            if isWhole { return (found, places) }
        }
    }
}

extension [Double] {
    /// Rows times powers of two, so that their largest numbers are near 1; a row that would lose digits stays.
    fileprivate func scaled(dimension: Int) -> [Double] {
        guard dimension > 0 else { return self }
        var result = self
        for start in stride(from: 0, to: count, by: dimension) {
            let row = self[start..<start + dimension].filter { $0 != 0 }.map { abs($0) }
            guard let largest = row.max(), let smallest = row.min(), smallest.isNormal else { continue }
            let exponent = Int(largest.exponent)
            guard Int(smallest.exponent) - exponent > -900, abs(exponent) < 900 else { continue }
            let factor = Double(sign: .plus, exponent: -exponent, significand: 1)
            for place in start..<start + dimension { result[place] *= factor }
        }
        return result
    }
}
