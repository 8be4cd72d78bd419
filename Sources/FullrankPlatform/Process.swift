#if canImport(Darwin)
    import Darwin
    @_exported import func Darwin._exit
    @_exported import func Darwin.exit
    @_exported import func Darwin.getenv
    @_exported import func Darwin.getpid
#else
    import Glibc
    @_exported import func Glibc._exit
    @_exported import func Glibc.exit
    @_exported import func Glibc.getenv
    @_exported import func Glibc.getpid
#endif

/// Where this program lies, links resolved; nil where the system does not tell.
package func executablePath() -> [UInt8]? {
    #if canImport(Darwin)
        var length: UInt32 = 0
        // Says how long it is.
        _ = _NSGetExecutablePath(nil, &length)
        var name = [CChar](repeating: 0, count: Int(length) + 1)
        guard _NSGetExecutablePath(&name, &length) == 0, let resolved = realpath(name, nil) else { return nil }
    #else
        guard let resolved = realpath("/proc/self/exe", nil) else { return nil }
    #endif
    defer { free(resolved) }
    return Array(UnsafeRawBufferPointer(start: resolved, count: strlen(resolved)))
}

/// The machine's name on its network; "" where it has none.
package func hostName() -> String {
    var host = [CChar](repeating: 0, count: 256)
    gethostname(&host, host.count - 1)
    return String(decoding: host.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
}

/// The most memory this process has had so far, in bytes.
package func peakMemory() -> Double {
    var usage = rusage()
    #if canImport(Darwin)
        getrusage(RUSAGE_SELF, &usage)
        return Double(usage.ru_maxrss)
    #else
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return Double(usage.ru_maxrss) * 1024
    #endif
}

/// Where standard input, output or error is closed, the next file that is opened would take its number, and what is
/// printed would go into that file. A closed one is opened in the direction that nobody uses: writing to standard
/// output then fails, as it should.
package func occupyStandardDescriptors() {
    for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(descriptor, F_GETFD) < 0 {
        // The lowest free number, which is this one.
        let opened = open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
        if opened < 0 { _ = open("/", O_RDONLY) }
    }
}
