import FullrankBackends
import FullrankModel
import FullrankNumbers
import FullrankSweep

/// One deep network's trial: its rank with its reasons.
public struct DeepExplanation: Sendable {
    public let problem: TrialProblem
    public let trial: UInt64
    /// The profile on which the primes agree. All columns count as those of one unit.
    public let profile: RankProfile
    /// Every prime that was tried.
    public let primes: [UInt32]
    /// Those of them that found another profile.
    public let dissenting: [UInt32]
    /// One for each dependent point, ascending. Their `rank` is the dimension that the activations alone leave.
    public let circuits: [Circuit]
    package let numbers: DeepNumbers

    public var isProved: Bool { circuits.allSatisfy(\.isProof) }
    public var isFullRank: Bool { profile.rank == problem.points }

    /// - Parameters:
    ///   - problem: a deep network's, its weights drawn.
    ///   - primes: how many must agree.
    ///   - mostWork: multiply-adds that relations in whole numbers may take.
    /// - Throws: what the backend throws; `invalidArgument` for a network that overflows.
    public init(
        _ problem: TrialProblem, trial: UInt64, primes count: Int = 2, prime: ((Int) -> UInt32)? = nil,
        mostWork: Double? = nil, on backend: any RankBackend
    ) throws(BackendError) {
        let agreement = try ProfileAgreement(
            primes: count, prime: prime ?? { Prime.drawn(seed: problem.seed, index: $0) }
        ) { (prime) throws(BackendError) in
            switch try backend.rankProfiles(of: problem, trials: trial..<(trial + 1), prime: prime).first {
            case .computed(let profile): return profile
            case .notFinite: throw .invalidArgument("trial \(trial): its network holds a NaN or an infinity")
            default: throw .internal("\(backend.name): trial \(trial) was not computed")
            }
        }
        let numbers = DeepNumbers(
            try DeepSamples(problem, trial: trial, on: backend), points: problem.points,
            inputDimension: problem.inputDimension, bias: problem.bias)
        circuits = try Self.circuits(
            numbers, pivots: agreement.profile.pivotColumns.map(Int.init), prime: agreement.agreeing[0],
            mostWork: mostWork ?? DeepRelationSearch.mostWork)
        self.problem = problem
        self.trial = trial
        self.numbers = numbers
        profile = agreement.profile
        primes = agreement.primes
        dissenting = agreement.primes.filter { !agreement.agreeing.contains($0) }
    }

    private static func circuits(
        _ numbers: DeepNumbers, pivots: [Int], prime: UInt32, mostWork: Double
    ) throws(BackendError) -> [Circuit] {
        let dependent = pivots.indices.filter { pivots[$0] < 0 }
        guard !dependent.isEmpty else { return [] }
        // Supports modulo a prime so large that no coefficient is 0 by chance. If the profile differs modulo this
        // prime, the agreed profile was wrong, and relations are known modulo the small prime only.
        var primes = WordField.Primes()
        let supports = DeepRelations.find(numbers, pivots: pivots, field: WordField(primes.next()))?.map(\.points)
        var circuits = (supports ?? []).map { Circuit(counting: $0, of: numbers) }
        if circuits.isEmpty { circuits = Array(repeating: nil, count: dependent.count) }
        if let supports {
            let open = circuits.indices.filter { circuits[$0] == nil }
            let relations = DeepRelationSearch.find(
                numbers, sets: open.map { supports[$0] }, columns: pivots.filter { $0 >= 0 }, mostWork: mostWork)
            for (index, digits) in zip(open, relations) {
                guard let digits else { continue }
                let needed = digits.indices.filter { digits[$0] != "0" }
                let points = needed.map { supports[index][$0] }
                circuits[index] =
                    Circuit(counting: points, of: numbers)
                    ?? Circuit(
                        points: points, rank: numbers.dimension(of: points),
                        evidence: .integers(needed.map { digits[$0] }))
            }
        }
        guard circuits.contains(where: { $0 == nil }) else { return circuits.compactMap { $0 } }
        // The kernels found this profile modulo this prime.
        guard let relations = DeepRelations.find(numbers, pivots: pivots, field: WordField(UInt64(prime))) else {
            throw .internal("modulo \(prime) the rows have other pivots here than in the backend")
        }
        return circuits.indices.map { index in
            if let circuit = circuits[index] { return circuit }
            let (points, coefficients) = relations[index]
            return Circuit(counting: points, of: numbers)
                ?? Circuit(
                    points: points, rank: numbers.dimension(of: points),
                    evidence: .residues(coefficients.map(UInt32.init), prime: prime))
        }
    }
}

extension Circuit {
    /// nil if the activations alone do not force the rows to be dependent.
    fileprivate init?(counting points: [Int], of numbers: DeepNumbers) {
        let dimension = numbers.dimension(of: points)
        guard dimension == points.count - 1 else { return nil }
        self.init(points: points, rank: dimension, evidence: .count)
    }
}
