import FullrankModel
import FullrankSweep
import Glibc

/// A sweep's output folder, locked for this process: plan.json, trials.jsonl, tables, diagrams.
public final class MinimaFolder {
    public let path: String
    public private(set) var record: MinimaRecord
    private let lock: FolderLock
    private var descriptor: Int32 = -1
    /// Bytes of the journal that are whole lines.
    private var length = 0

    static let planName = "plan.json", journalName = "trials.jsonl", tables = ["cells.csv", "widths.csv"]

    private static func isOurs(_ name: String) -> Bool {
        name == journalName || tables.contains(name) || (name.hasPrefix("diagram-") && name.hasSuffix(".svg"))
    }

    /// Makes the folder, or takes up the one that is there.
    ///
    /// - Throws: `busy`, `differentPlan`, `wouldOverwrite`, `damaged`, `unknownVersion`, `notASweep` where another kind
    ///   of sweep is there, `inputOutput`.
    public init(
        _ path: String, plan: MinimaPlan, shard: Shard? = nil, provenance: SweepProvenance, replacing: Bool = false
    ) throws(SweepFolderError) {
        self.path = path
        try Files.makeFolders(path)
        lock = try FolderLock(folder: path)
        record = MinimaRecord(plan: plan, shard: shard, provenance: provenance)
        let bytes = try Files.read("\(path)/\(Self.planName)")
        if let bytes, !replacing {
            guard MinimaRecord.isItsFormat(bytes) else {
                throw .differentPlan(
                    path: path, differences: [PlanDifference(field: "format", recorded: "another", asked: MinimaRecord.format)])
            }
            var found = try MinimaRecord(parsing: bytes, path: "\(path)/\(Self.planName)")
            let differences = found.differences(from: plan, shard: shard)
            guard differences.isEmpty else { throw .differentPlan(path: path, differences: differences) }
            let before = found
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
        length = try MinimaReader.readJournal(path, record, deliver)
        let name = "\(path)/\(Self.journalName)"
        descriptor = open(name.fileName, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw Files.failure(name) }
        _ = ftruncate(descriptor, length)
        guard length == 0 else { return }
        try append(bytes: Array(MinimaLine.header.utf8))
        try Files.syncFolder(path)
    }

    /// Trials that are done; on disk when it returns.
    public func append(_ trials: [MinimaTrial]) throws(SweepFolderError) {
        let text = trials.map { MinimaLine.text($0, plan: record.plan) }.joined()
        try append(bytes: Array(text.utf8))
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
    public let record: MinimaRecord

    /// Whether the folder holds a sweep over global minima.
    public static func holds(_ path: String) -> Bool {
        guard let bytes = (try? Files.read("\(path)/\(MinimaFolder.planName)")).flatMap({ $0 }) else { return false }
        return MinimaRecord.isItsFormat(bytes)
    }

    /// - Throws: `notASweep` where there is no plan.json of that kind.
    public init(_ path: String) throws(SweepFolderError) {
        self.path = path
        guard let bytes = try Files.read("\(path)/\(MinimaFolder.planName)") else { throw .notASweep(path: path) }
        record = try MinimaRecord(parsing: bytes, path: "\(path)/\(MinimaFolder.planName)")
    }

    /// Whether a process works in the folder now.
    public var isRunning: Bool { FolderLock.isHeld(folder: path) }

    /// Delivers the trials in the journal, each once; a torn last line is left alone.
    public func readTrials(_ deliver: (MinimaTrial) -> Void) throws(SweepFolderError) {
        _ = try Self.readJournal(path, record, deliver)
    }

    /// Bytes that are whole lines; 0 without a journal.
    static func readJournal(
        _ folder: String, _ record: MinimaRecord, _ deliver: (MinimaTrial) -> Void
    ) throws(SweepFolderError) -> Int {
        let path = "\(folder)/\(MinimaFolder.journalName)"
        guard let bytes = try Files.read(path) else { return 0 }
        return try readJournal(bytes, path: path, plan: record.plan, deliver)
    }

    /// The same of a journal's bytes; each trial once.
    package static func readJournal(
        _ bytes: [UInt8], path: String, plan: MinimaPlan, _ deliver: (MinimaTrial) -> Void
    ) throws(SweepFolderError) -> Int {
        var seen = plan.inputDimensions.map { _ in Set<Int>() }
        var start = 0, line = 0
        while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
            line += 1
            let text = Array(bytes[start..<end])
            if line == 1 {
                guard let json = try? JSONValue(parsing: text), json["format"]?.string == "fullrank-minima-trials" else {
                    throw .damaged(path: path, line: 1, reason: "it is no journal of minima")
                }
                let version: Int = json["version"]?.integer() ?? 0
                guard version == 1 else { throw .unknownVersion(path: path, version: "\(version)", known: 1) }
            } else {
                guard let trial = MinimaLine.trial(text, plan: plan) else {
                    throw .damaged(path: path, line: line, reason: "it is no trial of this plan")
                }
                guard seen[trial.problem].insert(trial.trial).inserted else {
                    throw .damaged(path: path, line: line, reason: "trial \(trial.trial) stands here again")
                }
                deliver(trial)
            }
            start = end + 1
        }
        return start
    }
}
