import FullrankFiles
import FullrankModel
import FullrankRuns
import FullrankSweep

/// The output folder of a sweep over global minima, locked for this process.
public typealias MinimaFolder = TrialFolder<MinimaRecord>
/// A folder read without a lock and without changing anything.
public typealias MinimaReader = TrialReader<MinimaRecord>
/// The progress of the run in a folder.
public typealias MinimaStatus = RunStatus<MinimaRecord>
/// Several folders of one plan as one sweep.
public typealias MinimaMerge = TrialMerge<MinimaRecord>

extension TrialReader where Record == MinimaRecord {
    /// Delivers the trials of which the tables are made, each once, and returns how many trials there will be.
    @discardableResult
    public func readCounted(_ deliver: (MinimaTrial) -> Void) throws(SweepFolderError) -> TrialCount {
        try counted(deliver).count
    }

    /// The same, and what is left of each problem.
    public func counted(_ deliver: (MinimaTrial) -> Void = { _ in }) throws(SweepFolderError) -> CountedMinima {
        var counted = CountedMinima(record.plan, share: record.share)
        try readTrials { counted.add($0, deliver) }
        return counted
    }
}

extension TrialMerge where Record == MinimaRecord {
    /// Writes the files that a single run would have written: plan and journal, with the trials in order.
    public func write(to folder: MinimaFolder, deliver: (MinimaTrial) -> Void = { _ in }) throws(SweepFolderError) {
        try folder.record(runsOf: record)
        try write(to: folder) { (trials, journal) throws(SweepFolderError) in
            try journal.append(trials, plan: record.plan)
        } deliver: {
            deliver($0)
        }
    }
}

extension JournalWriter {
    /// Appends trials. At most once a second it waits for the disk.
    func append(_ trials: [MinimaTrial], plan: MinimaPlan) throws(SweepFolderError) {
        try append(trials.flatMap { MinimaLine.bytes($0, plan: plan, isSealed: isSealed) })
    }
}

extension RunStatus where Record == MinimaRecord {
    /// - Throws: what reading such a folder throws.
    public init(_ path: String) throws(SweepFolderError) {
        try self.init(MinimaReader(path)) { (reader) throws(SweepFolderError) in try reader.readCounted { _ in } }
    }
}
