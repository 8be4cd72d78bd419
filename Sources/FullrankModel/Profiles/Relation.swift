/// Why a data point adds nothing to the rank: its row of the Jacobian is a combination of earlier pivot rows.
public struct Relation: Hashable, Sendable {
    /// The points whose rows take part, ascending; the last is the dependent one, the others have pivots.
    public let points: [Int]
    /// Modulo the prime, from 1 to p − 1, one per point: `Σ coefficient · row = 0`. The dependent point's is 1.
    public let coefficients: [UInt32]

    public init(points: [Int], coefficients: [UInt32]) {
        precondition(
            points.count == coefficients.count && !points.isEmpty, "a coefficient a point, the dependent one's too")
        self.points = points
        self.coefficients = coefficients
    }

    /// The point that has no pivot.
    public var dependentPoint: Int { points[points.count - 1] }
}

/// A trial's rank profile modulo a prime, and the one relation of each point without a pivot.
public struct Dependencies: Hashable, Sendable {
    public let prime: UInt32
    public let profile: RankProfile
    /// By dependent point, ascending.
    public let relations: [Relation]

    public init(prime: UInt32, profile: RankProfile, relations: [Relation]) {
        self.prime = prime
        self.profile = profile
        self.relations = relations
    }
}
