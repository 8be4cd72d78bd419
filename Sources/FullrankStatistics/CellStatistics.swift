import FullrankModel

/// The results of all trials for one cell (n, d1) of a phase diagram. There is at least one trial: a cell without
/// trials has no probability and is not made.
public struct CellStatistics: Hashable, Sendable {
    /// Set in a ratio sweep.
    public let ratio: Ratio?
    /// Set in a deep sweep; d1 is then the width of the last hidden layer.
    public let hidden: HiddenLayers?
    /// d0
    public let inputDimension: Int
    /// n
    public let points: Int
    /// d1
    public let units: Int
    public let trials: Int
    /// Number of trials of rank n.
    public let fullRank: Int
    /// Mean rank over the trials, between 0 and n.
    public let meanRank: Double

    /// - Precondition: `trials > 0` and `0 <= fullRank <= trials`.
    public init(
        ratio: Ratio?, hidden: HiddenLayers? = nil, inputDimension: Int, points: Int, units: Int, trials: Int,
        fullRank: Int, meanRank: Double
    ) {
        precondition(trials > 0 && fullRank >= 0 && fullRank <= trials, "a cell counts full ranks among its trials")
        self.ratio = ratio
        self.hidden = hidden
        self.inputDimension = inputDimension
        self.points = points
        self.units = units
        self.trials = trials
        self.fullRank = fullRank
        self.meanRank = meanRank
    }

    /// Fraction of trials of full rank.
    public var probability: Double { Double(fullRank) / Double(trials) }

    /// 95% confidence interval of the probability.
    public var interval: WilsonInterval { WilsonInterval(successes: fullRank, trials: trials) }
    /// Lower end of `interval`.
    public var ciLow: Double { interval.low }
    /// Upper end of `interval`.
    public var ciHigh: Double { interval.high }
}
