import FullrankFiles
import FullrankPlatform

/// Reads trials.jsonl in pieces: memory stays flat however long it is.
struct JournalReader<Record: RunRecord> {
    let path: String
    private var scanner: JournalScanner<Record>
    /// The incomplete line that a crash leaves at the end is not longer than this either: a write is a megabyte.
    private let longestLine: Int

    var decoder: Record.Decoder { scanner.decoder }
    var version: Int? { scanner.version }
    var finished: FinishedTrials { scanner.finished }
    var wholeLength: Int { scanner.wholeLength }

    init(folder: String, _ record: Record) {
        longestLine = max(1 << 24, record.longestLine)
        path = "\(folder)/\(Files.journalName)"
        scanner = JournalScanner(path: path, record)
    }

    /// Delivers every trial in the order of the file. A journal that does not exist yet counts as empty.
    ///
    /// - Parameter deliver: gets the trial and the bytes of the file where its line stands.
    /// - Throws: `damaged` naming the line, `unknownVersion`, `inputOutput`.
    mutating func read(_ deliver: (Record.Decoder.Trial, Range<Int>) -> Void) throws(SweepFolderError) {
        guard let descriptor = try Files.openForReading(path) else { return }
        defer { close(descriptor) }

        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        var filled = 0
        while true {
            let count = try Files.readSome(descriptor, into: &buffer, from: filled, path: path)
            if count == 0 { return try scanner.end(with: buffer[..<filled]) }
            filled += count
            let used = try buffer.withBuffer { bytes throws(SweepFolderError) in
                try scanner.take(UnsafeBufferPointer(rebasing: bytes[..<filled]), deliver)
            }
            buffer.withUnsafeMutableBytes { _ = memmove($0.baseAddress!, $0.baseAddress! + used, filled - used) }
            filled -= used
            if filled == buffer.count {
                guard filled < longestLine else {
                    throw .damaged(
                        path: path, line: scanner.line + 1, reason: "it is longer than any line of this plan")
                }
                buffer += [UInt8](repeating: 0, count: buffer.count)
            }
        }
    }
}
