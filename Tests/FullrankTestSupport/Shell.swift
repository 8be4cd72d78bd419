import FullrankPlatform

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// This process's variables, "NAME=VALUE", each ended by a zero.
public var ownEnvironment: [[CChar]] {
    #if canImport(Darwin)
        var place: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = _NSGetEnviron().pointee
    #else
        var place: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = environ
    #endif
    var variables = [[CChar]]()
    while let variable = place?.pointee {
        variables.append(Array(UnsafeBufferPointer(start: variable, count: strlen(variable) + 1)))
        place = place?.successor()
    }
    return variables
}

/// Runs a line of sh, with this process's output and nothing to read. C's `system` is not to be had in Swift on macOS.
///
/// - Returns: its exit code, or 128 and the signal that ended it.
@discardableResult
public func shell(_ line: String) -> Int32 { start(line, output: STDOUT_FILENO)?.wait() ?? 127 }

/// What a line of sh writes to standard output.
public func shellOutput(_ line: String) -> String {
    guard let ends = makePipe() else { return "" }
    defer { close(ends.read) }
    let process = start(line, output: ends.write)
    close(ends.write)
    var bytes = [UInt8](), chunk = [UInt8](repeating: 0, count: 4096)
    while case let count = read(ends.read, &chunk, chunk.count), count > 0 { bytes += chunk[..<count] }
    _ = process?.wait()
    return String(decoding: bytes, as: UTF8.self)
}

private func start(_ line: String, output: Int32) -> SpawnedProcess? {
    try? SpawnedProcess(
        ["/bin/sh", "-c", line].map { Array($0.utf8CString) }, environment: ownEnvironment,
        input: Array("/dev/null".utf8CString), output: output, errors: STDERR_FILENO)
}
