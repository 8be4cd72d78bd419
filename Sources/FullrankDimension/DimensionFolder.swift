import FullrankFiles
import FullrankModel
import FullrankRuns
import FullrankSweep

/// The output folder of a run over architectures, locked for this process.
public typealias DimensionFolder = TrialFolder<DimensionRecord>
/// A folder read without a lock and without changing anything.
public typealias DimensionReader = TrialReader<DimensionRecord>
/// Several folders of one plan as one run.
public typealias DimensionMerge = TrialMerge<DimensionRecord>

extension TrialMerge where Record == DimensionRecord {
    /// Writes what a single run would have written: plan and journal, trials in order.
    public func write(to folder: DimensionFolder, deliver: (DimensionTrial) -> Void = { _ in }) throws(SweepFolderError) {
        try folder.record(runsOf: record)
        try write(to: folder) { (trials, journal) throws(SweepFolderError) in
            try journal.append(trials, plan: record.plan)
        } deliver: { deliver($0) }
    }
}

extension JournalWriter {
    /// Appends trials. At most once a second it waits for the disk.
    func append(_ trials: [DimensionTrial], plan: DimensionPlan) throws(SweepFolderError) {
        try append(trials.flatMap { DimensionLine.bytes($0, plan: plan) })
    }
}

/// How far a run has come, read from outside while it may be going on.
public struct DimensionStatus: Sendable {
    public let path: String
    public let record: DimensionRecord
    public let trials: Int
    public let total: Int
    public let isRunning: Bool
    /// Seconds from the plan's writing to the journal's last line.
    public let seconds: Double

    public init(_ path: String) throws(SweepFolderError) {
        let reader = try DimensionReader(path)
        self.path = path
        record = reader.record
        trials = try reader.readTrials { _ in }.count
        total = record.share.count
        isRunning = reader.isRunning
        let begun = SweepStatus.modified("\(path)/\(Files.planName)")
        seconds = max(0, SweepStatus.modified("\(path)/\(Files.journalName)") - begun)
    }
}
