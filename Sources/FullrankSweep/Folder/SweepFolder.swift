import FullrankFiles
import FullrankModel
import FullrankRuns
import FullrankStatistics

/// A sweep's output folder, locked for this process: plan.json, trials.jsonl, tables.
public typealias SweepFolder = TrialFolder<SweepRecord>
/// A sweep's folder, read without a lock and without changing anything.
public typealias SweepReader = TrialReader<SweepRecord>
/// The progress of the sweep in a folder.
public typealias SweepStatus = RunStatus<SweepRecord>
/// Its trials.jsonl, for appending.
public typealias SweepJournal = TrialJournal<SweepRecord>
/// Several folders of one sweep as one.
public typealias SweepMerge = TrialMerge<SweepRecord>

extension TrialFolder where Record == SweepRecord {
    /// Puts trials on which primes disagreed into plan.json, each once.
    func record(_ disagreements: [PrimeDisagreement]) throws(SweepFolderError) { try change { $0.add(disagreements) } }
}

extension TrialReader where Record == SweepRecord {
    /// Delivers the trials that the tables are made of, each once.
    ///
    /// - Parameter widest: of a problem, its cell with the widest interval after all that was delivered.
    @discardableResult
    public func readCounted(
        _ deliver: (SweepTrial) -> Void, widest: (Int) -> WidestCell
    ) throws(SweepFolderError) -> SweepState {
        let (counted, finished) = try count(deliver, widest: widest)
        return SweepState(record.plan, share: share, counted, finished)
    }

    private var share: Range<Int>? { record.shard?.trials(of: record.plan.trials) }

    private func count(
        _ deliver: (SweepTrial) -> Void, widest: (Int) -> WidestCell
    ) throws(SweepFolderError) -> (CountedTrials, FinishedTrials) {
        var counted = CountedTrials(record.plan, share: share)
        var finished: FinishedTrials
        repeat {
            finished = try readTrials { counted.offer($0, deliver, widest: widest) }
        } while counted.isBehind(finished)
        return (counted, finished)
    }

    /// Delivers the trials that the tables are made of, each once, ordered by problem and trial.
    public func readCountedInOrder(
        _ deliver: (SweepTrial) throws(SweepFolderError) -> Void
    ) throws(SweepFolderError) {
        guard record.plan.target != nil else { return try readTrialsInOrder(deliver) }
        var tallies = record.plan.problems.map { SweepTally(problem: $0) }
        let bounds = try count({ tallies.add($0) }, widest: { tallies[$0].widest }).0.bounds
        try readTrialsInOrder { (trial) throws(SweepFolderError) in
            if trial.trial < bounds[trial.problem] { try deliver(trial) }
        }
    }

    /// How far the sweep is.
    public func state() throws(SweepFolderError) -> SweepState {
        guard record.plan.target != nil else {
            return try readCounted({ _ in }, widest: { _ in WidestCell(trials: 0, product: 0) })
        }
        var tallies = record.plan.problems.map { SweepTally(problem: $0) }
        return try readCounted({ tallies.add($0) }, widest: { tallies[$0].widest })
    }
}

extension RunStatus where Record == SweepRecord {
    /// - Throws: what reading a sweep's folder throws.
    public init(_ path: String) throws(SweepFolderError) {
        try self.init(SweepReader(path)) { (reader) throws(SweepFolderError) in try reader.state().count }
    }
}
