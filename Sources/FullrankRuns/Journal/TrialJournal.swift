import FullrankFiles

/// A run's trials.jsonl, for appending: one line for each finished trial. Used by one thread.
public final class TrialJournal<Record: RunRecord> {
    private let writer: JournalWriter
    private var encoder: Record.Encoder
    private var bytes = [UInt8]()

    init(_ writer: JournalWriter, _ record: Record) {
        self.writer = writer
        encoder = record.encoder(isSealed: writer.isSealed)
    }

    /// Appends a batch, a write for all of it or for each megabyte of it. At most once a second it waits for the disk.
    public func append(_ trials: [Record.Decoder.Trial]) throws(SweepFolderError) {
        guard !trials.isEmpty else { return }
        defer { bytes.removeAll(keepingCapacity: true) }
        try writer.append { (write) throws(SweepFolderError) in
            for trial in trials {
                encoder.append(trial, to: &bytes)
                guard bytes.count >= 1 << 20 else { continue }
                try write(bytes)
                bytes.removeAll(keepingCapacity: true)
            }
            try write(bytes)
        }
    }

    /// All of it on disk.
    public func flush() throws(SweepFolderError) { try writer.flush() }
}
