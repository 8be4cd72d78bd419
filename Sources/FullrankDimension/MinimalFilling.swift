import FullrankModel
import FullrankNumbers

/// Finds all minimal filling architectures with d_0 inputs, d_L outputs, L layers and φ(z) = z^r: filling, and no longer
/// filling if any hidden layer loses a unit.
///
/// Filling architectures are closed upwards (docs/dimensions.md, section 5), so that the minimal ones are those that lie
/// under no architecture known to be not filling, and under which everything does. The search keeps a set of maximal
/// architectures that are not filling, and the minimal ones outside their down-set. Each of these is asked for: if it is
/// filling, it is minimal; if not, units are added as long as it is not filling, which gives one more maximal one.
public struct MinimalFilling {
    public let inputs: Int
    public let outputs: Int
    /// L
    public let layers: Int
    public let exponent: Int
    /// Largest width of each hidden layer that a minimal one can have.
    public let limits: [Int]
    /// Ascending.
    public private(set) var found: [Architecture] = []
    /// Maximal architectures that are not filling, below the limits.
    public private(set) var maximal: [[Int]] = []

    /// Points asked for in one call.
    private static let batch = 32
    /// A search whose widths may exceed this is refused.
    public static let mostWidth = 4096

    /// - Throws: `tooWide`
    public init(inputs: Int, outputs: Int, layers: Int, exponent: Int) throws(Refusal) {
        self.inputs = inputs
        self.outputs = outputs
        self.layers = layers
        self.exponent = exponent
        var limits = [Int](), degree = 1
        for layer in 1..<layers {
            degree = degree.multipliedReportingOverflow(by: exponent).partialValue
            guard degree <= Self.mostWidth, let limit = Self.forms(degree: degree, variables: inputs) else {
                throw Refusal(layer: layer)
            }
            limits.append(limit)
        }
        self.limits = limits
    }

    public struct Refusal: Error, Hashable, Sendable, CustomStringConvertible {
        let layer: Int
        public var description: String {
            "hidden layer \(layer) may need more than \(MinimalFilling.mostWidth) units; fewer layers, inputs or a smaller exponent are taken"
        }
    }

    /// C(degree + variables − 1, variables − 1), if it is not above `mostWidth`.
    private static func forms(degree: Int, variables: Int) -> Int? {
        var count = BigInteger(1)
        for index in 1..<max(variables, 1) {
            count = count * BigInteger(degree + index) / BigInteger(index)
            guard let small = count.int, small <= mostWidth else { return nil }
        }
        return count.int
    }

    /// Runs the search to its end.
    ///
    /// - Parameter tell: how many are found, and how many maximal ones are known.
    public mutating func run(
        _ queries: inout FillingQueries, tell: (_ found: Int, _ maximal: Int) -> Void = { _, _ in }
    ) throws(DimensionSearchError) {
        var open = [[Int](repeating: 1, count: limits.count)], minimal = [[Int]]()
        while !open.isEmpty {
            let asked = Array(open.prefix(Self.batch))
            let answers = try filling(asked, &queries)
            minimal += zip(asked, answers).filter(\.1).map(\.0)
            open.removeFirst(asked.count)
            let short = zip(asked, answers).filter { !$0.1 }.map(\.0)
            for top in try raised(short, &queries) where !maximal.contains(where: { Self.isBelow(top, $0) }) {
                maximal.append(top)
                // Those under it are replaced by their next neighbours outside.
                let under = short.filter { Self.isBelow($0, top) } + open.filter { Self.isBelow($0, top) }
                open.removeAll { Self.isBelow($0, top) }
                for point in under {
                    for place in limits.indices where top[place] < limits[place] {
                        var next = point
                        next[place] = top[place] + 1
                        insert(next, into: &open, minimal)
                    }
                }
            }
            tell(minimal.count, maximal.count)
        }
        do throws(ArchitectureError) {
            found = []
            for hidden in minimal.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
                found.append(try architecture(hidden))
            }
        } catch {
            throw .architecture(error)
        }
    }
}

extension MinimalFilling {
    private static func isBelow(_ a: [Int], _ b: [Int]) -> Bool { zip(a, b).allSatisfy { $0 <= $1 } }

    /// Keeps the points minimal: none above another, nor above one that is found.
    private func insert(_ point: [Int], into open: inout [[Int]], _ minimal: [[Int]]) {
        guard !maximal.contains(where: { Self.isBelow(point, $0) }),
            !minimal.contains(where: { Self.isBelow($0, point) }),
            !open.contains(where: { Self.isBelow($0, point) })
        else { return }
        open.removeAll { Self.isBelow(point, $0) }
        open.append(point)
    }

    private func architecture(_ hidden: [Int]) throws(ArchitectureError) -> Architecture {
        try Architecture([inputs] + hidden + [outputs])
    }

    private func filling(_ points: [[Int]], _ queries: inout FillingQueries) throws(DimensionSearchError) -> [Bool] {
        var architectures = [Architecture]()
        do throws(ArchitectureError) {
            for point in points { architectures.append(try architecture(point)) }
        } catch {
            throw .architecture(error)
        }
        return try queries.areFilling(architectures)
    }

    /// Widens layers, the first ones first, each as far as the architecture is not filling: by halving the interval that
    /// holds the last such width, all points side by side.
    private func raised(_ points: [[Int]], _ queries: inout FillingQueries) throws(DimensionSearchError) -> [[Int]] {
        var tops = points
        for place in limits.indices {
            var ends = tops.map { (low: $0[place], high: limits[place] + 1) }
            while case let open = tops.indices.filter({ ends[$0].high - ends[$0].low > 1 }), !open.isEmpty {
                let tried = open.map { index in
                    var point = tops[index]
                    point[place] = (ends[index].low + ends[index].high) / 2
                    return point
                }
                for (index, (point, isFilling)) in zip(open, zip(tried, try filling(tried, &queries))) {
                    if isFilling { ends[index].high = point[place] } else { ends[index].low = point[place] }
                }
            }
            for index in tops.indices { tops[index][place] = ends[index].low }
        }
        return tops
    }
}
