import FullrankFiles
import FullrankModel
import FullrankPlatform
import FullrankRuns

/// The progress of the sweep in a folder, read from outside while it may be running.
public struct SweepStatus: Sendable {
    public let path: String
    public let record: SweepRecord
    /// Finished trials.
    public var trials: Int { count.done }
    /// The folder's trials: all, or its shard's; with a half-width, those that were called for so far.
    public var total: Int { count.total }
    /// Whether intervals may require more trials.
    public var mayGrow: Bool { count.mayGrow }
    private let count: TrialCount
    /// Whether a process works in the folder now.
    public let isRunning: Bool
    /// The number of trials before the last run, and the seconds from its start to the journal's last line; 0 seconds
    /// if they are not known or the run added nothing.
    public let resumed: Int
    public let seconds: Double

    /// - Throws: what reading a sweep's folder throws.
    public init(_ path: String) throws(SweepFolderError) {
        let reader = try SweepReader(path)
        self.path = path
        record = reader.record
        count = try reader.state().count
        isRunning = reader.isRunning
        // The lock's file tells: "process 17 on node", "1200 trials", written as computing began.
        let lock = "\(path)/\(FolderLock.name)"
        let lines = try Files.read(lock, limit: 1 << 12).map { String(decoding: $0, as: UTF8.self).split(separator: "\n") } ?? []
        guard lines.count == 2, lines[1].hasSuffix(" trials"), let before = Int(lines[1].dropLast(" trials".count)),
            count.done > before
        else {
            (resumed, seconds) = (count.done, 0)
            return
        }
        resumed = before
        seconds = max(0, Self.modified("\(path)/\(Files.journalName)") - Self.modified(lock))
    }

    public var isComplete: Bool { trials == total }
    /// Trials per second of the last run; nil before there is one, or if the rate is not known.
    public var rate: Double? { seconds > 0 ? Double(trials - resumed) / seconds : nil }
    /// Seconds left at this rate, for the trials called for so far; problems of a sweep may differ in size.
    public var secondsLeft: Double? { isComplete ? 0 : rate.map { Double(total - trials) / $0 } }

    package static func modified(_ path: String) -> Double {
        FileStatus(at: path.fileName)?.modified ?? 0
    }
}
