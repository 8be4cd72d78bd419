import FullrankPlatform
import FullrankTestSupport

/// A pseudo-terminal or a pipe to which a command under test writes its messages, and which the test reads.
final class MessageChannel {
    /// The end that a process writes to. Kept open, so that what is written last is not lost with the writer.
    let writing: Int32
    /// That end as a file, which a process here can open.
    var path: String { "/dev/fd/\(writing)" }
    private let reading: Int32
    private var bytes = [UInt8]()

    /// nil if the system provides none.
    static func terminal(columns: UInt16, rows: UInt16 = 24) -> MessageChannel? {
        openTerminal(columns: columns, rows: rows).map { MessageChannel(writing: $0.terminal, reading: $0.reading) }
    }

    static func pipe() -> MessageChannel? {
        makePipe().map { MessageChannel(writing: $0.write, reading: $0.read) }
    }

    private init(writing: Int32, reading: Int32) {
        (self.writing, self.reading) = (writing, reading)
        doNotWait(for: reading)
    }

    deinit {
        close(reading)
        close(writing)
    }

    /// All that was written so far; a terminal ends lines by "\r\n".
    func text() -> String {
        var chunk = [UInt8](repeating: 0, count: 4096)
        while case let count = read(reading, &chunk, chunk.count), count > 0 { bytes += chunk[..<count] }
        return String(decoding: bytes, as: UTF8.self)
    }
}
