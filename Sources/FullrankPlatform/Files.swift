#if canImport(Darwin)
    import Darwin
    @_exported import func Darwin.access
    @_exported import func Darwin.close
    @_exported import func Darwin.mkdir
    @_exported import func Darwin.open
    @_exported import func Darwin.read
    @_exported import func Darwin.rename
    @_exported import func Darwin.unlink
    @_exported import func Darwin.write
    @_exported import var Darwin.F_OK
    @_exported import var Darwin.X_OK
    @_exported import var Darwin.O_APPEND
    @_exported import var Darwin.O_CLOEXEC
    @_exported import var Darwin.O_CREAT
    @_exported import var Darwin.O_DIRECTORY
    @_exported import var Darwin.O_EXCL
    @_exported import var Darwin.O_NOFOLLOW
    @_exported import var Darwin.O_NONBLOCK
    @_exported import var Darwin.O_RDONLY
    @_exported import var Darwin.O_RDWR
    @_exported import var Darwin.O_TRUNC
    @_exported import var Darwin.O_WRONLY
#else
    import Glibc
    @_exported import func Glibc.access
    @_exported import func Glibc.close
    @_exported import func Glibc.mkdir
    @_exported import func Glibc.open
    @_exported import func Glibc.read
    @_exported import func Glibc.rename
    @_exported import func Glibc.unlink
    @_exported import func Glibc.write
    @_exported import var Glibc.F_OK
    @_exported import var Glibc.X_OK
    @_exported import var Glibc.O_APPEND
    @_exported import var Glibc.O_CLOEXEC
    @_exported import var Glibc.O_CREAT
    @_exported import var Glibc.O_DIRECTORY
    @_exported import var Glibc.O_EXCL
    @_exported import var Glibc.O_NOFOLLOW
    @_exported import var Glibc.O_NONBLOCK
    @_exported import var Glibc.O_RDONLY
    @_exported import var Glibc.O_RDWR
    @_exported import var Glibc.O_TRUNC
    @_exported import var Glibc.O_WRONLY
#endif

// Paths are the bytes the system takes, ended by a zero: `String.fileName`.

// Places in a file are `Int` here: C's type for them is another one on Darwin.

/// Cuts an open file off, or adds zeros to it (`ftruncate`).
///
/// - Returns: 0; or -1, with `errno`.
package func setLength(_ descriptor: Int32, _ bytes: Int) -> Int32 { ftruncate(descriptor, off_t(bytes)) }

/// Reads from a place in a file, which the next `read` does not notice (`pread`).
///
/// - Returns: the bytes read; or -1, with `errno`.
package func read(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer?, _ count: Int, from place: Int) -> Int {
    pread(descriptor, buffer, count, off_t(place))
}

/// The next `read` or `write` is at the file's beginning (`lseek`).
///
/// - Returns: 0; or -1, with `errno`.
package func goToStart(_ descriptor: Int32) -> Int32 { lseek(descriptor, 0, SEEK_SET) == 0 ? 0 : -1 }

/// Has the disk keep what was written. Darwin's `fsync` leaves it in the drive's cache; F_FULLFSYNC does not, and file
/// systems that lack it (network ones) have `fsync` alone.
///
/// - Returns: 0; or -1, with `errno`.
package func syncToDisk(_ descriptor: Int32) -> Int32 {
    #if canImport(Darwin)
        if fcntl(descriptor, F_FULLFSYNC) == 0 { return 0 }
    #endif
    return fsync(descriptor)
}

/// Names in a folder, as bytes, in the system's order; "." and ".." are among them. nil, with `errno`, where it cannot
/// be opened.
package func folderEntries(_ path: UnsafePointer<CChar>) -> [[UInt8]]? {
    guard let folder = opendir(path) else { return nil }
    defer { closedir(folder) }
    var names = [[UInt8]]()
    while let entry = readdir(folder) {
        names.append(withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) })
    }
    return names
}
