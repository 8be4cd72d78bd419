import FullrankFiles
import FullrankModel
import FullrankSweep

/// Several folders of one plan, shards or not, as one sweep.
public struct MinimaMerge {
    /// The first folder's, without its shard; runs elsewhere are listed in it.
    public let record: MinimaRecord
    public let shards: [Shard]
    /// By problem and trial.
    public let trials: [MinimaTrial]

    public var total: Int { record.plan.trials * record.plan.inputDimensions.count }

    /// Shards of the same division that no folder is for.
    public var missingShards: [Shard] {
        guard let count = shards.first?.count, shards.allSatisfy({ $0.count == count }) else { return [] }
        return (1...count).compactMap { Shard(index: $0, count: count) }.filter { !shards.contains($0) }
    }

    /// - Throws: `unlikeFolder`; `differentTrial` where two folders hold one trial with different results.
    public init(_ folders: [String]) throws(SweepFolderError) {
        let readers = try folders.map { (folder) throws(SweepFolderError) in try MinimaReader(folder) }
        var record = readers[0].record
        record.shard = nil
        var found = [Int: (trial: MinimaTrial, path: String)]()
        try UnlikeFolder.check(folders) { folder, other in
            readers[folder].record.differences(from: readers[other].record.plan, shard: readers[folder].record.shard)
        }
        for reader in readers {
            record.add(reader.record)
            var conflict: SweepFolderError?
            try reader.readTrials { trial in
                let key = trial.problem * record.plan.mostTrials + trial.trial
                if let other = found[key], other.trial != trial {
                    conflict = .differentTrial(path: reader.path, other: other.path, trial: trial.trial)
                }
                found[key] = (trial, reader.path)
            }
            if let conflict { throw conflict }
        }
        self.record = record
        shards = readers.compactMap(\.record.shard)
        trials = found.sorted { $0.key < $1.key }.map(\.value.trial)
    }

    /// Writes what a single run would have written: plan and journal, trials in order.
    public func write(to folder: MinimaFolder) throws(SweepFolderError) {
        var there = Set<MinimaTrial>()
        try folder.resume { there.insert($0) }
        try folder.record(runsOf: record)
        try folder.append(trials.filter { !there.contains($0) })
    }
}
