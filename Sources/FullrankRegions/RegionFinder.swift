import FullrankNumbers

/// Finds regions by their numbers: on which side of each hyperplane a region lies. One of them serves one thread.
///
/// Region `2 i` is the one whose lowest vertex in a sweep is the i-th set of hyperplanes (docs/mathematics.md, section
/// "Activation regions"). Signs come from floating point where a bound on its error allows, else from exact
/// determinants.
public struct RegionFinder: ~Copyable {
    public let arrangement: PointArrangement
    private var inverse: VerifiedInverse
    /// 1, -1: by hyperplane.
    private(set) var signs: [Int8]
    private var solution: [Double]
    /// How many signs floating point left undecided.
    public private(set) var exactSigns = 0

    public init(_ arrangement: PointArrangement) {
        self.arrangement = arrangement
        inverse = VerifiedInverse(largest: arrangement.dimension)
        signs = Array(repeating: 1, count: arrangement.hyperplanes)
        solution = Array(repeating: 0, count: arrangement.dimension + 1)
    }

    /// Appends the activation pattern of a region: ⌈n/64⌉ words, bit `j % 64` of word `j / 64` is point j.
    ///
    /// - Precondition: `index` is below `arrangement.regionCount`.
    /// - Throws: `dependent` if points are met that are not in general position.
    public mutating func append(_ index: BigInteger, to words: inout [UInt64]) throws(ArrangementError) {
        try find(index)
        append(opposite: false, to: &words)
    }

    /// Appends two patterns: that of region `2 half` and that of region `2 half + 1`.
    mutating func appendPair(_ half: BigInteger, to words: inout [UInt64]) throws(ArrangementError) {
        var index = half
        index *= 2
        try find(index)
        append(opposite: false, to: &words)
        if arrangement.hyperplanes == arrangement.dimension {
            index += 1
            try find(index)
            append(opposite: false, to: &words)
        } else {
            append(opposite: true, to: &words)
        }
    }

    private func append(opposite: Bool, to words: inout [UInt64]) {
        let start = words.count
        for _ in 0..<(arrangement.points + 63) / 64 { words.append(0) }
        for (point, side) in arrangement.sides.enumerated() {
            guard let side, (Int(signs[side.hyperplane]) == side.sign) != opposite else { continue }
            words[start + point / 64] |= 1 << UInt64(point % 64)
        }
    }

    /// Sets `signs`.
    mutating func find(_ index: BigInteger) throws(ArrangementError) {
        let (m, r) = (arrangement.hyperplanes, arrangement.dimension)
        if m == r {
            // Independent vectors: every pattern is that of a region.
            for hyperplane in 0..<m { signs[hyperplane] = index.bit(hyperplane) ? 1 : -1 }
            return
        }
        var half = index
        let isOpposite = half.divide(by: 2) == 1
        try find(set: arrangement.numbering.subset(half))
        if isOpposite { for hyperplane in 0..<m { signs[hyperplane] = -signs[hyperplane] } }
    }

    /// The region on the positive side of the last hyperplane that is named by a set of others.
    mutating func find(set: [Int]) throws(ArrangementError) {
        let (m, r) = (arrangement.hyperplanes, arrangement.dimension)
        let functionals = r - 1 - set.count
        signs[m - 1] = 1
        let decided = approximate(set, functionals)
        var place = 0
        for hyperplane in 0..<m - 1 {
            let isMember = place < set.count && set[place] == hyperplane
            if !decided || signs[hyperplane] == 0 {
                exactSigns += 1
                let sign =
                    isMember
                    ? try memberSign(set, without: place, functionals) : try otherSign(set, hyperplane, functionals)
                signs[hyperplane] = Int8(sign)
            }
            if isMember { place += 1 }
        }
    }

    /// Signs as far as floating point is sure of them, 0 elsewhere; false if it is of none.
    ///
    /// The functionals f_1, f_2, ... of the sweep are the first coordinates here. With M the vectors of the set and of
    /// the last hyperplane, less the coordinates of f_1..f_t: a point of the region is `u = (0, ..., 0, −1, M^-1 c)`, c
    /// being the coordinate of f_t (or `u = M^-1 e` for t = 0, e of the last hyperplane), and the edges from the
    /// region's lowest vertex, upwards, lie on those sides of the set's hyperplanes which the first row of `M^-1` says.
    private mutating func approximate(_ set: [Int], _ t: Int) -> Bool {
        let (m, r) = (arrangement.hyperplanes, arrangement.dimension)
        let size = set.count + 1
        return arrangement.vectors.withUnsafeBufferPointer { vectors -> Bool in
            func row(_ index: Int) -> Int { (index < set.count ? set[index] : m - 1) * r }
            guard inverse.invert(size: size, { vectors[row($0) + t + $1] }) else { return false }
            let matrix = inverse.inverse
            let roundoff = VerifiedInverse.roundoff(size + 2)
            // The last r - t coordinates of u, and that of f_t; error bounds each of them.
            var error = inverse.error, largest = 0.0
            if t == 0 {
                for row in 0..<size { solution[row] = matrix[row * size + size - 1] }
            } else {
                var right = 0.0
                for index in 0..<size { right = max(right, abs(vectors[row(index) + t - 1])) }
                for place in 0..<size {
                    var sum = 0.0
                    for index in 0..<size { sum += matrix[place * size + index] * vectors[row(index) + t - 1] }
                    solution[place] = sum
                }
                error = right * (inverse.error + inverse.norm * roundoff) * (1 + 0x1p-40) + VerifiedInverse.underflow
                largest = 1
            }
            for place in 0..<size { largest = max(largest, abs(solution[place])) }
            // A vector's entries are below 2 but for those left unscaled.
            let bound = (error + largest * roundoff) * (1 + 0x1p-40) + VerifiedInverse.underflow
            for hyperplane in 0..<m - 1 {
                let start = hyperplane * r + t
                var sum = t == 0 ? 0 : -vectors[start - 1]
                var absolute = abs(sum)
                for place in 0..<size {
                    sum += vectors[start + place] * solution[place]
                    absolute += abs(vectors[start + place])
                }
                let limit = bound * absolute * (1 + 0x1p-40) + VerifiedInverse.underflow
                signs[hyperplane] = sum > limit ? 1 : sum < -limit ? -1 : 0
            }
            for (place, hyperplane) in set.enumerated() {
                let edge = matrix[place]
                signs[hyperplane] = edge > inverse.error ? 1 : edge < -inverse.error ? -1 : 0
            }
            return true
        }
    }

    /// Side of a hyperplane that is not in the set.
    private func otherSign(_ set: [Int], _ hyperplane: Int, _ t: Int) throws(ArrangementError) -> Int {
        let last = arrangement.hyperplanes - 1
        if t == 0 { return try symbolic(set + [hyperplane], 0) * symbolic(set + [last], 0) }
        // Orders of rows: the functional f_t stands where the hyperplane's vector does, behind f_1..f_(t-1).
        let other = try symbolic(set + [last], t - 1, then: hyperplane)
        return try -other * symbolic(set + [last], t)
    }

    /// Side of a hyperplane of the set: that of the edge that leaves it, upwards by f_(t+1).
    private func memberSign(_ set: [Int], without place: Int, _ t: Int) throws(ArrangementError) -> Int {
        let last = arrangement.hyperplanes - 1
        let rest = set.indices.filter { $0 != place }.map { set[$0] } + [last]
        return try symbolic(rest, t, then: set[place]) * symbolic(rest, t + 1)
    }

    /// Sign of the determinant of the rows: hyperplanes, f_1 ... f_t, and perhaps one hyperplane more.
    ///
    /// Each functional is `f_i = e_1 + ε_i e_2 + ε_i² e_3 + ...` with infinitesimals, ε_1 below every power of ε_2,
    /// that below every power of ε_3, ..., so that they are in general position with everything: the sign is that of the first
    /// choice of coordinates, in lexicographic order, that gives a determinant other than 0.
    private func symbolic(_ rows: [Int], _ t: Int, then last: Int? = nil) throws(ArrangementError) -> Int {
        let r = arrangement.dimension
        let vectors = rows.map { arrangement.vector($0) }
        let end = last.map { [arrangement.vector($0)] } ?? []
        var chosen = Array(0..<t)
        while true {
            let functionals = chosen.map { place in (0..<r).map { $0 == place ? 1.0 : 0.0 } }
            let sign = ExactSign.ofDeterminant(vectors + functionals + end)
            if sign != 0 { return sign }
            // The next choice.
            guard let place = chosen.indices.last(where: { chosen[$0] < r - t + $0 }) else {
                let dependent = rows + (last.map { [$0] } ?? [])
                throw .dependent(points: dependent.map { arrangement.representatives[$0] }.sorted())
            }
            chosen[place] += 1
            for later in (place + 1)..<max(t, place + 1) { chosen[later] = chosen[later - 1] + 1 }
        }
    }
}
