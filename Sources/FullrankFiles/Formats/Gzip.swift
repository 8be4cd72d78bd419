import FullrankModel
import FullrankPlatform

/// What is wrong with a gzip file.
public enum GzipProblem: Error, Hashable, Sendable, CustomStringConvertible {
    case notGzip
    case truncated
    /// The compressed data contradict themselves; the words say how.
    case damaged(String)
    /// It unpacks to more than the memory that is left holds.
    case memory(limit: Int)
    /// Behind the last member.
    case trailing(bytes: Int, zeros: Bool)

    public var description: String {
        switch self {
        case .notGzip: "is not a gzip file: it does not begin with \\x1f\\x8b\\x08"
        case .truncated: "the gzip file is cut short"
        case .damaged(let words): "the gzip file is damaged: \(words)"
        case .memory(let limit): "unpacks to more than \(limit) bytes, more than the memory that is left takes"
        case .trailing(let bytes, let zeros):
            "has \(bytes) bytes behind its gzip data, "
                + (zeros ? "all of them 0; nothing may follow" : "and they are not gzip; nothing else may follow")
        }
    }
}

/// Reads gzip files (RFC 1952) of one or several members, each checked by length and CRC-32.
package enum Gzip {
    private static let magic: [UInt8] = [0x1f, 0x8b, 0x08]

    /// Recognised by the first bytes. No other format that is read here begins with them.
    package static func isGzip(_ bytes: [UInt8]) -> Bool { bytes.starts(with: magic.prefix(2)) }

    /// - Parameter limit: most bytes unpacked.
    package static func unpack(_ bytes: [UInt8], limit: Int) throws(GzipProblem) -> [UInt8] {
        guard bytes.starts(with: magic) else { throw magic.starts(with: bytes) ? .truncated : .notGzip }
        guard var inflate = Inflate() else { throw .memory(limit: 0) }
        var output = [UInt8]()
        var position = 0
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        repeat {
            position = try member(
                bytes, from: position, with: &inflate, through: &chunk, limit: limit, into: &output)
        } while bytes[position...].starts(with: magic)
        guard position == bytes.count else {
            let rest = bytes[position...]
            throw .trailing(bytes: rest.count, zeros: rest.allSatisfy { $0 == 0 })
        }
        return output
    }

    /// Unpacks a stream without header and trailer, as in a zip file. Bytes after its end are ignored.
    ///
    /// - Parameter limit: most bytes unpacked.
    static func inflate(_ bytes: [UInt8], limit: Int) throws(GzipProblem) -> [UInt8] {
        guard var inflate = Inflate(.none) else { throw .memory(limit: 0) }
        var output = [UInt8]()
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        _ = try member(bytes, from: 0, with: &inflate, through: &chunk, limit: limit, into: &output)
        return output
    }

    /// Unpacks one member in chunks and returns where it ends. At most `limit` bytes are kept, however much is packed.
    private static func member(
        _ bytes: [UInt8], from start: Int, with inflate: inout Inflate, through chunk: inout [UInt8], limit: Int,
        into output: inout [UInt8]
    ) throws(GzipProblem) -> Int {
        var position = start
        while true {
            let (step, read, written) = try bytes.withBuffer { (bytes) throws(GzipProblem) in
                try chunk.withMutableBuffer { (chunk) throws(GzipProblem) in
                    try inflate.run(UnsafeBufferPointer(rebasing: bytes[position...]), into: chunk)
                }
            }
            position += read
            guard written <= limit - output.count else { throw .memory(limit: limit) }
            output += chunk[..<written]
            if step == .end { return position }
            guard read > 0 || written > 0 else { throw .truncated }
        }
    }
}
