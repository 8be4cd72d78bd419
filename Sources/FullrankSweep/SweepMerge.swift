import FullrankFiles
import FullrankModel

/// Several folders of one plan, shards or not, as one sweep.
///
/// Trials stay in their journals, which are read three times at most: to check them, to compare what several hold, and
/// to copy. Memory is that of `JournalIndex`, a few buffers, and no more for more trials.
public struct SweepMerge {
    /// The first folder's, without its shard; runs on other machines are listed in it.
    public let record: SweepRecord
    /// Shards the folders hold, in their order.
    public let shards: [Shard]
    private let index: JournalIndex

    /// Reads the folders.
    ///
    /// - Throws: `unlikeFolder`; `differentTrial` where two folders hold one trial with different results; what reading
    ///   throws.
    public init(_ folders: [String]) throws(SweepFolderError) {
        precondition(!folders.isEmpty, "there is something to merge")
        let readers = try folders.map { (folder) throws(SweepFolderError) in try SweepReader(folder) }
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
    public var total: Int { record.plan.trials * record.plan.problems.count }

    /// Shards whose trials are not all there; nil where the folders hold no shards, or such of several divisions.
    public var missingShards: ShardRuns? {
        guard let count = shards.first?.count, shards.allSatisfy({ $0.count == count }) else { return nil }
        let trials = record.plan.trials
        return ShardRuns(
            holding: index.missingTrials(problems: record.plan.problems.count, trials: trials), of: trials, count: count)
    }

    /// Writes what a single run would have written: plan and journal, trials in order.
    ///
    /// - Parameter deliver: gets every trial once, for tables.
    public func write(to folder: SweepFolder, deliver: (SweepTrial) -> Void) throws(SweepFolderError) {
        let resumed = try folder.resume { deliver($0) }
        var batch = [SweepTrial]()
        try index.walk { (trial) throws(SweepFolderError) in
            guard !resumed.finished.contains(problem: trial.problem, trial: trial.trial) else { return }
            batch.append(trial)
            deliver(trial)
            if batch.count == 256 {
                try resumed.journal.append(batch)
                batch.removeAll(keepingCapacity: true)
            }
        }
        try resumed.journal.append(batch)
        try resumed.journal.flush()
    }
}

extension SweepRecord {
    /// Lists another folder's runs where they were not like the first.
    fileprivate mutating func add(_ other: SweepRecord) {
        for run in [other.provenance] + other.resumedOn where run != provenance && !resumedOn.contains(run) {
            resumedOn.append(run)
        }
        weaken(toProofsOf: other)
        add(other.disagreements)
    }
}
