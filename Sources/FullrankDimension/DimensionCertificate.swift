import FullrankFiles
import FullrankModel

/// A minor of the Jacobian that is not zero modulo a prime, for weights and points that a seed draws: proves that the
/// dimension is at least its size. Found here by other arithmetic than the kernels'.
public struct DimensionCertificate {
    public let problem: DimensionProblem
    public let seed: UInt64
    public let draw: Int
    public let prime: UInt32
    /// Numbers of the points, ascending, and of the columns, ascending.
    public let points: [Int]
    public let columns: [Int]
    public var rank: Int { points.count }

    public static let format = "fullrank-dimension-certificate", version = 1
    /// Multiply-adds of the plain elimination.
    public static let mostWork = 2e10

    /// What certifying would take.
    public static func work(_ problem: DimensionProblem, rank: Int) -> Double {
        Double(rank) * Double(rank) * Double(problem.parameters) + Double(rank) * Double(problem.parameters)
    }

    /// Takes points in order until `rank` rows are independent.
    ///
    /// - Parameter most: points to look at.
    /// - Returns: nil if they are not that many, or `isCancelled`.
    public init?(
        _ problem: DimensionProblem, rank: Int, points most: Int, seed: UInt64, draw: Int, prime: UInt32,
        isCancelled: () -> Bool = { false }
    ) {
        let network = ResidueNetwork(problem, seed: seed, draw: draw, prime: prime)
        var echelon = RowEchelon(prime: prime), point = 0
        while echelon.rank < rank, point < most, !isCancelled() {
            _ = echelon.add(network.row(point), number: point)
            point += 1
        }
        guard echelon.rank == rank else { return nil }
        self.problem = problem
        self.seed = seed
        self.draw = draw
        self.prime = prime
        points = echelon.pivots.map(\.row)
        columns = echelon.pivots.map(\.column).sorted()
    }

    /// One JSON object, a member on each line.
    public func document(fullrank: String) -> String {
        JSONValue.object([
            .init("format", .string(Self.format)), .init("version", .integer(Self.version)),
            .init("fullrank", .string(fullrank)),
            .init("widths", .integers(problem.architecture.widths)),
            .init("activation", .string(problem.activation.description)), .init("biases", .bool(problem.biases)),
            .init("seed", .integer(seed)), .init("draw", .integer(draw)), .init("prime", .integer(Int(prime))),
            .init("rank", .integer(rank)), .init("bound", .integer(problem.bound)),
            .init("points", .integers(points)), .init("columns", .integers(columns)),
        ]).document
    }
}
