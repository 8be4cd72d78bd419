import FullrankModel
import Glibc

/// How far the sweep in a folder has come, read from outside while it may be running.
public struct SweepStatus: Sendable {
    public let path: String
    public let record: SweepRecord
    /// Trials in the journal.
    public let trials: Int
    /// Trials this folder is for: all, or its shard's.
    public let total: Int
    /// Whether a process works in the folder now.
    public let isRunning: Bool
    /// Seconds from the plan's writing to the journal's last line.
    public let seconds: Double

    /// - Throws: what reading a sweep's folder throws.
    public init(_ path: String) throws(SweepFolderError) {
        let reader = try SweepReader(path)
        self.path = path
        record = reader.record
        trials = try reader.readTrials { _ in }.count
        let share = record.shard?.trials(of: record.plan.trials).count ?? record.plan.trials
        total = share * record.plan.problems.count
        isRunning = FolderLock.isHeld(folder: path)
        let begun = Self.modified("\(path)/\(SweepFolder.planName)")
        let last = Self.modified("\(path)/\(JournalFormat.fileName)")
        seconds = max(0, last - begun)
    }

    public var isComplete: Bool { trials == total }
    /// Trials a second since the plan was written, pauses between runs included; nil before there is one.
    public var rate: Double? { seconds > 0 && trials > 0 ? Double(trials) / seconds : nil }
    /// At that rate; problems of a sweep may differ in size.
    public var secondsLeft: Double? { rate.map { Double(total - trials) / $0 } }

    private static func modified(_ path: String) -> Double {
        var status = stat()
        guard stat(path, &status) == 0 else { return 0 }
        return Double(status.st_mtim.tv_sec) + Double(status.st_mtim.tv_nsec) * 1e-9
    }
}
