/// The functions that one ReLU `x ↦ max(0, w x + b)` takes on n points of a line: a cone over a polyline (Karhadkar et
/// al., proposition 13).
///
/// Vertex m of the first n - 1 is `max(0, x - x_{n-2-m})`, of the others `max(0, x_{2n-2-m} - x)`: neighbours in this
/// order share a region, whose functions are their non-negative combinations. Sums of m units' functions, output weights
/// positive, are non-negative multiples of convex combinations of m points of the polyline.
public struct FunctionSpace: Hashable, Sendable {
    /// Ascending.
    public let points: [Double]
    /// 2n - 2 functions, each as its n values divided by their sum.
    public let vertices: [[Double]]
    /// "x - x_1", "x_3 - x": what vertex m is the positive part of.
    public let names: [String]

    /// A unit's region: its pattern, and the vertices whose non-negative combinations are its functions.
    public struct Region: Hashable, Sendable {
        /// "0011", one character per point.
        public let pattern: String
        /// None, one or two: as many as the rank of the region's Jacobian.
        public let vertices: [Int]
        public var rank: Int { vertices.count }
    }
    /// All 2n, in the order of the polyline; the inactive one last.
    public let regions: [Region]

    /// - Precondition: at least two points, ascending and distinct.
    public init(points: [Double]) {
        precondition(points.count >= 2 && zip(points, points.dropFirst()).allSatisfy { $0 < $1 }, "points ascend")
        self.points = points
        let n = points.count
        func normalized(_ values: [Double]) -> [Double] {
            let sum = values.reduce(0, +)
            return values.map { $0 / sum }
        }
        let rising = (0...n - 2).reversed().map { m in normalized(points.map { max(0, $0 - points[m]) }) }
        let falling = (1...n - 1).reversed().map { m in normalized(points.map { max(0, points[m] - $0) }) }
        vertices = rising + falling
        names = (0...n - 2).reversed().map { "x - x_\($0)" } + (1...n - 1).reversed().map { "x_\($0) - x" }
        func pattern(_ active: (Int) -> Bool) -> String { String((0..<n).map { active($0) ? "1" : "0" }) }
        var regions = [Region(pattern: pattern { $0 >= n - 1 }, vertices: [0])]
        for m in stride(from: n - 2, through: 0, by: -1) {
            regions.append(Region(pattern: pattern { $0 >= m }, vertices: [n - 2 - m, n - 1 - m]))
        }
        for m in stride(from: n - 1, to: 1, by: -1) {
            regions.append(Region(pattern: pattern { $0 < m }, vertices: [2 * n - 2 - m, 2 * n - 1 - m]))
        }
        regions.append(Region(pattern: pattern { $0 < 1 }, vertices: [2 * n - 3]))
        regions.append(Region(pattern: pattern { _ in false }, vertices: []))
        self.regions = regions
    }

    /// How many of the (2n)^units regions of a layer have a Jacobian of each rank 0...n.
    ///
    /// - Returns: nil beyond a million regions.
    public func regionsByRank(units: Int) -> [Int]? {
        let kinds = regions.count
        var total = 1
        for _ in 0..<units {
            total *= kinds
            if total > 1_000_000 { return nil }
        }
        var counts = [Int](repeating: 0, count: points.count + 1)
        // The rank does not depend on where distinct points lie: the cone of a region is that of its vertices' ranks.
        var ranks = [Set<Int>: Int]()
        for index in 0..<total {
            var rest = index
            var chosen = Set<Int>()
            for _ in 0..<units {
                chosen.insert(rest % kinds)
                rest /= kinds
            }
            let rank = ranks[chosen] ?? self.rank(of: chosen)
            ranks[chosen] = rank
            counts[rank] += 1
        }
        return counts
    }

    /// Rank of the Jacobian of units in these regions: of their patterns times 1 and times x, for the points 0, 1, ...,
    /// modulo a prime that is larger than any minor of such small numbers can be.
    private func rank(of chosen: Set<Int>) -> Int {
        let prime: Int = (1 << 31) - 1
        var rows = [[Int]]()
        for region in chosen {
            let bits = regions[region].pattern.map { $0 == "1" ? 1 : 0 }
            rows.append(bits)
            rows.append(bits.enumerated().map { $0 * $1 })
        }
        var rank = 0
        for column in points.indices {
            guard let pivot = rows.indices.dropFirst(rank).first(where: { rows[$0][column] != 0 }) else { continue }
            rows.swapAt(rank, pivot)
            for row in rows.indices.dropFirst(rank + 1) where rows[row][column] != 0 {
                let (a, b) = (rows[rank][column], rows[row][column])
                for entry in points.indices {
                    rows[row][entry] = ((rows[row][entry] * a - rows[rank][entry] * b) % prime + prime) % prime
                }
            }
            rank += 1
        }
        return rank
    }

    /// Columns `vertex,function,f_0,...`: the polyline.
    public func verticesCSV(_ format: (Double) -> String) -> String {
        var text = "vertex,function," + points.indices.map { "f_\($0)" }.joined(separator: ",") + "\n"
        for (index, vertex) in vertices.enumerated() {
            text += "\(index),\"max(0, \(names[index]))\"," + vertex.map(format).joined(separator: ",") + "\n"
        }
        return text
    }

    /// Columns `pattern,rank,vertices`.
    public var regionsCSV: String {
        "pattern,rank,vertices\n"
            + regions.map { "\($0.pattern),\($0.rank),\($0.vertices.map(String.init).joined(separator: " "))\n" }
            .joined()
    }
}
