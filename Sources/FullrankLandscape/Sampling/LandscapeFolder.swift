import FullrankFiles
import FullrankModel
import FullrankRuns
import FullrankSweep

/// The output folder of a sweep over combinations of cells, locked for this process.
public typealias LandscapeFolder = TrialFolder<LandscapeRecord>
/// A folder read without a lock and without changing anything.
public typealias LandscapeFolderReader = TrialReader<LandscapeRecord>
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
        } deliver: { deliver($0) }
    }
}

extension JournalWriter {
    /// Appends trials. At most once a second it waits for the disk.
    func append(_ trials: [LandscapeTrial], plan: LandscapePlan) throws(SweepFolderError) {
        try append(trials.flatMap { LandscapeLine.bytes($0, plan: plan, isSealed: isSealed) })
    }
}

/// How far the sweep in a folder has come, read from outside while it may be running.
public struct LandscapeStatus: Sendable {
    public let path: String
    public let record: LandscapeRecord
    /// Finished trials, of `total` that the folder is for.
    public let trials: Int
    public let total: Int
    public let isRunning: Bool
    /// From the plan's writing to the journal's last line.
    public let seconds: Double

    public init(_ path: String) throws(SweepFolderError) {
        let reader = try LandscapeFolderReader(path)
        self.path = path
        record = reader.record
        trials = try reader.readTrials { _ in }.count
        total = reader.record.share.count * reader.record.problems
        isRunning = reader.isRunning
        let begun = SweepStatus.modified("\(path)/\(Files.planName)")
        seconds = max(0, SweepStatus.modified("\(path)/\(Files.journalName)") - begun)
    }
}
