import FullrankFiles
import FullrankModel
import FullrankPlatform

/// Reads the lines of a run in order, through a small buffer.
final class RunCursor<Record: RunRecord> {
    let run: JournalIndex<Record>.Run
    private let path: String
    private var decoder: Record.Decoder
    /// -1 until a line is requested.
    private var descriptor: Int32 = -1
    private var buffer: [UInt8] = []
    /// Bytes of the buffer that are read.
    private var used = 0
    /// The position in the file at which the buffer ends.
    private var offset: Int
    private var nextTrial: Int

    init(_ run: JournalIndex<Record>.Run, path: String, decoder: Record.Decoder) {
        self.run = run
        self.path = path
        self.decoder = decoder
        offset = run.start
        nextTrial = run.firstTrial
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// The trial of that number; numbers ascend from call to call.
    func trial(_ number: Int) throws(SweepFolderError) -> Record.Decoder.Trial {
        while nextTrial < number { _ = try line(decode: false) }
        guard let trial = try line(decode: true), trial.trial == number, trial.problem == run.problem else {
            throw changed
        }
        return trial
    }

    private var changed: SweepFolderError {
        .damaged(path: path, line: nil, reason: "it was changed while it was read")
    }

    private func line(decode: Bool) throws(SweepFolderError) -> Record.Decoder.Trial? {
        nextTrial += 1
        while true {
            let length = buffer.withUnsafeBufferPointer { JournalScanner<Record>.lineLength($0, from: used) }
            guard let length else {
                try fill()
                continue
            }
            defer { used += length }
            guard decode else { return nil }
            do throws(LineDamage) {
                return try buffer.withBuffer { bytes throws(LineDamage) in
                    try decoder.trial(UnsafeBufferPointer(rebasing: bytes[used..<(used + length)]))
                }
            } catch {
                throw changed
            }
        }
    }

    /// Appends more of the run to the rest of the buffer.
    private func fill() throws(SweepFolderError) {
        if descriptor < 0 {
            guard let opened = try Files.openForReading(path) else { throw changed }
            descriptor = opened
        }
        buffer.removeFirst(used)
        used = 0
        let left = buffer.count
        let wanted = min(run.end - offset, max(1 << 16, left))
        guard wanted > 0 else { throw changed }
        buffer += [UInt8](repeating: 0, count: wanted)
        var count = 0
        repeat {
            count = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress! + left, wanted, from: offset) }
        } while count < 0 && errno == EINTR
        guard count >= 0 else { throw Files.failure(path) }
        guard count > 0 else { throw changed }
        buffer.removeLast(wanted - count)
        offset += count
    }
}
