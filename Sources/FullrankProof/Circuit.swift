import FullrankModel

/// The proof that one data point's row depends on those of earlier points, in numbers that others can check.
public struct Circuit: Hashable, Sendable {
    /// The reason why the rows are dependent.
    public enum Evidence: Hashable, Sendable {
        /// `|C| = k rank(A_C) + 1`: the rows lie in a space of too few dimensions, whatever the data. The same
        /// holds in a deep network.
        case count
        /// Special data: `Σ coefficient · row = 0`, in decimal digits; no common divisor, the last positive.
        case integers([String])
        /// The same modulo one prime only, which is not a proof over the rationals.
        case residues([UInt32], prime: UInt32)
    }

    /// C, ascending; the last is the dependent point, the others have pivots.
    public let points: [Int]
    /// rank(A_C) over the rationals. For a deep network: the number of dimensions that its activations leave the rows
    /// of C, which is one fewer than the points if that shows that they are dependent.
    public let rank: Int
    public let evidence: Evidence

    public init(points: [Int], rank: Int, evidence: Evidence) {
        self.points = points
        self.rank = rank
        self.evidence = evidence
    }

    public var dependentPoint: Int { points[points.count - 1] }
    /// Whether the relation is proved over the rationals.
    public var isProof: Bool { if case .residues = evidence { false } else { true } }

    /// - Parameters:
    ///   - relation: modulo a prime.
    ///   - others: the relations of the same point modulo further primes; a coefficient may be 0 modulo one of them.
    init(_ relation: Relation, others: [Relation], prime: UInt32, of numbers: TrialNumbers) {
        let points = others.isEmpty ? relation.points : Set(([relation] + others).flatMap(\.points)).sorted()
        if let circuit = Circuit(counting: points, of: numbers) {
            self = circuit
            return
        }
        if case .relation(let coefficients) = IntegerRelation(numbers, points: points).find() {
            let support = points.indices.filter { !coefficients[$0].isZero }
            let kept = support.map { points[$0] }
            self =
                Circuit(counting: kept, of: numbers)
                ?? Circuit(
                    points: kept, rank: ZeroOneRank(numbers.pattern, points: kept).rank,
                    evidence: .integers(support.map { coefficients[$0].digits }))
            return
        }
        self.init(
            points: relation.points, rank: ZeroOneRank(numbers.pattern, points: relation.points).rank,
            evidence: .residues(relation.coefficients, prime: prime))
    }

    /// nil if the points are not one more than their patterns' rank carries. All but the last are independent, so
    /// that |C| − 1 ≤ k rank(A_C) is known.
    private init?(counting points: [Int], of numbers: TrialNumbers) {
        let k = numbers.columnsPerUnit
        guard (points.count - 1) % k == 0 else { return nil }
        let least = (points.count - 1) / k
        let columns = ZeroOneRank(numbers.pattern, points: points)
        guard columns.rank(atLeast: least) == least else { return nil }
        self.init(points: points, rank: least, evidence: .count)
    }
}
