import FullrankModel

/// What `fullrank dimension` was asked to compute: everything that decides its numbers.
public struct DimensionPlan: Hashable, Sendable {
    /// Distinct, in the order in which they were given.
    public var architectures: [Architecture]
    public var activation: NetworkActivation
    public var biases: Bool
    /// Draws of each architecture.
    public var trials: Int
    public var seed: UInt64
    /// n; nil: `DimensionPlan.points(of:)`.
    public var points: Int?
    /// nil: all points, or `sparePoints` for polynomial networks.
    public var patience: Int?
    /// How many primes must agree where a rank is not proved.
    public var primeCount: Int
    /// Of ReLU and leaky ReLU; residues are uniform.
    public var weights: Initialization

    /// Points beyond the bound, none of which may raise the rank.
    public static let sparePoints = 8
    /// Points of a ReLU network, times its bound.
    public static let pointsPerBound = 10
    public static let mostArchitectures = 1_000_000
    /// Of all architectures together.
    public static let mostTrials = 100_000_000
    public static let mostPrimes = 8
    /// Layers that have streams of their own (docs/sampling.md).
    public static let mostDrawnLayers = 99

    public init(
        architectures: [Architecture], activation: NetworkActivation, biases: Bool = false, trials: Int = 1,
        seed: UInt64 = 0, points: Int? = nil, patience: Int? = nil, primeCount: Int = 2,
        weights: Initialization = .uniform
    ) {
        self.architectures = architectures
        self.activation = activation
        self.biases = biases
        self.trials = trials
        self.seed = seed
        self.points = points
        self.patience = patience
        self.primeCount = primeCount
        self.weights = weights
    }

    /// The last one is for where the others disagree.
    public var primes: [UInt32] { (0...primeCount).map { Prime.drawn(seed: seed, index: $0) } }

    public func problem(_ index: Int) throws(DimensionError) -> DimensionProblem {
        try DimensionProblem(architectures[index], activation: activation, biases: biases)
    }

    /// n of an architecture.
    public func points(of problem: DimensionProblem) -> Int {
        if let points { return points }
        let most = Int(Int32.max)
        guard !problem.isPolynomial else { return min(problem.bound + Self.sparePoints, most) }
        let (points, overflow) = problem.bound.multipliedReportingOverflow(by: Self.pointsPerBound)
        return overflow ? most : min(points, most)
    }
}
