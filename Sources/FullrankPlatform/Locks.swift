#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The kernel's lock on an open file (`flock`): gone with the process that holds it, however that ends. A call does not
/// wait: it returns 0, or the error's number, EWOULDBLOCK while another holds it.
package enum FileLock {
    package static func takeAlone(_ descriptor: Int32) -> Int32 { call(descriptor, LOCK_EX | LOCK_NB) }

    /// Together with others that take it so.
    package static func takeShared(_ descriptor: Int32) -> Int32 { call(descriptor, LOCK_SH | LOCK_NB) }

    package static func release(_ descriptor: Int32) { _ = flock(descriptor, LOCK_UN) }

    private static func call(_ descriptor: Int32, _ operation: Int32) -> Int32 {
        while flock(descriptor, operation) != 0 {
            if errno != EINTR { return errno }
        }
        return 0
    }
}
