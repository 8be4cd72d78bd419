import FullrankFiles
import FullrankModel
import FullrankRuns

/// A sweep's trials.jsonl, for appending: one line for each finished trial. Used by one thread.
public final class TrialJournal {
    private let writer: JournalWriter
    private var lines: JournalLines

    init(_ writer: JournalWriter, problems: [SweepProblem]) {
        self.writer = writer
        lines = JournalLines(problems: problems, isSealed: writer.isSealed)
    }

    public var path: String { writer.path }

    /// Appends a batch. At most once a second it waits for the disk.
    public func append(_ trials: [SweepTrial]) throws(SweepFolderError) { try lines.append(trials, to: writer) }

    /// All of it on disk.
    public func flush() throws(SweepFolderError) { try writer.flush() }
}

extension JournalLines {
    /// Appends trials to a journal, a write for them all or for each megabyte of them.
    mutating func append(_ trials: [SweepTrial], to writer: JournalWriter) throws(SweepFolderError) {
        guard !trials.isEmpty else { return }
        defer { removeAll() }
        try writer.append { (write) throws(SweepFolderError) in
            for trial in trials {
                append(trial)
                guard bytes.count >= 1 << 20 else { continue }
                try write(bytes)
                removeAll()
            }
            try write(bytes)
        }
    }
}
