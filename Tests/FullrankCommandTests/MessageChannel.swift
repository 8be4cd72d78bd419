import Glibc

/// A pseudo-terminal or a pipe to which a command under test writes its messages, and which the test reads.
final class MessageChannel {
    /// The end that a process opens.
    let path: String
    private let reading: Int32
    /// Kept open, so that what is written last is not lost with the writer.
    private let kept: Int32
    private var bytes = [UInt8]()

    /// nil if the system provides none.
    static func terminal(columns: UInt16, rows: UInt16 = 24) -> MessageChannel? {
        // posix_openpt, unlockpt and ptsname by hand: Swift's Glibc does not show them.
        let unlock: UInt = 0x4004_5431, number: UInt = 0x8004_5430  // TIOCSPTLCK, TIOCGPTN
        var index: Int32 = 0
        let reading = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        guard reading >= 0, ioctl(reading, unlock, &index) == 0, ioctl(reading, number, &index) == 0 else { return nil }
        let kept = open("/dev/pts/\(index)", O_RDWR | O_NOCTTY | O_CLOEXEC)
        var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        guard kept >= 0, ioctl(kept, UInt(TIOCSWINSZ), &size) == 0 else { return nil }
        return MessageChannel(path: "/dev/pts/\(index)", reading: reading, kept: kept)
    }

    static func pipe() -> MessageChannel? {
        var ends: [Int32] = [-1, -1]
        guard Glibc.pipe(&ends) == 0 else { return nil }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return MessageChannel(path: "/proc/\(getpid())/fd/\(ends[1])", reading: ends[0], kept: ends[1])
    }

    private init(path: String, reading: Int32, kept: Int32) {
        (self.path, self.reading, self.kept) = (path, reading, kept)
        _ = fcntl(reading, F_SETFL, O_NONBLOCK)
    }

    deinit {
        close(reading)
        close(kept)
    }

    /// All that was written so far; a terminal ends lines by "\r\n".
    func text() -> String {
        var chunk = [UInt8](repeating: 0, count: 4096)
        while case let count = read(reading, &chunk, chunk.count), count > 0 { bytes += chunk[..<count] }
        return String(decoding: bytes, as: UTF8.self)
    }
}
