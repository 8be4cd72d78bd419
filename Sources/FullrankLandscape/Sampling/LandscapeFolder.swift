import FullrankFiles
import FullrankModel
import FullrankRuns
import FullrankSweep

/// The output folder of a sweep over combinations of cells, locked for this process.
public typealias LandscapeFolder = TrialFolder<LandscapeRecord>
/// A folder read without a lock and without changing anything.
public typealias LandscapeFolderReader = TrialReader<LandscapeRecord>
/// The progress of the run in a folder.
public typealias LandscapeStatus = RunStatus<LandscapeRecord>
/// Several folders of one plan as one sweep.
public typealias LandscapeMerge = TrialMerge<LandscapeRecord>

extension TrialMerge where Record == LandscapeRecord {
    /// Writes what a single run would have written: plan and journal, trials in order.
    public func write(
        to folder: LandscapeFolder, deliver: (LandscapeTrial) -> Void
    ) throws(SweepFolderError) {
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
    func append(_ trials: [LandscapeTrial], plan: LandscapePlan) throws(SweepFolderError) {
        try append(trials.flatMap { LandscapeLine.bytes($0, plan: plan, isSealed: isSealed) })
    }
}

extension RunStatus where Record == LandscapeRecord {
    /// - Throws: what reading such a folder throws.
    public init(_ path: String) throws(SweepFolderError) {
        try self.init(LandscapeFolderReader(path)) { (reader) throws(SweepFolderError) in try reader.countTrials() }
    }
}
