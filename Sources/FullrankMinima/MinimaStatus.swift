import FullrankFiles
import FullrankModel
import FullrankRuns
import FullrankSweep

/// How far the sweep in a folder has come, read from outside while it may be running.
public struct MinimaStatus: Sendable {
    public let path: String
    public let record: MinimaRecord
    /// Finished trials, of `total` that the folder is for: with a half-width, those that were called for so far.
    public var trials: Int { count.done }
    public var total: Int { count.total }
    /// Whether intervals may turn out to need more.
    public var mayGrow: Bool { count.mayGrow }
    private let count: TrialCount
    public let isRunning: Bool
    /// From the plan's writing to the journal's last line.
    public let seconds: Double

    public init(_ path: String) throws(SweepFolderError) {
        let reader = try MinimaReader(path)
        self.path = path
        record = reader.record
        count = try reader.readCounted { _ in }
        isRunning = reader.isRunning
        let begun = SweepStatus.modified("\(path)/\(Files.planName)")
        seconds = max(0, SweepStatus.modified("\(path)/\(Files.journalName)") - begun)
    }
}
