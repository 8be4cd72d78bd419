#if canImport(Darwin)
    import Darwin
    @_exported import var Darwin.SIGCONT
    @_exported import var Darwin.SIGINT
    @_exported import var Darwin.SIGTERM
    @_exported import var Darwin.SIGUSR1
    @_exported import var Darwin.SIGXFSZ
#else
    import Glibc
    @_exported import var Glibc.SIGCONT
    @_exported import var Glibc.SIGINT
    @_exported import var Glibc.SIGTERM
    @_exported import var Glibc.SIGUSR1
    @_exported import var Glibc.SIGXFSZ
#endif

/// Has a signal call `handler`, on whatever thread it meets; system calls that it interrupts go on after.
///
/// - Parameter handler: may only do what POSIX allows in a signal handler: no lock, no allocation.
package func handleSignal(_ signal: Int32, _ handler: @escaping @convention(c) (Int32) -> Void) {
    var action = sigaction()
    action.sa_flags = SA_RESTART
    #if canImport(Darwin)
        action.__sigaction_u.__sa_handler = handler
    #else
        action.__sigaction_handler.sa_handler = handler
    #endif
    sigaction(signal, &action, nil)
}

package func ignoreSignal(_ signal: Int32) {
    #if canImport(Darwin)
        _ = Darwin.signal(signal, SIG_IGN)
    #else
        _ = Glibc.signal(signal, SIG_IGN)
    #endif
}

/// As under nohup, or in the background of a script.
package func isSignalIgnored(_ signal: Int32) -> Bool {
    var current = sigaction()
    guard sigaction(signal, nil, &current) == 0 else { return false }
    #if canImport(Darwin)
        let handler = current.__sigaction_u.__sa_handler
    #else
        let handler = current.__sigaction_handler.sa_handler
    #endif
    return unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
}
