import FullrankFiles
import FullrankModel
import FullrankPlatform

/// trials.jsonl, for appending: a line a finished trial, a write a batch (or a megabyte of it), synced to disk at most
/// once a second and whenever `flush` is called.
///
/// Used by one thread. A failed write leaves the journal as it was before that batch, as far as the system lets it; a
/// torn last line is dropped by the next reader anyway.
public final class TrialJournal {
    public let path: String
    private let descriptor: Int32
    private var lines: JournalLines
    /// Bytes that are whole lines.
    private var length: Int
    private var lastSync = ContinuousClock.now
    private var unsynced = false

    /// Opens the journal behind its first `length` bytes, which a reader found whole; what follows them is cut off.
    ///
    /// - Parameter version: that of the journal that is there; nil where there is none: the newest.
    init(folder: String, problems: [SweepProblem], length: Int, version: Int?) throws(SweepFolderError) {
        path = "\(folder)/\(JournalFormat.fileName)"
        let version = version ?? JournalFormat.header.version
        lines = JournalLines(problems: problems, version: version)
        self.length = length
        descriptor = try Files.openForWriting(path, O_WRONLY | O_APPEND)
        cut()
        if length == 0 {
            let header = JournalFormat.header.line(version: version)
            try write(header)
            self.length = header.count
            try Files.syncFolder(folder)
        }
    }

    deinit { close(descriptor) }

    /// Appends a batch. At most once a second it waits for the disk.
    public func append(_ trials: [SweepTrial]) throws(SweepFolderError) {
        guard !trials.isEmpty else { return }
        var written = 0
        for trial in trials {
            lines.append(trial)
            if lines.bytes.count >= 1 << 20 { written += try writeLines() }
        }
        length += written + (try writeLines())
        if ContinuousClock.now - lastSync >= .seconds(1) { try flush() }
    }

    /// All of it on disk.
    public func flush() throws(SweepFolderError) {
        guard unsynced else { return }
        try Files.sync(descriptor, path: path)
        unsynced = false
        lastSync = .now
    }

    /// Writes the lines at hand; the number of bytes they were.
    private func writeLines() throws(SweepFolderError) -> Int {
        defer { lines.removeAll() }
        try write(lines.bytes)
        return lines.bytes.count
    }

    private func write(_ bytes: [UInt8]) throws(SweepFolderError) {
        unsynced = true
        do throws(SweepFolderError) {
            try Files.write(bytes, to: descriptor, path: path)
        } catch {
            cut()
            throw error
        }
    }

    /// Drops what is no whole line. It may fail, on a device say: readers drop a torn last line too.
    private func cut() { _ = ftruncate(descriptor, length) }
}
