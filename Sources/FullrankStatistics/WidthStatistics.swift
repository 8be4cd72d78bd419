import FullrankModel

/// Quantiles of the critical width h(n), the smallest width at which n points reach full rank, over all trials.
public struct WidthStatistics: Hashable, Sendable {
    /// Set in a ratio sweep.
    public let ratio: Ratio?
    /// Set in a deep sweep, where h is not a trial's: see `[SweepTally].criticalWidths`.
    public let hidden: HiddenLayers?
    /// d0
    public let inputDimension: Int
    /// n
    public let points: Int
    public let trials: Int
    /// The smallest width w with h ≤ w in at least 5% of all trials (⌈0.05 · trials⌉ of them), those which never
    /// reached full rank included as infinite; nil if fewer than that reached it. The others likewise.
    public let q05: Int?
    public let q25: Int?
    /// The median.
    public let q50: Int?
    public let q75: Int?
    public let q95: Int?
    /// Trials which reached full rank within the largest width.
    public let reached: Int

    public init(
        ratio: Ratio?, hidden: HiddenLayers? = nil, inputDimension: Int, points: Int, trials: Int, q05: Int?, q25: Int?,
        q50: Int?, q75: Int?, q95: Int?, reached: Int
    ) {
        self.ratio = ratio
        self.hidden = hidden
        self.inputDimension = inputDimension
        self.points = points
        self.trials = trials
        self.q05 = q05
        self.q25 = q25
        self.q50 = q50
        self.q75 = q75
        self.q95 = q95
        self.reached = reached
    }

    /// The statistics of a histogram of h(n).
    public init(ratio: Ratio?, inputDimension: Int, points: Int, histogram: WidthHistogram) {
        let quantiles = histogram.quantiles(percents: [5, 25, 50, 75, 95])
        self.init(
            ratio: ratio, inputDimension: inputDimension, points: points, trials: histogram.trials,
            q05: quantiles[0], q25: quantiles[1], q50: quantiles[2], q75: quantiles[3], q95: quantiles[4],
            reached: histogram.reached)
    }

    /// q05, q25, q50, q75, q95.
    public var quantiles: [Int?] { [q05, q25, q50, q75, q95] }
}
