import FullrankFiles
import FullrankModel
import FullrankPlatform

/// Takes the bytes of a journal piece by piece, and makes trials of its whole lines: its first line, the checksums, each
/// trial once.
package struct JournalScanner<Record: RunRecord> {
    let path: String
    package private(set) var decoder: Record.Decoder
    private let shard: Shard?
    /// That the journal may contain, of each problem.
    private let trials: Range<Int>
    /// As the first line says; nil before it is read.
    package private(set) var version: Int?
    package private(set) var finished: FinishedTrials
    /// Bytes that are whole lines. They are followed by a torn line, which a writer cuts off.
    package private(set) var wholeLength = 0
    private(set) var line = 0

    package init(path: String, _ record: Record) {
        self.path = path
        (decoder, shard) = (record.decoder, record.shard)
        trials = shard?.trials(of: record.trials) ?? 0..<record.mostTrials
        finished = FinishedTrials(problems: record.problems, trials: record.mostTrials)
    }

    /// Reads the whole lines among the bytes; returns how many bytes they are.
    ///
    /// - Parameter deliver: gets a trial and the bytes of the file where its line stands.
    /// - Throws: `damaged` naming the line, `unknownVersion`.
    package mutating func take(
        _ bytes: UnsafeBufferPointer<UInt8>, _ deliver: (Record.Decoder.Trial, Range<Int>) -> Void
    ) throws(SweepFolderError) -> Int {
        var start = 0
        while let length = Self.lineLength(bytes, from: start) {
            line += 1
            let text = UnsafeBufferPointer(rebasing: bytes[start..<(start + length)])
            do throws(LineDamage) {
                if line == 1 {
                    version = try Record.header.version(of: text)
                    decoder.isSealed = version == Record.header.version
                } else {
                    deliver(try newTrial(text), wholeLength..<(wholeLength + length))
                }
            } catch {
                throw .damaged(path: path, line: line, reason: error.words)
            }
            if line == 1, let version, !Record.header.knows(version) {
                throw .unknownVersion(path: path, version: "\(version)", known: Record.header.version)
            }
            start += length
            wholeLength += length
        }
        return start
    }

    /// The bytes after the last newline.
    package func end(with tail: ArraySlice<UInt8>) throws(SweepFolderError) {
        try Record.header.check(tail: tail, version: version, path: path, line: line + 1)
    }

    private mutating func newTrial(_ text: UnsafeBufferPointer<UInt8>) throws(LineDamage) -> Record.Decoder.Trial {
        let trial = try decoder.trial(text)
        guard trials.contains(trial.trial) else {
            throw LineDamage(
                "\"trial\" is \(trial.trial); \(shard.map { "shard \($0)" } ?? "the plan") has trials "
                    + "\(trials.lowerBound) to \(trials.upperBound - 1)")
        }
        guard finished.insert(problem: trial.problem, trial: trial.trial) else {
            throw LineDamage("trial \(trial.trial) of \(decoder.words(problem: trial.problem)) stands here again")
        }
        return trial
    }

    /// Reads a journal that is all there; returns how many of its bytes are whole lines.
    package static func read(
        _ bytes: [UInt8], path: String, _ record: Record, _ deliver: (Record.Decoder.Trial) -> Void
    ) throws(SweepFolderError) -> Int {
        var scanner = Self(path: path, record)
        let length = try bytes.withBuffer { bytes throws(SweepFolderError) in
            try scanner.take(bytes) { trial, _ in deliver(trial) }
        }
        try scanner.end(with: bytes[length...])
        return length
    }

    /// Bytes of the line that starts there, its newline included; nil if it has no end.
    package static func lineLength(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        guard start < bytes.count else { return nil }
        let first = bytes.baseAddress! + start
        guard let newline = memchr(first, Int32(UInt8(ascii: "\n")), bytes.count - start) else { return nil }
        return newline - UnsafeMutableRawPointer(mutating: first) + 1
    }
}
