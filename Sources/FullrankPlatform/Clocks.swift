// The time is `ContinuousClock`'s, of the standard library. Here is what waits.

#if canImport(Darwin)
    @_exported import func Darwin.poll
    @_exported import func Darwin.usleep
    @_exported import struct Darwin.pollfd
    @_exported import var Darwin.POLLIN
    @_exported import var Darwin.POLLOUT
#else
    @_exported import func Glibc.poll
    @_exported import func Glibc.usleep
    @_exported import struct Glibc.pollfd
    @_exported import var Glibc.POLLIN
    @_exported import var Glibc.POLLOUT
#endif
