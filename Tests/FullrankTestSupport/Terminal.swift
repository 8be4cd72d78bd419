import FullrankPlatform

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// A pseudo-terminal of a size: what is written to `terminal` is read from `reading`. nil if the system provides none.
public func openTerminal(columns: UInt16, rows: UInt16) -> (reading: Int32, terminal: Int32)? {
    let reading = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    guard reading >= 0, let name = terminalName(reading) else { return nil }
    let terminal = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC)
    var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
    guard terminal >= 0, ioctl(terminal, UInt(TIOCSWINSZ), &size) == 0 else { return nil }
    return (reading, terminal)
}

private func terminalName(_ descriptor: Int32) -> String? {
    #if canImport(Darwin)
        guard grantpt(descriptor) == 0, unlockpt(descriptor) == 0 else { return nil }
        return ptsname(descriptor).map { String(cString: $0) }
    #else
        // unlockpt and ptsname by hand: Swift's Glibc does not show them.
        let unlock: UInt = 0x4004_5431, number: UInt = 0x8004_5430  // TIOCSPTLCK, TIOCGPTN
        var index: Int32 = 0
        guard ioctl(descriptor, unlock, &index) == 0, ioctl(descriptor, number, &index) == 0 else { return nil }
        return "/dev/pts/\(index)"
    #endif
}

/// Reads of it that find nothing return at once.
public func doNotWait(for descriptor: Int32) { _ = fcntl(descriptor, F_SETFL, O_NONBLOCK) }
