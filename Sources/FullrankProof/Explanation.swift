import FullrankBackends
import FullrankModel
import FullrankSweep

/// One trial's rank with its reasons.
public struct Explanation: Sendable {
    /// As in the question.
    public let problem: TrialProblem
    /// The trial's number, for the numbers that are drawn.
    public let trial: UInt64
    /// The profile on which the primes agree.
    public let profile: RankProfile
    /// Every prime that was tried.
    public let primes: [UInt32]
    /// Those of them that found another profile.
    public let dissenting: [UInt32]
    /// One for each dependent point, ascending.
    public let circuits: [Circuit]
    package let numbers: TrialNumbers

    /// Whether the rank is proved over the rationals: the pivots bound it from below, the circuits from above.
    public var isProved: Bool { circuits.allSatisfy(\.isProof) }
    public var isFullRank: Bool { profile.rank == problem.points }

    /// Whether seed and trial decide anything.
    public var isDrawn: Bool { if case (.given, .pattern) = (problem.inputs, problem.network) { false } else { true } }

    /// - Parameters:
    ///   - primes: how many must agree.
    ///   - prime: the index-th prime; drawn from the problem's seed if nil.
    /// - Throws: what the backend throws; `unsupported` if it has no `dependencies`.
    public init(
        _ problem: TrialProblem, trial: UInt64, primes count: Int = 2, prime: ((Int) -> UInt32)? = nil,
        on backend: any RankBackend
    ) throws(BackendError) {
        // Regions are drawn once, for all primes.
        let drawn = try problem.resolved(trial: trial, on: backend)
        var found = [UInt32: Dependencies]()
        let agreement = try ProfileAgreement(
            primes: count, prime: prime ?? { Prime.drawn(seed: problem.seed, index: $0) }
        ) { (prime) throws(BackendError) in
            let dependencies = try backend.dependencies(of: drawn, trial: trial, prime: prime)
            found[prime] = dependencies
            return dependencies.profile
        }
        let numbers = TrialNumbers(
            inputs: try backend.inputs(of: drawn, trial: trial),
            pattern: try backend.activationPattern(of: drawn, trial: trial),
            inputDimension: problem.inputDimension, bias: problem.bias)
        let agreeing = agreement.agreeing.compactMap { found[$0] }
        circuits = agreeing[0].relations.indices.map { index in
            Circuit(
                agreeing[0].relations[index], others: agreeing.dropFirst().map { $0.relations[index] },
                prime: agreeing[0].prime, of: numbers)
        }
        self.problem = problem
        self.trial = trial
        self.numbers = numbers
        profile = agreement.profile
        primes = agreement.primes
        dissenting = agreement.primes.filter { !agreement.agreeing.contains($0) }
    }
}
