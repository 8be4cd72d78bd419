import FullrankFiles
import FullrankModel

/// The output folder of a run made of trials, locked for this process: plan.json, trials.jsonl, tables, diagrams.
public final class TrialFolder<Record: RunRecord> {
    public let path: String
    public private(set) var record: Record
    /// Whether the folder held this run already.
    public let wasBegun: Bool
    private let lock: FolderLock

    /// Creates the folder, or opens an existing one.
    ///
    /// - Parameters:
    ///   - path: created if missing, with the folders above it.
    ///   - plan: must equal an existing plan of the folder in everything that determines the numbers.
    ///   - shard: this folder's share of the trials; nil: all.
    ///   - provenance: recorded; a run that differs from the first one is added to plan.json.
    ///   - extending: a plan that adds trials to the folder's plan replaces it; existing trials count.
    ///   - replacing: starts over: deletes an existing run, whatever its plan, with its tables and diagrams. Other
    ///     files are kept.
    /// - Throws: `busy`, `wouldOverwrite`, `inputOutput`, what reading the record and `RunRecord.check` throw.
    public init(
        _ path: String, plan: Record.Plan, shard: Shard? = nil, provenance: RunProvenance, extending: Bool = false,
        replacing: Bool = false
    ) throws(SweepFolderError) {
        self.path = path
        try Files.makeFolders(path)
        lock = try FolderLock(folder: path)
        let asked = Record(plan: plan, shard: shard, provenance: provenance)
        let bytes = try Files.readPlan(path)
        guard let bytes, !replacing else {
            // The plan is deleted last: if the process dies before, the folder is still recognised as a run's folder.
            if bytes != nil { try Self.removeOutputs(path) } else { try TrialReader<Record>.requireNoOutputs(path) }
            (record, wasBegun) = (asked, false)
            try Files.writeWhole(record.bytes, folder: path, name: Files.planName)
            return
        }
        let before = try Record(parsing: bytes, path: "\(path)/\(Files.planName)")
        try before.check(plan, shard, extending: extending, path: path)
        record = before
        wasBegun = true
        try change { record in
            record.adopt(plan)
            record.add(asked)
        }
    }

    private static func removeOutputs(_ path: String) throws(SweepFolderError) {
        for name in try Files.names(in: path) where TrialReader<Record>.isOurs(name) {
            try Files.remove("\(path)/\(name)")
        }
    }

    /// Delivers the trials in the journal, drops a torn last line, and opens the journal for more.
    public func resume(
        _ deliver: (Record.Decoder.Trial) -> Void
    ) throws(SweepFolderError) -> (finished: FinishedTrials, journal: TrialJournal<Record>) {
        var reader = JournalReader(folder: path, record)
        try reader.read { trial, _ in deliver(trial) }
        let writer = try JournalWriter(
            folder: path, header: Record.header, length: reader.wholeLength, version: reader.version)
        return (reader.finished, TrialJournal(writer, record))
    }

    /// Delivers the trials in the journal; a torn last line is not removed.
    @discardableResult
    public func readTrials(_ deliver: (Record.Decoder.Trial) -> Void) throws(SweepFolderError) -> FinishedTrials {
        var reader = JournalReader(folder: path, record)
        try reader.read { trial, _ in deliver(trial) }
        return reader.finished
    }

    /// Records for `status` that computing begins, and how many trials there are.
    package func begin(trials: Int) { lock.note("\(trials) trials") }

    /// Adopts another record's list of runs, because the trials here were computed there.
    public func record(runsOf other: Record) throws(SweepFolderError) { try change { $0.add(other) } }

    /// Writes a changed record to plan.json.
    package func change(_ body: (inout Record) -> Void) throws(SweepFolderError) {
        let before = record
        body(&record)
        if record != before { try Files.writeWhole(record.bytes, folder: path, name: Files.planName) }
    }

    /// Whether a table was written here before.
    public func has(table name: String) -> Bool { Files.exists("\(path)/\(name)") }

    /// Writes a table or a diagram completely or not at all; it is on disk when the call returns.
    public func writeTable(name: String, contents: [UInt8]) throws(SweepFolderError) {
        try Files.writeWhole(contents, folder: path, name: name)
    }

    /// The same for tables too large for memory: `rows` delivers pieces, preferably of some ten kilobytes each.
    public func writeTable(
        name: String, rows: (_ write: ([UInt8]) throws(SweepFolderError) -> Void) throws(SweepFolderError) -> Void
    ) throws(SweepFolderError) {
        try Files.writeWhole(folder: path, name: name, contents: rows)
    }

    public func writeTable(name: String, contents: String) throws(SweepFolderError) {
        try writeTable(name: name, contents: Array(contents.utf8))
    }
}
