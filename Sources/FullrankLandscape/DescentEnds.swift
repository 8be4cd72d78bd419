import FullrankModel
import FullrankNumbers

/// The ends of many descents of one problem, each proved a local minimum in fractions or counted as not proved.
public struct DescentEnds: Sendable {
    public struct End: Hashable, Sendable {
        public let loss: Fraction
        /// Units on a boundary; hyperplanes on which units are, in all.
        public let boundaryUnits: Int
        public let boundaries: Int
        /// As in `MinimumPiece`.
        public let patterns: [String]
        public let signs: [String]
        /// Descents that ended here, and their hops in all.
        public fileprivate(set) var starts: Int
        public fileprivate(set) var hops: Int
    }

    /// By loss, then in the order of first arrival.
    public let ends: [End]
    public let starts: Int
    /// Descents whose end was not proved: by rounding, or as there is none at their face.
    public let unproved: Int
    /// The most hops of a descent.
    public let mostHops: Int

    /// - Throws: `tooManyFaces`, `interrupted`.
    public init(
        _ problem: LandscapeProblem, seed: UInt64, trial: UInt64, starts: Int, threads: Int, mostFaces: Int = 20_000,
        isCancelled: @escaping @Sendable () -> Bool = { false }
    ) throws(LandscapeError) {
        let arrangement = try FaceArrangement(problem.points, limit: mostFaces)
        let descent = CellDescent(problem, arrangement), shares = max(1, min(threads, starts))
        let found = concurrently(shares) { share in
            stride(from: share, to: starts, by: shares).map { start in
                isCancelled() ? nil : descent.run(seed: seed, trial: trial, start: start)
            }
        }
        if isCancelled() { throw .interrupted }
        var proof = DescentProof(problem, arrangement)
        var counted = [[Int]: End](), order = [[Int]](), unproved = 0, mostHops = 0
        for start in 0..<starts {
            guard let end = found[start % shares][start / shares], let loss = proof.loss(end.states) else {
                unproved += 1
                continue
            }
            mostHops = max(mostHops, end.hops)
            if counted[end.states] == nil {
                order.append(end.states)
                let faces = end.states.map { arrangement.faces[$0 / 3] }
                counted[end.states] = End(
                    loss: loss, boundaryUnits: faces.count { !$0.isCell },
                    boundaries: faces.reduce(0) { $0 + $1.boundaries },
                    patterns: end.states.map { arrangement.word($0 / 3) },
                    signs: end.states.map { $0 % 3 == 0 ? "+" : "-" },
                    starts: 0, hops: 0)
            }
            counted[end.states]?.starts += 1
            counted[end.states]?.hops += end.hops
        }
        let listed = order.enumerated().compactMap { place, states in counted[states].map { (place, $0) } }
        ends = listed.sorted { ($0.1.loss, $0.0) < ($1.1.loss, $1.0) }.map(\.1)
        (self.starts, self.unproved, self.mostHops) = (starts, unproved, mostHops)
    }

    /// The least loss reached; ends above it are bad, as a better point proves.
    public var best: Fraction? { ends.first?.loss }
    public func isBad(_ end: End) -> Bool { best.map { end.loss > $0 } ?? false }
}

/// Proves ends: criterion 1 in fractions, and a point of the face with its residual.
private struct DescentProof {
    let problem: LandscapeProblem
    let arrangement: FaceArrangement
    private var known: [[Int]: Fraction?] = [:]

    init(_ problem: LandscapeProblem, _ arrangement: FaceArrangement) {
        (self.problem, self.arrangement) = (problem, arrangement)
    }

    /// The loss of the local minima with these faces and signs; nil if there are none.
    mutating func loss(_ states: [Int]) -> Fraction? {
        if let found = known[states] { return found }
        let found = prove(states)
        known[states] = .some(found)
        return found
    }

    private func prove(_ states: [Int]) -> Fraction? {
        var basis = OrthogonalBasis(labels: problem.labels), columns = [[Fraction]]()
        for state in states {
            for ray in arrangement.faces[state / 3].rays {
                let output = arrangement.outputs[ray]
                basis.add(output)
                columns.append(state % 3 == 0 ? output : output.map { -$0 })
            }
        }
        let found = ResidualClass(basis.residual, arrangement, problem)
        guard states.allSatisfy({ found.allows($0 / 3, $0 % 3 == 0 ? .positive : .negative) }) else { return nil }
        let target = zip(problem.labels, basis.residual).map { $0 + $1 }
        return PositiveSolution.find(columns, target: target).map { _ in found.loss }
    }
}
