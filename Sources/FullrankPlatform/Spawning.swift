#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// A pipe that programs started by this one do not have. nil, with `errno`, where the system has no more.
package func makePipe() -> (read: Int32, write: Int32)? {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return nil }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
}

/// Another program under way.
package struct SpawnedProcess: Sendable {
    package let number: Int32

    package struct Failure: Error {
        /// The system's error.
        package let code: Int32
    }

    /// Starts a program, with signals as a shell would start it with: this one may ignore or hold back some.
    ///
    /// - Parameters:
    ///   - words: its path, then its arguments; all strings here end with a zero, as `String.fileName`.
    ///   - environment: all it has, "NAME=VALUE".
    ///   - input: the file that is its standard input.
    ///   - output: a descriptor here, its standard output there; `errors` likewise.
    package init(
        _ words: [[CChar]], environment: [[CChar]], input: [CChar], output: Int32, errors: Int32
    ) throws(Failure) {
        #if canImport(Darwin)
            var actions: posix_spawn_file_actions_t?
            var attributes: posix_spawnattr_t?
        #else
            var actions = posix_spawn_file_actions_t()
            var attributes = posix_spawnattr_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_adddup2(&actions, errors, 2)
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        defer { for word in arguments { free(word) } }
        var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup($0) } + [nil]
        defer { for variable in variables { free(variable) } }
        var process: pid_t = 0
        let code = posix_spawn(&process, words[0], &actions, &attributes, &arguments, &variables)
        guard code == 0 else { throw Failure(code: code) }
        number = process
    }

    /// Waits for its end: its exit code, or 128 and the signal that ended it.
    package func wait() -> Int32 {
        var ending: Int32 = 0
        while waitpid(number, &ending, 0) < 0, errno == EINTR {}
        return ending & 0x7f == 0 ? ending >> 8 & 0xff : 128 + ending & 0x7f
    }
}
