/// Where a running sweep stands.
public struct SweepProgress: Hashable, Sendable {
    /// Trials done, those of earlier runs included.
    public let trials: Int
    public let total: Int
    /// Trials that earlier runs had done.
    public let resumed: Int
    /// Share of the estimated work that is done, 0 to 1, the running call's part included; never falls.
    public let share: Double
    /// Since this run began.
    public let elapsed: Duration
    /// Estimated from this run's own rate; nil before there is one.
    public let remaining: Duration?
}

/// What a runner tells besides results.
public enum SweepEvent: Hashable, Sendable {
    /// Before the first call; earlier runs did `resumed` of the `total` trials.
    case started(total: Int, resumed: Int)
    /// After each call, when its results were delivered.
    case finished(SweepProgress)
    /// Some cells' singular values did not converge: they count as not computed.
    case notConverged(problem: Int, trial: Int, cells: Int)
    /// A call of `trials` trials did not fit in memory; the words are the backend's. Smaller calls follow.
    case outOfMemory(problem: Int, trials: Int, words: String)
}

/// How a run ended, short of an error.
public struct SweepSummary: Hashable, Sendable {
    public enum End: Hashable, Sendable {
        case completed
        /// Finished trials are in the journal; the same command goes on from there.
        case cancelled
    }
    public let end: End
    /// Trials this run computed.
    public let trials: Int
    /// Trials earlier runs had computed.
    public let resumed: Int
    /// Cells of this run's trials whose singular values did not converge.
    public let notConvergedCells: Int
    public let elapsed: Duration
}

/// What progress is told from; behind the runner's lock.
struct SweepMeter {
    var trials = 0
    var total = 0
    var resumed = 0
    var workDone = 0.0
    var workRunning = 0.0
    var workTotal = 1.0
    var workResumed = 0.0
    var start = ContinuousClock.now
    private var highest = 0.0

    mutating func progress(runningShare: Double) -> SweepProgress {
        let work = workTotal > 0 ? (workDone + workRunning * runningShare) / workTotal : 1
        highest = max(highest, min(1, work))
        let elapsed = ContinuousClock.now - start
        let begun = workTotal > 0 ? workResumed / workTotal : 1
        let remaining = highest > begun ? elapsed * ((1 - highest) / (highest - begun)) : nil
        return SweepProgress(
            trials: trials, total: total, resumed: resumed, share: highest, elapsed: elapsed, remaining: remaining)
    }
}

extension Duration {
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
