import FullrankFiles
import FullrankModel
import FullrankRuns
import FullrankSweep

/// The output folder of a run over architectures, locked for this process.
public typealias DimensionFolder = TrialFolder<DimensionRecord>
/// A folder read without a lock and without changing anything.
public typealias DimensionReader = TrialReader<DimensionRecord>
/// The progress of the run in a folder.
public typealias DimensionStatus = RunStatus<DimensionRecord>
/// Several folders of one plan as one run.
public typealias DimensionMerge = TrialMerge<DimensionRecord>

extension TrialMerge where Record == DimensionRecord {
    /// Writes what a single run would have written: plan and journal, trials in order.
    public func write(to folder: DimensionFolder, deliver: (DimensionTrial) -> Void = { _ in }) throws(SweepFolderError)
    {
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
    func append(_ trials: [DimensionTrial], plan: DimensionPlan) throws(SweepFolderError) {
        try append(trials.flatMap { DimensionLine.bytes($0, plan: plan) })
    }
}

extension RunStatus where Record == DimensionRecord {
    /// - Throws: what reading such a folder throws.
    public init(_ path: String) throws(SweepFolderError) {
        try self.init(DimensionReader(path)) { (reader) throws(SweepFolderError) in try reader.countTrials() }
    }
}
