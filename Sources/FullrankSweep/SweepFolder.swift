import FullrankFiles
import FullrankModel
import FullrankStatistics

/// A sweep's output folder, locked for this process: plan.json, trials.jsonl, tables.
public final class SweepFolder {
    public let path: String
    public private(set) var record: SweepRecord
    /// Whether the folder held this sweep already.
    public let wasBegun: Bool
    private let lock: FolderLock

    /// Makes the folder, or takes up the one that is there.
    ///
    /// - Parameters:
    ///   - path: made with the folders above it where missing.
    ///   - plan: must equal the one in the folder, if there is one, in all that decides its numbers.
    ///   - shard: the share of the trials that this folder is for; nil: all.
    ///   - provenance: recorded; a run that differs from the first one is added to plan.json.
    ///   - outputs: names, besides the journal's, of files this command will write.
    ///   - extending: a plan that adds trials to the folder's takes its place; what is computed already counts.
    ///   - replacing: starts over: a sweep that is there, whatever its plan, goes with its tables and diagrams. Other
    ///     files stay.
    /// - Throws: `busy`, `differentPlan`, `fewerTrials`, `moreTrials`, `shardExtended`, `wouldOverwrite`, `damaged`, `unknownVersion`, `inputOutput`.
    public init(
        _ path: String, plan: SweepPlan, shard: Shard? = nil, provenance: SweepProvenance, outputs: [String] = SweepFolder.tables,
        extending: Bool = false, replacing: Bool = false
    ) throws(SweepFolderError) {
        self.path = path
        try Files.makeFolders(path)
        lock = try FolderLock(folder: path)
        guard let bytes = try Files.readPlan(path) else {
            try Self.checkForeign(path, outputs: outputs)
            record = SweepRecord(plan: plan, shard: shard, provenance: provenance)
            wasBegun = false
            try Files.writeWhole(record.bytes, folder: path, name: Self.planName)
            return
        }
        if replacing {
            // The plan goes last: a process that dies before leaves a sweep's folder, not foreign files.
            for name in try Files.names(in: path)
            where outputs.contains(name) || name == JournalFormat.fileName || Self.isDiagram(name) {
                try Files.remove("\(path)/\(name)")
            }
            record = SweepRecord(plan: plan, shard: shard, provenance: provenance)
            wasBegun = false
            try Files.writeWhole(record.bytes, folder: path, name: Self.planName)
            return
        }
        var record = try SweepRecord(parsing: bytes, path: "\(path)/\(Self.planName)")
        let before = record
        try Self.check(record, plan, shard, extending: extending, path: path)
        record.adopt(plan)
        let asked = SweepRecord(plan: plan, shard: shard, provenance: provenance)
        if !record.provedByOrder.allSatisfy(asked.provedByOrder.contains) { record.weaken(toProofsOf: asked) }
        if record.provenance != provenance, !record.resumedOn.contains(provenance) {
            record.resumedOn.append(provenance)
        }
        if record != before { try Files.writeWhole(record.bytes, folder: path, name: Self.planName) }
        self.record = record
        wasBegun = true
    }

    /// Whether two names are of one folder that is there.
    public static func isSame(_ one: String, _ other: String) -> Bool {
        guard let identity = Files.identity(one) else { return false }
        return Files.identity(other) == identity
    }

    /// A folder without plan.json, there or not, may hold nothing that a sweep would write.
    static func checkForeign(_ path: String, outputs: [String] = SweepFolder.tables) throws(SweepFolderError) {
        guard Files.exists(path) else { return }
        for name in try Files.names(in: path)
        where outputs.contains(name) || name == JournalFormat.fileName || isDiagram(name) {
            throw .wouldOverwrite(path: path, file: name)
        }
    }

    /// Whether a folder with that record may go on with a plan.
    package static func check(
        _ record: SweepRecord, _ plan: SweepPlan, _ shard: Shard?, extending: Bool, path: String
    ) throws(SweepFolderError) {
        let differences = record.differences(from: plan, shard: shard)
        guard !differences.isEmpty else { return }
        let trials = ["trials", "half_width", "max_trials"]
        let others = differences.filter { !trials.contains($0.field) }
        if extending, record.shard != nil, others.allSatisfy({ $0.field == "shard" }) { throw .shardExtended(path: path) }
        guard others.isEmpty, record.shard == nil else { throw .differentPlan(path: path, differences: differences) }
        guard plan.extends(record.plan) else {
            throw extending
                ? .moreTrials(path: path, differences: differences)
                : .differentPlan(path: path, differences: differences)
        }
        guard extending else { throw .fewerTrials(path: path, differences: differences) }
    }

    /// What a sweep leaves besides plan, journal and diagrams.
    public static let tables = ["cells.csv", "widths.csv", "exact.csv", "obstructions.csv"]
    static let planName = Files.planName
    /// A diagram, or one of it in another format.
    package static func isDiagram(_ name: String) -> Bool {
        name.hasPrefix("diagram-") && [".svg", ".pdf", ".png"].contains { name.hasSuffix($0) }
    }

    /// Delivers the trials in the journal, drops a torn last line, and opens the journal for more.
    public func resume(
        _ deliver: (SweepTrial) -> Void
    ) throws(SweepFolderError) -> (finished: FinishedTrials, journal: TrialJournal) {
        var reader = JournalReader(folder: path, record)
        try reader.read { trial, _ in deliver(trial) }
        let journal = try TrialJournal(
            folder: path, problems: record.plan.problems, length: reader.wholeLength, version: reader.version)
        return (reader.finished, journal)
    }

    /// Delivers the trials in the journal; a torn last line is left alone.
    @discardableResult
    public func readTrials(_ deliver: (SweepTrial) -> Void) throws(SweepFolderError) -> FinishedTrials {
        var reader = JournalReader(folder: path, record)
        try reader.read { trial, _ in deliver(trial) }
        return reader.finished
    }

    /// Notes for `SweepStatus` that computing begins, with that many trials there.
    func begin(trials: Int) { lock.note("\(trials) trials") }

    /// Takes over another record's list of runs: what was computed here was computed there.
    public func record(runsOf other: SweepRecord) throws(SweepFolderError) {
        for run in [other.provenance] + other.resumedOn
        where run != record.provenance && !record.resumedOn.contains(run) {
            record.resumedOn.append(run)
        }
        record.weaken(toProofsOf: other)
        record.add(other.disagreements)
        try Files.writeWhole(record.bytes, folder: path, name: Self.planName)
    }

    /// Puts trials on which primes disagreed into plan.json, each once.
    func record(_ disagreements: [PrimeDisagreement]) throws(SweepFolderError) {
        let before = record
        record.add(disagreements)
        if record != before { try Files.writeWhole(record.bytes, folder: path, name: Self.planName) }
    }

    /// Whether a table was written here before.
    public func has(table name: String) -> Bool { Files.exists("\(path)/\(name)") }

    /// Writes a table or a diagram whole or not at all, on disk when it returns.
    public func writeTable(name: String, contents: [UInt8]) throws(SweepFolderError) {
        try Files.writeWhole(contents, folder: path, name: name)
    }

    /// The same for what is too long to hold: `rows` hands it over in pieces, at best of some ten kilobytes each.
    public func writeTable(
        name: String, rows: (_ write: ([UInt8]) throws(SweepFolderError) -> Void) throws(SweepFolderError) -> Void
    ) throws(SweepFolderError) {
        try Files.writeWhole(folder: path, name: name, contents: rows)
    }

    public func writeTable(name: String, contents: String) throws(SweepFolderError) {
        try writeTable(name: name, contents: Array(contents.utf8))
    }
}

/// A sweep's folder, read without a lock and without changing anything: for reports, status, merging. A sweep that is
/// running in it may go on.
public struct SweepReader: Sendable {
    public let path: String
    public private(set) var record: SweepRecord

    /// - Throws: `notASweep` where there is no plan.json.
    public init(_ path: String) throws(SweepFolderError) {
        self.path = path
        guard let bytes = try Files.readPlan(path) else { throw .notASweep(path: path) }
        record = try SweepRecord(parsing: bytes, path: "\(path)/\(SweepFolder.planName)")
    }

    /// As a run of that plan would find the folder; nil where it would begin there.
    ///
    /// - Throws: what `SweepFolder` would throw, but for `busy`.
    public init?(
        _ path: String, plan: SweepPlan, shard: Shard?, extending: Bool, replacing: Bool
    ) throws(SweepFolderError) {
        guard try Files.readPlan(path) != nil else {
            try SweepFolder.checkForeign(path)
            return nil
        }
        if replacing { return nil }
        try self.init(path)
        try SweepFolder.check(record, plan, shard, extending: extending, path: path)
        record.adopt(plan)
    }

    /// Whether a process works in the folder now.
    public var isRunning: Bool { FolderLock.isHeld(folder: path) }

    /// Delivers the trials in the journal, in the order they finished; a torn last line is left alone. Where the plan
    /// has a target not all of them need count: tables are made by `readCounted`.
    @discardableResult
    public func readTrials(_ deliver: (SweepTrial) -> Void) throws(SweepFolderError) -> FinishedTrials {
        var reader = JournalReader(folder: path, record)
        try reader.read { trial, _ in deliver(trial) }
        return reader.finished
    }

    /// Delivers the trials that the tables are made of, each once.
    ///
    /// - Parameter widest: of a problem, its cell with the widest interval after all that was delivered.
    @discardableResult
    public func readCounted(
        _ deliver: (SweepTrial) -> Void, widest: (Int) -> WidestCell
    ) throws(SweepFolderError) -> SweepState {
        let share = record.shard?.trials(of: record.plan.trials)
        var counted = CountedTrials(record.plan, share: share)
        var finished: FinishedTrials
        repeat {
            finished = try readTrials { counted.offer($0, deliver, widest: widest) }
        } while counted.isBehind(finished)
        return SweepState(record.plan, share: share, counted, finished)
    }

    /// How far the sweep is.
    public func state() throws(SweepFolderError) -> SweepState {
        guard record.plan.target != nil else {
            return try readCounted({ _ in }, widest: { _ in WidestCell(trials: 0, product: 0) })
        }
        var tallies = record.plan.problems.map { SweepTally(problem: $0) }
        return try readCounted({ tallies.add($0) }, widest: { tallies[$0].widest })
    }
}
