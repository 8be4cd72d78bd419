#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// A thread of the system's, to be joined or detached once. For what blocks: the concurrency runtime's threads are for
/// work that doesn't.
///
/// Unchecked, as Darwin's handle is a pointer.
package struct SystemThread: @unchecked Sendable {
    private let handle: pthread_t

    /// nil where the system starts no more of them; `body` is not called then.
    package init?(_ body: @escaping @Sendable () -> Void) {
        let retained = Unmanaged.passRetained(ThreadBody(body))
        // The argument is optional on Linux and not on Darwin: made optional, it is unwrapped on both.
        #if canImport(Darwin)
            var thread: pthread_t?
            let code = pthread_create(
                &thread, nil, { ThreadBody.run(($0 as UnsafeMutableRawPointer?)!) }, retained.toOpaque())
        #else
            var thread: pthread_t? = pthread_t()
            let code = pthread_create(
                &thread!, nil, { ThreadBody.run(($0 as UnsafeMutableRawPointer?)!) }, retained.toOpaque())
        #endif
        guard code == 0, let thread else {
            retained.release()
            return nil
        }
        handle = thread
    }

    /// Waits for its end.
    package func join() { pthread_join(handle, nil) }

    /// It ends when it does, or with the process.
    package func detach() { pthread_detach(handle) }
}

private final class ThreadBody {
    private let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) { self.body = body }

    static func run(_ argument: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
        Unmanaged<ThreadBody>.fromOpaque(argument).takeRetainedValue().body()
        return nil
    }
}
