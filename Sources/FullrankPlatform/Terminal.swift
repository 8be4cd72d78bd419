#if canImport(Darwin)
    import Darwin
    @_exported import var Darwin.STDIN_FILENO
    @_exported import var Darwin.STDOUT_FILENO
    @_exported import var Darwin.STDERR_FILENO
#else
    import Glibc
    @_exported import var Glibc.STDIN_FILENO
    @_exported import var Glibc.STDOUT_FILENO
    @_exported import var Glibc.STDERR_FILENO
#endif

package func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) != 0 }

/// Of the terminal now; nil where it is none or does not know.
package func terminalSize(_ descriptor: Int32) -> (columns: Int, rows: Int)? {
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else { return nil }
    return (Int(size.ws_col), Int(size.ws_row))
}

/// Whether a shell has this process in the background, the terminal being another's.
package func isInBackground(of descriptor: Int32) -> Bool {
    let foreground = tcgetpgrp(descriptor)
    return foreground >= 0 && foreground != getpgrp()
}
