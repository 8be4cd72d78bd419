import FullrankPlatform

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// How a program ended that this process started, and what it took.
public struct ChildEnd: Sendable {
    /// Its exit code, or 128 and the signal that ended it.
    public let status: Int32
    /// Processor time.
    public let seconds: Double

    /// nil while the process runs. The system forgets one that has ended as soon as this has told of it.
    public init?(of process: Int32) {
        var ending: Int32 = 0
        var usage = rusage()
        guard wait4(process, &ending, WNOHANG, &usage) == process else { return nil }
        status = ending & 0x7f == 0 ? ending >> 8 & 0xff : 128 + ending & 0x7f
        func time(_ value: timeval) -> Double { Double(value.tv_sec) + Double(value.tv_usec) / 1e6 }
        seconds = time(usage.ru_utime) + time(usage.ru_stime)
    }
}

/// The most memory that a process has had resident, in bytes; nil if there is no such process. On macOS, which has no
/// /proc, what it has now: who asks often has the most.
public func peakMemory(of process: Int32) -> Int? {
    guard Platform.isLinux else {
        return Int(shellOutput("ps -o rss= -p \(process)").filter(\.isNumber)).map { $0 * 1024 }
    }
    let status = TemporaryFolder.bytes(ofFile: "/proc/\(process)/status").map { String(decoding: $0, as: UTF8.self) }
    let line = status?.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    return line.flatMap { Int($0.filter(\.isNumber)) }.map { $0 * 1024 }
}
