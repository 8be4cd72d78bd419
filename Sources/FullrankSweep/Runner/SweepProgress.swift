import FullrankRuns

/// The progress of a running sweep.
public struct SweepProgress: Hashable, Sendable {
    /// Finished trials, including those of earlier runs.
    public let trials: Int
    public let total: Int
    /// Whether narrow intervals may require more trials than `total`.
    public let mayGrow: Bool
    /// Trials that earlier runs had finished.
    public let resumed: Int
    /// Share of the estimated work that is done, 0 to 1, the running call's part included; falls only where trials
    /// were added to `total`.
    public let share: Double
    /// Seconds since this run began.
    public let elapsed: Duration
    /// Estimated from this run's own rate; nil before there is one.
    public let remaining: Duration?
}

/// The events of a runner, besides results.
public enum SweepEvent: Hashable, Sendable {
    /// Before the first call; earlier runs did `resumed` of the `total` trials.
    case started(total: Int, resumed: Int)
    /// Intervals are still too wide; the sweep now has that many trials in total.
    case extended(total: Int)
    /// After each call, when its results were delivered.
    case finished(SweepProgress)
    /// Some cells' singular values did not converge: they count as not computed.
    case notConverged(problem: Int, trial: Int, cells: Int)
    /// A call of `trials` trials did not fit in memory; the words are the backend's. Smaller calls follow.
    case outOfMemory(problem: Int, trials: Int, words: String)
    /// Primes disagreed on a trial's profile, and further primes decided.
    case disagreed(PrimeDisagreement)
}

/// How a run ended, short of an error.
public struct SweepSummary: Hashable, Sendable {
    public enum End: Hashable, Sendable {
        case completed
        /// Finished trials are in the journal; the same command continues from there.
        case cancelled
    }
    public let end: End
    /// Trials this run computed.
    public let trials: Int
    /// Trials earlier runs had computed.
    public let resumed: Int
    /// Trials of the sweep in total, and whether results may require more; false once the sweep is completed.
    public let total: Int
    public let mayGrow: Bool
    /// Cells of this run's trials whose singular values did not converge.
    public let notConvergedCells: Int
    /// This run's trials whose ranks are proved, with no chance of error (docs/mathematics.md, section 13).
    public let proved: Int
    public let elapsed: Duration
}

/// The data from which progress is computed; protected by the runner's lock.
struct SweepMeter {
    /// Finished trials and their work, then this run's part of them.
    private var trials = 0
    private var workDone = 0.0
    private(set) var computed = 0
    private var workComputed = 0.0
    private(set) var total = 0
    private var workTotal = 0.0
    private(set) var mayGrow = false
    /// Work of the running call, and of calls that have returned but are not entered yet.
    private var workRunning = 0.0, workPending = 0.0
    private(set) var start = ContinuousClock.now
    private var highest = 0.0

    var resumed: Int { trials - computed }

    /// Sets the number of trials of the sweep and of finished trials anew.
    mutating func set(_ count: TrialCount, workDone: Double, workTotal: Double) {
        if count.total > total { highest = 0 }
        (trials, total, mayGrow) = (count.done, count.total, count.mayGrow)
        (self.workDone, self.workTotal) = (workDone, workTotal)
    }

    /// A problem gets more trials, none of which is finished.
    mutating func grow(by trials: Int, work: Double, mayGrow: Bool) {
        if trials > 0 { highest = 0 }
        total += trials
        workTotal += work
        self.mayGrow = mayGrow
    }

    /// A call begins.
    mutating func begin(work: Double) { workRunning = work }

    /// The call returned, with that much of its work finished.
    mutating func end(work: Double) { (workRunning, workPending) = (0, workPending + work) }

    /// The returned results are entered.
    mutating func add(trials count: Int, work: Double) {
        trials += count
        computed += count
        workDone += work
        workComputed += work
        workPending -= work
    }

    mutating func progress(runningShare: Double) -> SweepProgress {
        let work = workTotal > 0 ? (workDone + workPending + workRunning * runningShare) / workTotal : 1
        highest = max(highest, min(1, work))
        let elapsed = ContinuousClock.now - start
        let begun = workTotal > 0 ? (workDone - workComputed) / workTotal : 1
        let remaining = highest > begun ? elapsed * ((1 - highest) / (highest - begun)) : nil
        return SweepProgress(
            trials: trials, total: total, mayGrow: mayGrow, resumed: resumed, share: highest, elapsed: elapsed,
            remaining: remaining)
    }
}
