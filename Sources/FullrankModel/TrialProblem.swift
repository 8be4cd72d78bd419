/// The data that determine a trial: a backend turns a problem and a trial number into inputs, weights, an activation
/// pattern and a Jacobian. It is the Swift form of the C interface's `fr_problem`.
public struct TrialProblem: Hashable, Sendable {
    public enum Inputs: Hashable, Sendable {
        case drawn(InputDistribution)
        /// The first `points` rows, the same in every trial.
        case given(DataSet)
    }

    public enum Network: Hashable, Sendable {
        case drawn(Initialization)
        /// weights: units × inputs, row-major; biases: units (empty without bias).
        case given(weights: [Double], biases: [Double])
        /// No weights: every bit of the pattern 0 or 1 with probability ½.
        case bernoulli
        /// No weights: every unit's region uniform over the non-empty ones. Backends have it for one input with bias.
        case regions
        /// No weights at all: the activation pattern itself, at least `points` wide and `units` high.
        case pattern(ActivationPattern)
    }

    public var seed: UInt64
    /// n
    public var points: Int
    /// d0
    public var inputDimension: Int
    /// d1
    public var units: Int
    public var bias: Bool
    public var inputs: Inputs
    public var network: Network
    /// In a deep network, the widths of the hidden layers before the last, whose width is `units`. Weights are drawn
    /// then. Empty: a shallow network.
    public var hidden: [Int]

    public init(
        seed: UInt64, points: Int, inputDimension: Int, units: Int, bias: Bool = true,
        inputs: Inputs = .drawn(.normal), network: Network = .drawn(.uniform), hidden: [Int] = []
    ) {
        self.seed = seed
        self.points = points
        self.inputDimension = inputDimension
        self.units = units
        self.bias = bias
        self.inputs = inputs
        self.network = network
        self.hidden = hidden
    }

    /// k: columns of a shallow network's Jacobian a unit.
    public var columnsPerUnit: Int { inputDimension + (bias ? 1 : 0) }
    /// d1 k; of a deep network those of all layers together.
    public var columns: Int {
        HiddenLayers(hidden).columns(inputDimension: inputDimension, units: units, bias: bias)
    }
}

/// Singular values and numerical rank of one cell (method `svd`).
public struct SingularSummary: Hashable, Sendable, Codable {
    /// σ_max; 0 for an empty cell.
    public let largest: Double
    /// The min(n, d1 k)-th singular value; 0 for an empty cell.
    public let smallest: Double
    /// Number of singular values above max(n, d1 k) eps σ_max.
    public let rank: Int

    public init(largest: Double, smallest: Double, rank: Int) {
        self.largest = largest
        self.smallest = smallest
        self.rank = rank
    }
}
