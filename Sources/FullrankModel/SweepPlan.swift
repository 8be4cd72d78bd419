/// The plan of a sweep: exactly the settings that determine its numbers. Settings that do not (threads, backend,
/// shards, folders) are not part of it.
public struct SweepPlan: Hashable, Codable, Sendable {
    /// How the input dimension depends on the other axes.
    public enum InputDimensions: Hashable, Codable, Sendable {
        /// `--d0 LIST`
        case fixed([Int])
        /// `--ratio LIST`: `d0 = ceil(R n)`, so each n is a separate problem.
        case proportional([Ratio])
    }

    /// Where inputs come from.
    public enum Inputs: Hashable, Codable, Sendable {
        case drawn(InputDistribution)
        /// The first n rows of a file; the fingerprint tells whether it is still the same data.
        case file(path: String, fingerprint: String)
    }

    public var inputDimensions: InputDimensions
    /// n, ascending, without repetition.
    public var points: [Int]
    /// d1, ascending, without repetition.
    public var units: [Int]
    /// Trials of each problem; with a `target`, the number at the first checkpoint.
    public var trials: Int
    /// If set, trials are added to each problem until its intervals are narrow enough.
    public var target: IntervalTarget?
    public var seed: UInt64
    public var inputs: Inputs
    /// `regions` depend on the data points, so each n is then a separate problem.
    public var patterns: PatternEnsemble
    /// Where patterns are those of drawn weights.
    public var initialization: Initialization
    public var bias: Bool
    public var method: RankMethod
    /// The preparation of a file's points; nil for drawn inputs.
    public var preparation: DataPreparation?
    /// Method `exact`: how many primes must agree on each trial's profile.
    public var primeCount: Int
    /// In a deep sweep, the layers before the last, which is d1 wide. Each of them with a d0 and a d1 is a problem.
    public var hidden: [HiddenLayers]?

    public init(
        inputDimensions: InputDimensions, points: [Int], units: [Int], trials: Int = 100,
        target: IntervalTarget? = nil, seed: UInt64 = 0, inputs: Inputs = .drawn(.normal),
        patterns: PatternEnsemble = .initialization,
        initialization: Initialization = .uniform, bias: Bool = true, method: RankMethod = .exact,
        preparation: DataPreparation? = nil, primeCount: Int = 1, hidden: [HiddenLayers]? = nil
    ) {
        self.inputDimensions = inputDimensions
        self.points = points
        self.units = units
        self.trials = trials
        self.target = target
        self.seed = seed
        self.inputs = inputs
        self.patterns = patterns
        self.initialization = initialization
        self.bias = bias
        self.method = method
        self.preparation = preparation
        self.primeCount = primeCount
        self.hidden = hidden
    }

    /// More cells would neither be of use to anyone nor fit in memory.
    public static let mostCells = 10_000_000

    /// A problem gets at most this many trials, whatever the results.
    public var mostTrials: Int { target?.maxTrials ?? trials }

    /// The first prime of the exact method, drawn from the seed.
    public var prime: UInt32 { Prime.drawn(seed: seed) }

    /// All primes that must agree; if they do not, further primes are drawn (`ProfileAgreement`).
    public var primes: [UInt32] { (0..<primeCount).map { Prime.drawn(seed: seed, index: $0) } }

    /// The problems whose trials make up the sweep: by d0, or by ratio and n, or by hidden layers, d0 and d1.
    public var problems: [SweepProblem] {
        switch inputDimensions {
        case .fixed(let dimensions) where hidden != nil:
            (hidden ?? []).flatMap { layers in
                dimensions.flatMap { dimension in
                    units.map {
                        SweepProblem(
                            ratio: nil, inputDimension: dimension, points: points, units: [$0], bias: bias,
                            hidden: layers)
                    }
                }
            }
        case .fixed(let dimensions):
            dimensions.flatMap { dimension in
                (patterns == .regions ? points.map { [$0] } : [points]).map {
                    SweepProblem(ratio: nil, inputDimension: dimension, points: $0, units: units, bias: bias)
                }
            }
        case .proportional(let ratios):
            ratios.flatMap { ratio in
                points.map {
                    SweepProblem(
                        ratio: ratio, inputDimension: ratio.inputDimension(points: $0), points: [$0], units: units,
                        bias: bias)
                }
            }
        }
    }
}

/// One shape of a sweep: one trial, with the largest n and d1, gives every cell of its `points` × `units`.
public struct SweepProblem: Hashable, Sendable {
    /// Set in a ratio sweep.
    public let ratio: Ratio?
    /// d0
    public let inputDimension: Int
    /// n of the cells, ascending.
    public let points: [Int]
    /// d1 of the cells, ascending.
    public let units: [Int]
    public let bias: Bool
    /// Set in a deep sweep; `units` is then one width.
    public let hidden: HiddenLayers?

    public init(
        ratio: Ratio?, inputDimension: Int, points: [Int], units: [Int], bias: Bool, hidden: HiddenLayers? = nil
    ) {
        self.ratio = ratio
        self.inputDimension = inputDimension
        self.points = points
        self.units = units
        self.bias = bias
        self.hidden = hidden
    }

    public var isDeep: Bool { hidden?.isDeep ?? false }
    /// k. In a deep network the columns of the first units are not those of a narrower network, so all columns count as
    /// one unit's.
    public var columnsPerUnit: Int { isDeep ? columns(units: largestUnits) : inputDimension + (bias ? 1 : 0) }
    /// Columns of the Jacobian whose last hidden layer is `units` wide.
    public func columns(units: Int) -> Int {
        (hidden ?? HiddenLayers([])).columns(inputDimension: inputDimension, units: units, bias: bias)
    }
    public var largestPoints: Int { points.last ?? 0 }
    public var largestUnits: Int { units.last ?? 0 }
}
