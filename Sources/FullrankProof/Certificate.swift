import FullrankModel

/// The proof of a rank, for others to check (docs/file-formats.md). It is self-contained and independent of how it was
/// found.
public struct Certificate: Hashable, Sendable {
    public static let format = "fullrank-certificate"
    /// Versions of certificates for one hidden layer, and for deep networks.
    public static let versions = 1...2
    /// Bytes of a document that is read: the inputs of 10,000 images take about 150 MB.
    public static let mostBytes = 256 << 20

    /// Data points: drawn, or the numbers themselves.
    public enum Inputs: Hashable, Sendable {
        case drawn(InputDistribution)
        case given(DataSet)
    }

    /// The network: drawn, or its activation pattern.
    public enum Network: Hashable, Sendable {
        case drawn(Initialization)
        case pattern(ActivationPattern)
    }

    /// Version of the program that made it.
    public var fullrank: String
    public var rank: Int
    public var points: Int
    public var inputDimension: Int
    /// Widths of the hidden layers before the last, starting at the inputs; empty: one hidden layer, version 1.
    public var hidden: [Int]
    public var units: Int
    public var isFullRank: Bool
    /// Whether pivots and circuits prove the rank over the rationals.
    public var isProved: Bool
    public var seed: UInt64
    /// nil if nothing is drawn.
    public var trial: UInt64?
    public var bias: Bool
    public var inputs: Inputs
    public var network: Network
    /// The primes that the seed draws.
    public var primes: [UInt32]
    /// The chance that a pivot is elsewhere over the rationals.
    public var errorBound: Double
    public var inputsDigest: String
    /// SHA-256 of weights, biases and output weights; only for deep networks, whose rank depends on them.
    public var parametersDigest: String?
    /// One for each hidden layer.
    public var patternDigests: [String]
    /// As in trials.jsonl: one entry per point, the column of its pivot or −1.
    public var pivots: [Int]
    public var circuits: [Circuit]
    /// Deep networks only: what the certificate claims to prove, in the words of `statement(lowerModulo:)`.
    public var claim: String?

    public var version: Int { hidden.isEmpty ? 1 : 2 }
    /// k
    public var columnsPerUnit: Int { inputDimension + (bias ? 1 : 0) }

    public init(_ explanation: Explanation, fullrank: String) {
        let problem = explanation.problem
        self.fullrank = fullrank
        rank = explanation.profile.rank
        points = problem.points
        inputDimension = problem.inputDimension
        hidden = []
        units = problem.units
        isFullRank = explanation.isFullRank
        isProved = explanation.isProved
        seed = problem.seed
        bias = problem.bias
        switch problem.inputs {
        case .drawn(let distribution): inputs = .drawn(distribution)
        case .given:
            inputs = .given(
                DataSet(
                    points: problem.points, inputDimension: problem.inputDimension, values: explanation.numbers.inputs))
        }
        switch problem.network {
        case .drawn(let initialization): network = .drawn(initialization)
        // Given weights and drawn patterns are certified by the pattern itself: a checker need not know how it was drawn.
        case .given, .bernoulli, .regions, .pattern: network = .pattern(explanation.numbers.pattern)
        }
        primes = explanation.primes
        errorBound = Prime.shortfallBound(pivots: problem.points, primes: explanation.primes)
        inputsDigest = explanation.numbers.inputsDigest
        patternDigests = [explanation.numbers.patternDigest]
        pivots = explanation.profile.pivotColumns.map(Int.init)
        circuits = explanation.circuits
        if case (.given, .pattern) = (inputs, network) { trial = nil } else { trial = explanation.trial }
    }

    public init(_ explanation: DeepExplanation, fullrank: String) {
        let problem = explanation.problem, numbers = explanation.numbers
        guard case .drawn(let initialization) = problem.network else { preconditionFailure("weights are drawn") }
        self.fullrank = fullrank
        rank = explanation.profile.rank
        points = problem.points
        inputDimension = problem.inputDimension
        hidden = problem.hidden
        units = problem.units
        isFullRank = explanation.isFullRank
        isProved = explanation.isProved
        seed = problem.seed
        trial = explanation.trial
        bias = problem.bias
        switch problem.inputs {
        case .drawn(let distribution): inputs = .drawn(distribution)
        case .given:
            inputs = .given(
                DataSet(points: points, inputDimension: inputDimension, values: numbers.samples.inputs))
        }
        network = .drawn(initialization)
        primes = explanation.primes
        errorBound = Prime.shortfallBound(pivots: problem.points, primes: explanation.primes)
        inputsDigest = numbers.inputsDigest
        parametersDigest = numbers.parametersDigest
        patternDigests = numbers.patternDigests
        pivots = explanation.profile.pivotColumns.map(Int.init)
        circuits = explanation.circuits
        let lower = isProved ? [] : explanation.dissenting.filter { numbers.rank(modulo: $0) < rank }
        claim = statement(lowerModulo: lower)
    }

    /// What a backend draws it from again.
    package var problem: TrialProblem {
        let source: TrialProblem.Inputs =
            switch inputs {
            case .drawn(let distribution): .drawn(distribution)
            case .given(let data): .given(data)
            }
        let drawn: TrialProblem.Network =
            switch network {
            case .drawn(let initialization): .drawn(initialization)
            case .pattern(let pattern): .pattern(pattern)
            }
        return TrialProblem(
            seed: seed, points: points, inputDimension: inputDimension, units: units, bias: bias, inputs: source,
            network: drawn, hidden: hidden)
    }
}
