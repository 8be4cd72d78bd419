// Numbers of errors, which differ between systems, by their names, which don't.

#if canImport(Darwin)
    import Darwin
    @_exported import var Darwin.errno
    @_exported import var Darwin.EEXIST
    @_exported import var Darwin.EINTR
    @_exported import var Darwin.EINVAL
    @_exported import var Darwin.EISDIR
    @_exported import var Darwin.ELOOP
    @_exported import var Darwin.ENOENT
    @_exported import var Darwin.ENOTDIR
    @_exported import var Darwin.ENXIO
    @_exported import var Darwin.EROFS
    @_exported import var Darwin.EWOULDBLOCK
#else
    import Glibc
    @_exported import var Glibc.errno
    @_exported import var Glibc.EEXIST
    @_exported import var Glibc.EINTR
    @_exported import var Glibc.EINVAL
    @_exported import var Glibc.EISDIR
    @_exported import var Glibc.ELOOP
    @_exported import var Glibc.ENOENT
    @_exported import var Glibc.ENOTDIR
    @_exported import var Glibc.ENXIO
    @_exported import var Glibc.EROFS
    @_exported import var Glibc.EWOULDBLOCK
#endif

/// "No such file or directory": the system's words for an error.
package func systemWords(_ code: Int32 = errno) -> String { String(cString: strerror(code)) }
