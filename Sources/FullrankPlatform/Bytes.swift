// Memory, and numbers as text: the same everywhere. No locale is ever set, so that a decimal point is a point.

#if canImport(Darwin)
    @_exported import func Darwin.free
    @_exported import func Darwin.memchr
    @_exported import func Darwin.memcmp
    @_exported import func Darwin.memmove
    @_exported import func Darwin.strtod
#else
    @_exported import func Glibc.free
    @_exported import func Glibc.memchr
    @_exported import func Glibc.memcmp
    @_exported import func Glibc.memmove
    @_exported import func Glibc.strtod
#endif
