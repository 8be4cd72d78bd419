import FullrankPlatform

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// A number by C's `printf`, "%.*f".
public func printed(_ value: Double, decimals: Int) -> String {
    withVaList([Int32(decimals), value]) { arguments in
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { buffer in
            _ = vsnprintf(buffer.baseAddress!, 512, "%.*f", arguments)
            return String(cString: buffer.baseAddress!)
        }
    }
}

/// A variable of this process's environment.
public func environmentVariable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
