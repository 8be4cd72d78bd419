import FullrankModel

/// The cell with the widest interval among a problem's cells, which all have the same trials: the cell whose number of
/// full ranks is closest to half.
public struct WidestCell: Hashable, Sendable {
    /// That count; a trial of the svd method that did not converge does not.
    public let trials: Int
    /// full ranks · others.
    public let product: Int

    public init(trials: Int, product: Int) {
        self.trials = trials
        self.product = product
    }

    /// From each cell's number of full ranks.
    public init(trials: Int, fullRanks: some Sequence<Int>) {
        self.init(trials: trials, product: fullRanks.reduce(0) { max($0, $1 * (trials - $1)) })
    }

    public var halfWidth: Double { WilsonInterval.halfWidth(product: product, trials: trials) }
}

extension IntervalTarget {
    /// How many trials a problem is to have next, its first `trials` being done; nil: these will do.
    ///
    /// The rule of docs/mathematics.md, section 10: as many as the widest cell's fraction asks for if it stays as it is,
    /// but an eighth more at least and four times as many at most.
    public func nextCheckpoint(after trials: Int, widest: WidestCell) -> Int? {
        guard trials < maxTrials, widest.halfWidth > halfWidth else { return nil }
        var more = trials / 8 + (trials % 8 == 0 ? 0 : 1)
        if widest.trials > 0 {
            let count = Double(widest.trials)
            let variance = Double(widest.product) / (count * count)
            let square = WilsonInterval.z * WilsonInterval.z
            let target = halfWidth * halfWidth
            let root = (variance * variance + target * (1 - 4 * variance)).squareRoot()
            let wanted = (square * (variance + root) / (2 * target) - square).rounded(.up)
            more = max(more, Int(min(wanted, Double(maxTrials))) - widest.trials)
        }
        return min(maxTrials, trials + min(more, 3 * trials))
    }
}

extension SweepTally {
    /// The cell whose interval is widest.
    public var widest: WidestCell {
        var product = 0
        forEachFullRankCount { product = max(product, $0 * (trials - $0)) }
        return WidestCell(trials: trials, product: product)
    }

    /// How many cells have an interval of more than that half-width.
    public func cells(widerThan halfWidth: Double) -> Int {
        var wider = 0
        forEachFullRankCount {
            if WilsonInterval.halfWidth(product: $0 * (trials - $0), trials: trials) > halfWidth { wider += 1 }
        }
        return wider
    }

    /// Trials of full rank in each cell.
    private func forEachFullRankCount(_ body: (Int) -> Void) {
        forEachRow { row in
            for count in row.fullRank { body(count) }
        }
    }
}
