// The functions of libm as they are: nothing stands between a loop and them, and what they return is theirs to the bit.
// Another system's libm rounds some arguments another way, in the last place.

#if canImport(Darwin)
    import Darwin
    @_exported import func Darwin.acos
    @_exported import func Darwin.atan
    @_exported import func Darwin.atan2
    @_exported import func Darwin.cos
    @_exported import func Darwin.exp
    @_exported import func Darwin.exp2
    @_exported import func Darwin.expm1
    @_exported import func Darwin.log
    @_exported import func Darwin.log10
    @_exported import func Darwin.log1p
    @_exported import func Darwin.log2
    @_exported import func Darwin.pow
    @_exported import func Darwin.sin
#else
    import Glibc
    @_exported import func Glibc.acos
    @_exported import func Glibc.atan
    @_exported import func Glibc.atan2
    @_exported import func Glibc.cos
    @_exported import func Glibc.exp
    @_exported import func Glibc.exp2
    @_exported import func Glibc.expm1
    @_exported import func Glibc.log
    @_exported import func Glibc.log10
    @_exported import func Glibc.log1p
    @_exported import func Glibc.log2
    @_exported import func Glibc.pow
    @_exported import func Glibc.sin
#endif

/// log |Γ(x)|. The C library has a variable for the sign besides, which nobody reads; Darwin's overlay returns it too.
@inlinable package func logGamma(_ x: Double) -> Double {
    #if canImport(Darwin)
        Darwin.lgamma(x).0
    #else
        Glibc.lgamma(x)
    #endif
}
