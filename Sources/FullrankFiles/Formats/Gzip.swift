import FullrankModel

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

    /// By the first bytes. No other format that is read here begins so.
    package static func isGzip(_ bytes: [UInt8]) -> Bool { bytes.starts(with: magic.prefix(2)) }

    /// - Parameter limit: most bytes unpacked.
    package static func unpack(_ bytes: [UInt8], limit: Int) throws(GzipProblem) -> [UInt8] {
        var output = [UInt8]()
        var position = 0
        repeat {
            let start = output.count
            position = try header(bytes, from: position)
            var inflate = Inflate(bytes: bytes, position: position, limit: limit)
            try inflate.run(into: &output)
            position = inflate.nextByte
            guard bytes.count - position >= 8 else { throw .truncated }
            func word(_ at: Int) -> UInt32 { (0..<4).reduce(0) { $0 | UInt32(bytes[at + $1]) << UInt32(8 * $1) } }
            guard word(position) == crc32(output[start...]) else { throw .damaged("its checksum is another") }
            guard word(position + 4) == UInt32(truncatingIfNeeded: output.count - start) else {
                throw .damaged("its length is another")
            }
            position += 8
        } while bytes[position...].starts(with: magic)
        guard position == bytes.count else {
            let rest = bytes[position...]
            throw .trailing(bytes: rest.count, zeros: rest.allSatisfy { $0 == 0 })
        }
        return output
    }

    /// Where the compressed data begin.
    private static func header(_ bytes: [UInt8], from start: Int) throws(GzipProblem) -> Int {
        guard bytes[start...].starts(with: magic) else {
            throw magic.starts(with: bytes[start...]) ? .truncated : .notGzip
        }
        guard bytes.count - start >= 10 else { throw .truncated }
        let flags = bytes[start + 3]
        guard flags & 0xe0 == 0 else { throw .damaged("its header has unknown flags") }
        var position = start + 10
        if flags & 4 != 0 {
            guard bytes.count - position >= 2 else { throw .truncated }
            position += 2 + Int(bytes[position]) + Int(bytes[position + 1]) << 8
        }
        // A file name, a comment: each ends with a zero.
        for flag in [8, 16] as [UInt8] where flags & flag != 0 {
            guard position < bytes.count, let end = bytes[position...].firstIndex(of: 0) else { throw .truncated }
            position = end + 1
        }
        if flags & 2 != 0 { position += 2 }
        guard position <= bytes.count else { throw .truncated }
        return position
    }

    private static let crcTable: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0xedb8_8320 : value >> 1 }
    }

    static func crc32(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        ~crcTable.withUnsafeBufferPointer { table in
            bytes.withUnsafeBufferPointer { bytes in
                var crc: UInt32 = 0xffff_ffff
                for byte in bytes { crc = table[Int(UInt8(truncatingIfNeeded: crc) ^ byte)] ^ crc >> 8 }
                return crc
            }
        }
    }
}
