import FullrankModel
import FullrankRuns

/// One draw of one architecture's parameters and points, ranked.
public struct DimensionTrial: JournalTrial, Hashable {
    /// Which of the plan's trials: draw · (number of architectures) + architecture. Shards share architectures and draws
    /// alike, and more draws leave the numbers of those that are there.
    public var trial: Int
    /// The highest modulo the primes: never above the rank.
    public var rank: Int
    /// No parameters and points have a higher rank.
    public var bound: Int
    /// n of those taken.
    public var points: Int
    public var end: NetworkRank.End
    /// Primes that were tried, and of them those modulo which the rank is lower.
    public var primes: [UInt32]
    public var dissenting: [UInt32]

    public init(
        trial: Int, rank: Int, bound: Int, points: Int, end: NetworkRank.End, primes: [UInt32],
        dissenting: [UInt32] = []
    ) {
        self.trial = trial
        self.rank = rank
        self.bound = bound
        self.points = points
        self.end = end
        self.primes = primes
        self.dissenting = dissenting
    }

    /// All trials of a plan are numbered through.
    public var problem: Int { 0 }

    /// Reached, a bound is the rank.
    public var isProved: Bool { rank >= bound }

    /// The chance that the rank is too low for its points, taking minors for random residues; 0 if it is proved.
    public var errorBound: Double {
        isProved ? 0 : Prime.shortfallBound(pivots: rank + 1, primes: primes.filter { !dissenting.contains($0) })
    }
}

extension DimensionPlan {
    public func architecture(ofTrial trial: Int) -> Int { trial % architectures.count }
    public func draw(ofTrial trial: Int) -> Int { trial / architectures.count }
    public func trial(architecture: Int, draw: Int) -> Int { draw * architectures.count + architecture }
    /// Of all architectures together.
    public var allTrials: Int { architectures.count * trials }
}
