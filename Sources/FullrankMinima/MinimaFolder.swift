import FullrankFiles
import FullrankModel
import FullrankPlatform
import FullrankSweep

/// A sweep's output folder, locked for this process: plan.json, trials.jsonl, tables, diagrams.
public final class MinimaFolder {
    public let path: String
    public private(set) var record: MinimaRecord
    private let lock: FolderLock
    private var descriptor: Int32 = -1
    /// Bytes of the journal that are whole lines.
    private var length = 0
    /// As the journal's first line says; the newest where there is none yet.
    private var version = MinimaLine.header.version

    static let planName = "plan.json", journalName = "trials.jsonl", tables = ["cells.csv", "widths.csv"]

    /// Another kind of sweep is another plan.
    static func checkFormat(_ plan: [UInt8], _ path: String) throws(SweepFolderError) {
        guard try !MinimaRecord.isItsFormat(plan, path: "\(path)/\(planName)") else { return }
        throw .differentPlan(
            path: path, differences: [PlanDifference(field: "format", recorded: "another", asked: MinimaRecord.format)])
    }

    static func isOurs(_ name: String) -> Bool {
        name == journalName || tables.contains(name) || SweepFolder.isDiagram(name)
    }

    /// Makes the folder, or takes up the one that is there.
    ///
    /// - Throws: `busy`, `differentPlan`, `wouldOverwrite`, `damaged`, `unknownVersion`, `notASweep` where another kind
    ///   of sweep is there, `inputOutput`.
    public init(
        _ path: String, plan: MinimaPlan, shard: Shard? = nil, provenance: SweepProvenance, extending: Bool = false,
        replacing: Bool = false
    ) throws(SweepFolderError) {
        self.path = path
        try Files.makeFolders(path)
        lock = try FolderLock(folder: path)
        record = MinimaRecord(plan: plan, shard: shard, provenance: provenance)
        let bytes = try Files.readPlan(path)
        if let bytes, !replacing {
            try Self.checkFormat(bytes, path)
            var found = try MinimaRecord(parsing: bytes, path: "\(path)/\(Self.planName)")
            try found.check(plan, shard, extending: extending, path: path)
            let before = found
            found.plan = plan
            found.add(record)
            record = found
            if record != before { try Files.writeWhole(record.bytes, folder: path, name: Self.planName) }
            return
        }
        for name in try Files.names(in: path) where Self.isOurs(name) {
            guard bytes != nil else { throw .wouldOverwrite(path: path, file: name) }
            try Files.remove("\(path)/\(name)")
        }
        try Files.writeWhole(record.bytes, folder: path, name: Self.planName)
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Delivers the trials in the journal, drops a torn last line, and opens the journal for more.
    public func resume(_ deliver: (MinimaTrial) -> Void) throws(SweepFolderError) {
        let whole = try MinimaReader.readJournal(path, record, deliver)
        (length, version) = (whole.length, whole.version ?? version)
        descriptor = try Files.openForWriting("\(path)/\(Self.journalName)", O_WRONLY | O_APPEND)
        _ = ftruncate(descriptor, length)
        guard length == 0 else { return }
        try append(bytes: MinimaLine.header.line(version: version))
        try Files.syncFolder(path)
    }

    /// Trials that are done; on disk when it returns.
    public func append(_ trials: [MinimaTrial]) throws(SweepFolderError) {
        try append(bytes: trials.flatMap { MinimaLine.bytes($0, plan: record.plan, version: version) })
        try Files.sync(descriptor, path: "\(path)/\(Self.journalName)")
    }

    private func append(bytes: [UInt8]) throws(SweepFolderError) {
        do throws(SweepFolderError) {
            try Files.write(bytes, to: descriptor, path: "\(path)/\(Self.journalName)")
        } catch {
            _ = ftruncate(descriptor, length)
            throw error
        }
        length += bytes.count
    }

    /// Takes over another folder's runs.
    func record(runsOf other: MinimaRecord) throws(SweepFolderError) {
        record.add(other)
        try Files.writeWhole(record.bytes, folder: path, name: Self.planName)
    }

    /// Writes a table or a diagram whole or not at all, on disk when it returns.
    public func write(_ text: String, to name: String) throws(SweepFolderError) {
        try Files.writeWhole(Array(text.utf8), folder: path, name: name)
    }
}

/// A folder read without a lock and without changing anything.
public struct MinimaReader: Sendable {
    public let path: String
    public private(set) var record: MinimaRecord

    /// Whether the folder holds a sweep over global minima.
    public static func holds(_ path: String) -> Bool {
        guard let bytes = (try? Files.readPlan(path)).flatMap({ $0 }) else { return false }
        return (try? MinimaRecord.isItsFormat(bytes, path: path)) ?? false
    }

    /// - Throws: `notASweep` where there is no plan.json of that kind.
    public init(_ path: String) throws(SweepFolderError) {
        self.path = path
        guard let bytes = try Files.readPlan(path) else { throw .notASweep(path: path) }
        record = try MinimaRecord(parsing: bytes, path: "\(path)/\(MinimaFolder.planName)")
    }

    /// Whether a process works in the folder now.
    public var isRunning: Bool { FolderLock.isHeld(folder: path) }

    /// As a run of that plan would find the folder; nil where it would begin there.
    ///
    /// - Throws: what `MinimaFolder` would throw, but for `busy`.
    public init?(
        _ path: String, plan: MinimaPlan, shard: Shard?, extending: Bool, replacing: Bool
    ) throws(SweepFolderError) {
        guard let bytes = try Files.readPlan(path) else {
            guard Files.exists(path) else { return nil }
            for name in try Files.names(in: path) where MinimaFolder.isOurs(name) {
                throw .wouldOverwrite(path: path, file: name)
            }
            return nil
        }
        if replacing { return nil }
        try MinimaFolder.checkFormat(bytes, path)
        try self.init(path)
        try record.check(plan, shard, extending: extending, path: path)
        record.plan = plan
    }

    /// Delivers the trials that the tables are made of, each once, and tells how many there are to be.
    @discardableResult
    public func readCounted(_ deliver: (MinimaTrial) -> Void) throws(SweepFolderError) -> TrialCount {
        try counted(deliver).count
    }

    /// The same, and what is left of each problem.
    public func counted(_ deliver: (MinimaTrial) -> Void = { _ in }) throws(SweepFolderError) -> CountedMinima {
        var counted = CountedMinima(record.plan, share: record.share)
        try readTrials { counted.add($0, deliver) }
        return counted
    }

    /// Delivers the trials in the journal, each once; a torn last line is left alone.
    public func readTrials(_ deliver: (MinimaTrial) -> Void) throws(SweepFolderError) {
        _ = try Self.readJournal(path, record, deliver)
    }

    /// A journal's lines that are whole: their bytes, and the version that the first one tells; 0 and nil without a
    /// journal.
    static func readJournal(
        _ folder: String, _ record: MinimaRecord, _ deliver: (MinimaTrial) -> Void
    ) throws(SweepFolderError) -> (length: Int, version: Int?) {
        let path = "\(folder)/\(MinimaFolder.journalName)"
        guard let bytes = try Files.read(path, limit: MinimaLine.longestJournal(record.plan)) else { return (0, nil) }
        return try readJournal(bytes, path: path, plan: record.plan, deliver)
    }

    /// The same of a journal's bytes; each trial once.
    package static func readJournal(
        _ bytes: [UInt8], path: String, plan: MinimaPlan, _ deliver: (MinimaTrial) -> Void
    ) throws(SweepFolderError) -> (length: Int, version: Int?) {
        var seen = plan.inputDimensions.map { _ in Set<Int>() }
        var start = 0, line = 0
        var version: Int?
        while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
            line += 1
            let text = Array(bytes[start...end])
            do throws(LineDamage) {
                if let version {
                    let trial = try MinimaLine.trial(text, plan: plan, version: version)
                    guard seen[trial.problem].insert(trial.trial).inserted else {
                        throw LineDamage("trial \(trial.trial) stands here again")
                    }
                    deliver(trial)
                } else {
                    version = try text.withUnsafeBufferPointer { line throws(LineDamage) in
                        try MinimaLine.header.version(of: line)
                    }
                }
            } catch {
                throw .damaged(path: path, line: line, reason: error.words)
            }
            if line == 1, let version, !MinimaLine.header.knows(version) {
                throw .unknownVersion(path: path, version: "\(version)", known: MinimaLine.header.version)
            }
            start = end + 1
        }
        try MinimaLine.header.check(tail: bytes[start...], version: version, path: path, line: line + 1)
        return (start, version)
    }
}
