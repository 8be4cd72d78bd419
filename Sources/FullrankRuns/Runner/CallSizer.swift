/// Chooses how many trials of a problem a call gets: a few to begin with, then about so many seconds' worth, for
/// progress and prompt stopping.
public struct CallSizer: Sendable {
    /// Numbers that are drawn for one call, at most: 128 MB.
    private static let mostNumbers = 1 << 24

    /// Work of the next call.
    private var budget: Double
    private let least: Double
    private let growth: Double
    private let seconds: Double

    /// - Parameters:
    ///   - first: work of the first call.
    ///   - least: work of any other call, so that threads seldom wait for the last trial.
    ///   - growth: a call gets at most so many times the work of the one before.
    ///   - seconds: that a call should take.
    public init(first: Double, least: Double, growth: Double = 16, seconds: Double = 0.3) {
        (budget, self.least, self.growth, self.seconds) = (first, least, growth, seconds)
    }

    /// The first of the missing trials, at least one, and their work.
    func call(_ missing: Range<Int>, _ cost: (Int) -> TrialCost) -> (trials: Range<Int>, work: Double) {
        var work = 0.0, numbers = 0, end = missing.lowerBound
        for trial in missing {
            let cost = cost(trial)
            guard
                end == missing.lowerBound || (work + cost.work <= budget && numbers + cost.numbers <= Self.mostNumbers)
            else { break }
            (work, numbers, end) = (work + cost.work, numbers + cost.numbers, trial + 1)
        }
        return (missing.lowerBound..<end, work)
    }

    mutating func record(work: Double, seconds took: Double) {
        budget = max(least, min(budget * growth, seconds / max(took, 1e-6) * work))
    }
}
