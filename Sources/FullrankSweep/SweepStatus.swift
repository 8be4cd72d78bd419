import FullrankModel
import Glibc

/// How far the sweep in a folder has come, read from outside while it may be running.
public struct SweepStatus: Sendable {
    public let path: String
    public let record: SweepRecord
    /// Finished trials.
    public var trials: Int { count.done }
    /// Trials this folder is for: all, or its shard's; with a half-width, those that were called for so far.
    public var total: Int { count.total }
    /// Whether intervals may turn out to need more.
    public var mayGrow: Bool { count.mayGrow }
    private let count: TrialCount
    /// Whether a process works in the folder now.
    public let isRunning: Bool
    /// Seconds from the plan's writing to the journal's last line.
    public let seconds: Double

    /// - Throws: what reading a sweep's folder throws.
    public init(_ path: String) throws(SweepFolderError) {
        let reader = try SweepReader(path)
        self.path = path
        record = reader.record
        count = try reader.state().count
        isRunning = reader.isRunning
        let begun = Self.modified("\(path)/\(SweepFolder.planName)")
        let last = Self.modified("\(path)/\(JournalFormat.fileName)")
        seconds = max(0, last - begun)
    }

    public var isComplete: Bool { trials == total }
    /// Trials a second since the plan was written, pauses between runs included; nil before there is one.
    public var rate: Double? { seconds > 0 && trials > 0 ? Double(trials) / seconds : nil }
    /// At that rate, for the trials called for so far; problems of a sweep may differ in size.
    public var secondsLeft: Double? { rate.map { Double(total - trials) / $0 } }

    private static func modified(_ path: String) -> Double {
        var status = stat()
        guard stat(path, &status) == 0 else { return 0 }
        return Double(status.st_mtim.tv_sec) + Double(status.st_mtim.tv_nsec) * 1e-9
    }
}
