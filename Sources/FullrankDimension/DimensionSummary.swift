import FullrankModel
import FullrankNumbers

/// What an architecture's trials say of it. Adds whole numbers only: any order of trials gives the same.
public struct DimensionSummary: Hashable, Sendable {
    public let problem: DimensionProblem
    /// n that was asked for.
    public let points: Int
    public private(set) var trials = 0
    /// Trials of each rank.
    public private(set) var counts: [Int: Int] = [:]
    /// Trials whose rank is the bound.
    public private(set) var atBound = 0
    /// The highest rank: of a polynomial network a proved lower bound of its dimension.
    public private(set) var dimension = 0
    /// The least upper bound that is known; of ReLU the largest of the trials'.
    public private(set) var bound: Int
    /// The least chance of the trials that their rank is too low.
    private var leastErrorBound = 1.0

    public init(_ problem: DimensionProblem, points: Int) {
        self.problem = problem
        self.points = points
        bound = problem.isPolynomial ? problem.bound : min(problem.bound, points * problem.architecture.outputs)
    }

    public mutating func add(_ trial: DimensionTrial) {
        trials += 1
        counts[trial.rank, default: 0] += 1
        if trial.rank >= trial.bound { atBound += 1 }
        dimension = max(dimension, trial.rank)
        // A bound may be the number of rows, which bounds no dimension.
        if problem.isPolynomial, trial.bound < points { bound = min(bound, trial.bound) }
        // A rank that is the number of points says nothing of more points.
        if !problem.isPolynomial || trial.rank < trial.points {
            leastErrorBound = min(leastErrorBound, trial.errorBound)
        }
    }

    public var isProved: Bool { trials > 0 && dimension >= bound }
    /// expected − dimension
    public var defect: Int { problem.expected - dimension }
    /// Whether the dimension is the ambient one; nil for ReLU.
    public var isFilling: Bool? { problem.ambient.map { BigInteger(dimension) == $0 } }
    /// The chance that the dimension is higher, taking minors for random residues; 0 if it is proved, 1 if there were too
    /// few points to tell.
    public var errorBound: Double { isProved ? 0 : leastErrorBound }

    /// Ranks and how many trials have them, ascending.
    public var histogram: [(rank: Int, trials: Int)] { counts.sorted { $0.key < $1.key }.map { ($0.key, $0.value) } }
    public var mean: Double { trials > 0 ? Double(counts.reduce(0) { $0 + $1.key * $1.value }) / Double(trials) : 0 }
    /// Of the mean; nil for a single trial.
    public var standardError: Double? {
        guard trials > 1 else { return nil }
        let mean = mean
        let squares = histogram.reduce(0.0) { sum, bar in
            sum + Double(bar.trials) * (Double(bar.rank) - mean) * (Double(bar.rank) - mean)
        }
        return (squares / Double(trials - 1) / Double(trials)).squareRoot()
    }
    public var shareAtBound: Double { trials > 0 ? Double(atBound) / Double(trials) : 0 }
}
