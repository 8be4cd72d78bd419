import FullrankFiles
import FullrankModel

/// Several folders of one plan, shards or not, as one run.
///
/// Trials stay in their journals, which are read three times at most: to check them, to compare what several hold, and
/// to copy. Memory is that of `JournalIndex`, a few buffers, and no more for more trials.
public struct TrialMerge<Record: RunRecord> {
    public typealias Trial = Record.Decoder.Trial
    /// The first folder's, without its shard; runs on other machines are listed in it.
    public let record: Record
    /// Shards the folders hold, in their order.
    public let shards: [Shard]
    private let index: JournalIndex<Record>

    /// Reads the folders.
    ///
    /// - Throws: `unlikeFolder`; `differentTrial` if two folders hold one trial with different results; what reading
    ///   throws.
    public init(_ folders: [String]) throws(SweepFolderError) {
        precondition(!folders.isEmpty, "there is something to merge")
        let readers = try folders.map { (folder) throws(SweepFolderError) in try TrialReader<Record>(folder) }
        var record = readers[0].record
        record.shard = nil
        try UnlikeFolder.check(folders) { folder, other in
            readers[folder].record.differences(from: readers[other].record.plan, shard: readers[folder].record.shard)
        }
        for reader in readers { record.add(reader.record) }
        self.record = record
        shards = readers.compactMap(\.record.shard)
        index = try JournalIndex(readers)
        try index.walk(onlyShared: true) { _ in }
    }

    public var count: Int { index.count }
    public var total: Int { record.trials * record.problems }

    /// Shards whose trials are not all there; nil if the folders hold no shards, or such of several divisions.
    public var missingShards: ShardRuns? {
        guard let count = shards.first?.count, shards.allSatisfy({ $0.count == count }) else { return nil }
        return ShardRuns(
            holding: index.missingTrials(problems: record.problems, trials: record.trials), of: record.trials,
            count: count)
    }

    /// Writes what a single run would have written: plan and journal, trials in order.
    ///
    /// - Parameter deliver: gets every trial once, for tables.
    public func write(
        to folder: TrialFolder<Record>, deliver: (Trial) -> Void = { _ in }
    ) throws(SweepFolderError) {
        try folder.record(runsOf: record)
        let (finished, journal) = try folder.resume(deliver)
        var batch = [Trial]()
        try index.walk { (trial) throws(SweepFolderError) in
            guard !finished.contains(problem: trial.problem, trial: trial.trial) else { return }
            batch.append(trial)
            deliver(trial)
            if batch.count == 256 {
                try journal.append(batch)
                batch.removeAll(keepingCapacity: true)
            }
        }
        try journal.append(batch)
        try journal.flush()
    }
}
