// What tests need of the C library besides FullrankPlatform. This folder alone of Tests imports it, in forms that are
// typed the same on Linux and on macOS.

#if canImport(Darwin)
    @_exported import func Darwin.cbrt
    @_exported import func Darwin.chmod
    @_exported import func Darwin.dup
    @_exported import func Darwin.kill
    @_exported import func Darwin.link
    @_exported import func Darwin.mkfifo
    @_exported import func Darwin.remove
    @_exported import func Darwin.rmdir
    @_exported import func Darwin.symlink
    @_exported import var Darwin.O_NOCTTY
    @_exported import var Darwin.R_OK
    @_exported import var Darwin.W_OK
    @_exported import var Darwin.SIGKILL
    @_exported import var Darwin.SIGURG
#else
    @_exported import func Glibc.cbrt
    @_exported import func Glibc.chmod
    @_exported import func Glibc.dup
    @_exported import func Glibc.kill
    @_exported import func Glibc.link
    @_exported import func Glibc.mkfifo
    @_exported import func Glibc.remove
    @_exported import func Glibc.rmdir
    @_exported import func Glibc.symlink
    @_exported import var Glibc.O_NOCTTY
    @_exported import var Glibc.R_OK
    @_exported import var Glibc.W_OK
    @_exported import var Glibc.SIGKILL
    @_exported import var Glibc.SIGURG
#endif
