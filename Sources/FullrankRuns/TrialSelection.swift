import FullrankFiles

/// Which trials of a run count, and how many are left.
public protocol TrialSelection {
    associatedtype Trial: JournalTrial
    /// Takes a trial, each once; delivers it, and those that waited for it, as soon as they count.
    mutating func add(_ trial: Trial, _ deliver: (Trial) -> Void)
    /// Trials of a problem from here on do not count yet.
    func bound(problem: Int) -> Int
    var count: TrialCount { get }
    /// By problem, the trials left: those requested so far, and the largest number that may be needed.
    var left: [(least: Int, most: Int)] { get }
}

/// All trials of a share count.
public struct AllTrials<Trial: JournalTrial>: TrialSelection {
    private let share: Range<Int>
    /// By problem.
    private var done: [Int]

    init(problems: Int, share: Range<Int>) {
        self.share = share
        done = Array(repeating: 0, count: problems)
    }

    public mutating func add(_ trial: Trial, _ deliver: (Trial) -> Void) {
        done[trial.problem] += 1
        deliver(trial)
    }

    public func bound(problem: Int) -> Int { share.upperBound }
    public var count: TrialCount {
        TrialCount(done: done.reduce(0, +), total: share.count * done.count, mayGrow: false)
    }
    public var left: [(least: Int, most: Int)] { done.map { (share.count - $0, share.count - $0) } }
}

extension TrialReader {
    /// Delivers the trials that the tables are made of, each once.
    ///
    /// - Returns: which of them count, and what is left of each problem.
    @discardableResult
    public func readCounted<Plan: RunPlan>(
        _ deliver: (Plan.Trial) -> Void = { _ in }
    ) throws(SweepFolderError) -> Plan.Selection where Record == PlanRecord<Plan> {
        var selection = record.plan.selection(share: record.share)
        try readTrials { selection.add($0, deliver) }
        return selection
    }
}
