import FullrankFiles
import FullrankModel
import FullrankPlatform

/// Reads trials.jsonl in pieces: memory stays flat however long it is.
package struct JournalReader {
    let path: String
    private(set) var decoder: JournalDecoder
    /// As its first line says; nil before it is read.
    private(set) var version: Int?
    private(set) var finished: FinishedTrials
    /// Bytes that are whole lines; what follows is a torn line, which a writer cuts off.
    private(set) var wholeLength = 0
    private var line = 0
    /// Bytes that no line comes up to. What a crash leaves behind the last one does not either: a write is a megabyte.
    private let longestLine: Int

    init(folder: String, _ record: SweepRecord) {
        // A pivot takes 14 bytes at most, a cell's rank and singular values 60.
        let numbers = record.plan.method == .exact
            ? record.plan.points.last ?? 0 : record.plan.points.count * record.plan.units.count
        longestLine = max(1 << 24, numbers.multipliedReportingOverflow(by: 128).partialValue)
        path = "\(folder)/\(JournalFormat.fileName)"
        decoder = JournalDecoder(record)
        finished = FinishedTrials(of: record.plan)
    }

    /// Delivers every trial, in the order they stand; a journal that is not there yet is an empty one.
    ///
    /// - Parameter deliver: gets the trial and the bytes of the file where its line stands.
    /// - Throws: `damaged` naming the line, `unknownVersion`, `inputOutput`.
    mutating func read(_ deliver: (SweepTrial, Range<Int>) -> Void) throws(SweepFolderError) {
        guard let descriptor = try Files.openForReading(path) else { return }
        defer { close(descriptor) }

        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        var filled = 0
        while true {
            let count = try Files.readSome(descriptor, into: &buffer, from: filled, path: path)
            if count == 0 {
                return try JournalFormat.header.check(
                    tail: buffer[..<filled], version: version, path: path, line: line + 1)
            }
            filled += count
            let used = try buffer.withUnsafeBufferPointer { bytes throws(SweepFolderError) in
                try readLines(UnsafeBufferPointer(rebasing: bytes[..<filled]), deliver)
            }
            wholeLength += used
            buffer.withUnsafeMutableBytes { _ = memmove($0.baseAddress!, $0.baseAddress! + used, filled - used) }
            filled -= used
            if filled == buffer.count {
                guard filled < longestLine else {
                    throw .damaged(path: path, line: line + 1, reason: "it is longer than any line of this plan")
                }
                buffer += [UInt8](repeating: 0, count: buffer.count)
            }
        }
    }

    /// Reads the whole lines among the bytes; returns how many bytes they are.
    private mutating func readLines(
        _ bytes: UnsafeBufferPointer<UInt8>, _ deliver: (SweepTrial, Range<Int>) -> Void
    ) throws(SweepFolderError) -> Int {
        var start = 0
        while let length = Self.lineLength(bytes, from: start) {
            line += 1
            let text = UnsafeBufferPointer(rebasing: bytes[start..<(start + length)])
            let place = (wholeLength + start)..<(wholeLength + start + length)
            do throws(LineDamage) {
                if line == 1 {
                    version = try JournalFormat.header.version(of: text)
                    decoder.isSealed = version == JournalFormat.header.version
                } else {
                    deliver(try newTrial(text), place)
                }
            } catch {
                throw .damaged(path: path, line: line, reason: error.words)
            }
            if line == 1, let version, !JournalFormat.header.knows(version) {
                throw .unknownVersion(path: path, version: "\(version)", known: JournalFormat.header.version)
            }
            start += length
        }
        return start
    }

    private mutating func newTrial(_ text: UnsafeBufferPointer<UInt8>) throws(LineDamage) -> SweepTrial {
        let trial = try decoder.trial(text)
        guard finished.insert(problem: trial.problem, trial: trial.trial) else {
            let problem = decoder.problems[trial.problem]
            throw LineDamage(
                "trial \(trial.trial) of d0 = \(problem.inputDimension), n = \(problem.largestPoints) stands here again")
        }
        return trial
    }

    /// Bytes of the line that starts there, its newline included; nil where it has no end.
    package static func lineLength(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        guard start < bytes.count else { return nil }
        let first = bytes.baseAddress! + start
        guard let newline = memchr(first, Int32(UInt8(ascii: "\n")), bytes.count - start) else { return nil }
        return newline - UnsafeMutableRawPointer(mutating: first) + 1
    }
}
