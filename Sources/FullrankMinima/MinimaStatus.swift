import FullrankModel
import FullrankSweep

/// How far the sweep in a folder has come, read from outside while it may be running.
public struct MinimaStatus: Sendable {
    public let path: String
    public let record: MinimaRecord
    /// Finished trials, of `total` that the folder is for.
    public let trials: Int
    public var total: Int { record.share.count * record.plan.inputDimensions.count }
    public let isRunning: Bool
    /// From the plan's writing to the journal's last line.
    public let seconds: Double

    public init(_ path: String) throws(SweepFolderError) {
        let reader = try MinimaReader(path)
        self.path = path
        record = reader.record
        var count = 0
        try reader.readTrials { _ in count += 1 }
        trials = count
        isRunning = reader.isRunning
        let begun = SweepStatus.modified("\(path)/\(MinimaFolder.planName)")
        seconds = max(0, SweepStatus.modified("\(path)/\(MinimaFolder.journalName)") - begun)
    }
}
