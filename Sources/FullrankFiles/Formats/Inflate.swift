import CZlib

/// zlib's reader of gzip members, one after the other, or of a stream without header and trailer.
struct Inflate: ~Copyable {
    /// zlib's state records its own address, so it must not move.
    private let stream: UnsafeMutablePointer<z_stream>

    enum Step {
        /// The member continues; if all input was used, more input is needed.
        case more
        /// The member's end, its checksum and length being right.
        case end
    }

    enum Wrapping: Int32 {
        /// zlib checks header and trailer. 15 bits of window, the most there is; 16 more mean gzip.
        case gzip = 31
        /// None, as in a zip file.
        case none = -15
    }

    /// nil if memory runs out.
    init?(_ wrapping: Wrapping = .gzip) {
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        guard inflateInit2_(stream, wrapping.rawValue, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            stream.deallocate()
            return nil
        }
        self.stream = stream
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// Unpacks from `input` to `output` until one of them is used up or the member ends.
    ///
    /// - Returns: bytes read, bytes written.
    /// - Throws: `damaged`, `memory` with the limit 0: of zlib's state.
    mutating func run(
        _ input: UnsafeBufferPointer<UInt8>, into output: UnsafeMutableBufferPointer<UInt8>
    ) throws(GzipProblem) -> (step: Step, read: Int, written: Int) {
        // zlib counts in 32 bits, so the remaining input is passed again.
        let (given, room) = (min(input.count, 1 << 30), min(output.count, 1 << 30))
        stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
        stream.pointee.avail_in = UInt32(given)
        stream.pointee.next_out = output.baseAddress
        stream.pointee.avail_out = UInt32(room)
        let code = inflate(stream, Z_NO_FLUSH)
        let (read, written) = (given - Int(stream.pointee.avail_in), room - Int(stream.pointee.avail_out))
        switch code {
        // Z_BUF_ERROR means that no progress was possible with this input, which is not an error.
        case Z_OK, Z_BUF_ERROR: return (.more, read, written)
        case Z_STREAM_END:
            inflateReset(stream)
            return (.end, read, written)
        case Z_MEM_ERROR: throw .memory(limit: 0)
        default: throw .damaged(Self.words(stream.pointee.msg.map { String(cString: $0) } ?? "zlib's error \(code)"))
        }
    }

    /// The problem that zlib found, as a sentence about the data.
    private static func words(_ message: String) -> String {
        switch message {
        case "incorrect data check": "its checksum is another"
        case "incorrect length check": "its length is another"
        case "unknown header flags set": "its header has unknown flags"
        case "header crc mismatch": "its header's checksum is another"
        case "invalid block type": "a block of unknown type"
        case "invalid stored block lengths": "a stored block contradicts its length"
        case "invalid literal/length code": "a length of no meaning"
        case "invalid distance code": "a distance of no meaning"
        case "invalid distance too far back": "it refers to what is before its begin"
        case "too many length or distance symbols": "too many codes"
        case "invalid bit length repeat": "it repeats a length before the first, or too often"
        case "invalid code -- missing end-of-block": "its block has no end"
        case "invalid code lengths set", "invalid literal/lengths set", "invalid distances set":
            "its codes contradict each other or are not complete"
        default: message
        }
    }
}

/// CRC-32 as gzip and zip have it.
func crc32(of bytes: [UInt8]) -> UInt32 {
    bytes.withUnsafeBufferPointer { UInt32(truncatingIfNeeded: CZlib.crc32_z(0, $0.baseAddress, $0.count)) }
}
