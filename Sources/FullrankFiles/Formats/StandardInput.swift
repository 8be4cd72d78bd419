import FullrankModel
import FullrankPlatform

/// A file that is read from standard input.
public enum StandardInput {
    /// The path that means standard input; a file of that name is "./-".
    public static let path = "-"
    /// The name of the input in messages.
    public static let name = "standard input"

    /// All of it, unpacked if it is gzip.
    ///
    /// - Throws: `FileError`: the system's words, `.memory`, or `.gzip`.
    public static func read() throws(FileError) -> [UInt8] {
        var bytes = [UInt8]()
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = chunk.withUnsafeMutableBytes { FullrankPlatform.read(STDIN_FILENO, $0.baseAddress!, $0.count) }
            if count == 0 { return try FileBytes.unpacked(bytes, path: name) }
            if count > 0 {
                // An array that grows needs twice its length in addition.
                let needed = 2 * Double(bytes.count + count)
                guard AvailableMemory.holds(needed) else {
                    throw FileError(path: name, problem: .memory(needed: needed))
                }
                bytes += chunk[..<count]
            } else if errno != EINTR {
                throw FileError(path: name, problem: .system("cannot be read: \(systemWords())"))
            }
        }
    }
}
