import FullrankFiles
import FullrankPlatform

/// The progress of the run in a folder, read from outside while it may be running.
public struct RunStatus<Record: RunRecord>: Sendable {
    public let path: String
    public let record: Record
    public let count: TrialCount
    /// Whether a process works in the folder now.
    public let isRunning: Bool
    /// The number of trials before the last run, and the seconds from its start to the journal's last line; 0 seconds
    /// if they are not known or the run added nothing.
    public let resumed: Int
    public let seconds: Double

    /// - Parameter count: what the folder's journal says.
    /// - Throws: what reading the folder throws.
    package init(
        _ reader: TrialReader<Record>, count: (TrialReader<Record>) throws(SweepFolderError) -> TrialCount
    ) throws(SweepFolderError) {
        (path, record) = (reader.path, reader.record)
        self.count = try count(reader)
        isRunning = reader.isRunning
        // The lock's file tells: "process 17 on node", "1200 trials", written as computing began.
        let lock = "\(path)/\(FolderLock.name)"
        let text = try Files.read(lock, limit: 1 << 12).map { String(decoding: $0, as: UTF8.self) } ?? ""
        let lines = text.split(separator: "\n")
        guard lines.count == 2, lines[1].hasSuffix(" trials"), let before = Int(lines[1].dropLast(" trials".count)),
            self.count.done > before
        else {
            (resumed, seconds) = (self.count.done, 0)
            return
        }
        func modified(_ path: String) -> Double { FileStatus(at: path.fileName)?.modified ?? 0 }
        resumed = before
        seconds = max(0, modified("\(path)/\(Files.journalName)") - modified(lock))
    }

    public var isComplete: Bool { count.done == count.total }
    /// Trials per second of the last run; nil before there is one, or if the rate is not known.
    public var rate: Double? { seconds > 0 ? Double(count.done - resumed) / seconds : nil }
    /// Seconds left at this rate, for the trials called for so far; problems of a run may differ in size.
    public var secondsLeft: Double? { isComplete ? 0 : rate.map { Double(count.total - count.done) / $0 } }
}

extension RunStatus {
    /// - Throws: what reading such a folder throws.
    public init<Plan: RunPlan>(_ path: String) throws(SweepFolderError) where Record == PlanRecord<Plan> {
        try self.init(TrialReader(path)) { (reader) throws(SweepFolderError) in try reader.readCounted().count }
    }
}
