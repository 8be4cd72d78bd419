import FullrankBackends

/// The calls of a backend that compute the trials of a plan: what runs of different kinds do differently.
/// `TrialRunner` does the rest.
public protocol TrialCalls: Sendable {
    associatedtype Plan: RunPlan
    var plan: Plan { get }
    /// Is asked for its progress, and cancelled.
    var backend: any RankBackend { get }

    /// The sizes of a problem's calls.
    func sizer(problem: Int) -> CallSizer
    func cost(problem: Int, trial: Int) -> TrialCost
    /// The work of several trials.
    func work(problem: Int, trials: Range<Int>) -> Double
    /// The trials, in order.
    ///
    /// - Throws: `cancelled` if the run was cancelled meanwhile.
    func compute(
        _ trials: Range<Int>, problem: Int, _ meter: RunMeter
    ) throws(BackendError) -> [Plan.Trial]
    /// "d0 = 2, trials 3..<7", for messages.
    func words(_ trials: Range<Int>, problem: Int) -> String
}

/// What a trial takes.
public struct TrialCost: Sendable {
    /// Only ratios matter.
    public var work: Double
    /// Doubles that are drawn for it before the call.
    public var numbers: Int

    public init(work: Double = 1, numbers: Int = 0) { (self.work, self.numbers) = (work, numbers) }
}

// Trials of a problem that differ little.
extension TrialCalls {
    public func cost(problem: Int, trial: Int) -> TrialCost { TrialCost() }
    public func work(problem: Int, trials: Range<Int>) -> Double { Double(trials.count) }
}
