import FullrankFiles
import FullrankModel

/// A run's folder, read without a lock and without changing anything: for reports, status, merging. A run that works in
/// it may go on.
public struct TrialReader<Record: RunRecord>: Sendable {
    public let path: String
    public private(set) var record: Record

    /// - Throws: `notASweep` if there is no plan.json; what reading the record throws.
    public init(_ path: String) throws(SweepFolderError) {
        self.path = path
        guard let bytes = try Files.readPlan(path) else { throw .notASweep(path: path) }
        record = try Record(parsing: bytes, path: "\(path)/\(Files.planName)")
    }

    /// The state in which a run of that plan would find the folder; nil if it would begin there.
    ///
    /// - Throws: what `TrialFolder` would throw, but for `busy`.
    public init?(
        _ path: String, plan: Record.Plan, shard: Shard?, extending: Bool, replacing: Bool
    ) throws(SweepFolderError) {
        guard try Files.readPlan(path) != nil else {
            try Self.requireNoOutputs(path)
            return nil
        }
        if replacing { return nil }
        try self.init(path)
        try record.check(plan, shard, extending: extending, path: path)
        record.adopt(plan)
    }

    /// Whether the folder holds a run of this kind.
    public static func holds(_ path: String) -> Bool { PlanFields.format(inFolder: path) == Record.format }

    /// Whether a process works in the folder now.
    public var isRunning: Bool { FolderLock.isHeld(folder: path) }

    /// Delivers the trials in the journal, each once, in the order they finished; a torn last line is left alone. Where
    /// the plan has a half-width not all of them need count.
    @discardableResult
    public func readTrials(_ deliver: (Record.Decoder.Trial) -> Void) throws(SweepFolderError) -> FinishedTrials {
        var reader = JournalReader(folder: path, record)
        try reader.read { trial, _ in deliver(trial) }
        return reader.finished
    }

    /// Delivers each trial of the journal once, ordered by problem and trial, whatever the journal's order. The journal
    /// is read twice, trials are not kept.
    package func readTrialsInOrder(
        _ deliver: (Record.Decoder.Trial) throws(SweepFolderError) -> Void
    ) throws(SweepFolderError) {
        try JournalIndex([self]).walk(deliver)
    }

    /// Whether such a run writes a file of that name besides plan.json.
    static func isOurs(_ name: String) -> Bool { name == Files.journalName || Record.isOutput(name) }

    /// A folder without plan.json, there or not, may hold nothing that a run would write.
    static func requireNoOutputs(_ path: String) throws(SweepFolderError) {
        guard Files.exists(path) else { return }
        for name in try Files.names(in: path) where isOurs(name) { throw .wouldOverwrite(path: path, file: name) }
    }
}
