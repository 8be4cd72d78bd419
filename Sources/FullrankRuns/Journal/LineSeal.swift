import FullrankChecksum
import FullrankPlatform

/// The end of a journal line with its checksum: `,"crc32c":"89abcdef"}` and the newline. The checksum, CRC-32C, is of
/// all bytes of the line before this end; the line is a JSON object with and without it.
package enum LineSeal {
    private static let beginning = Array(",\"crc32c\":\"".utf8)
    private static let digits = 8
    private static let blank = beginning + Array("00000000\"}\n".utf8)
    /// Bytes of the end, without the newline.
    package static let length = beginning.count + digits + 2

    /// Ends a line that is complete except for its closing brace.
    ///
    /// - Parameter start: where the line begins among the bytes, which end with it.
    package static func close(_ bytes: inout [UInt8], from start: Int) {
        let checksum = bytes.withUnsafeBytes { fr_crc32c($0.baseAddress! + start, $0.count - start) }
        bytes += blank
        bytes.withUnsafeMutableBufferPointer { bytes in
            var rest = checksum
            for place in 1...digits {
                let digit = UInt8(rest & 15)
                bytes[bytes.count - 3 - place] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") - 10 + digit
                rest >>= 4
            }
        }
    }

    /// The line, its newline included, without its end: all but the closing brace.
    ///
    /// - Throws: if the end is missing, or its checksum is not that of the line.
    package static func open(
        _ line: UnsafeBufferPointer<UInt8>
    ) throws(LineDamage) -> UnsafeBufferPointer<UInt8> {
        guard let checksum = checksum(line) else {
            try refuseForeignEnd(line)
            throw LineDamage("its checksum (\"crc32c\") is missing at the end")
        }
        let body = UnsafeBufferPointer(rebasing: line[..<(line.count - 1 - length)])
        guard fr_crc32c(body.baseAddress, body.count) == checksum else {
            throw LineDamage("its checksum is another: the line was changed")
        }
        return body
    }

    static func refuseForeignEnd(_ line: UnsafeBufferPointer<UInt8>) throws(LineDamage) {
        guard line.count > 1, line[line.count - 2] == UInt8(ascii: "\r") else { return }
        throw LineDamage("it ends with CR LF; lines end with LF alone")
    }

    /// The checksum that a line ends with, whether it is right or not; nil if it ends otherwise.
    package static func checksum(_ line: UnsafeBufferPointer<UInt8>) -> UInt32? {
        guard line.count > length + 1 else { return nil }
        var place = line.baseAddress! + (line.count - 1 - length)
        guard memcmp(place, beginning, beginning.count) == 0 else { return nil }
        place += beginning.count
        var checksum: UInt32 = 0
        for _ in 0..<digits {
            switch place.pointee {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                checksum = checksum << 4 | UInt32(place.pointee - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"):
                checksum = checksum << 4 | UInt32(place.pointee - UInt8(ascii: "a") + 10)
            default: return nil
            }
            place += 1
        }
        return place[0] == UInt8(ascii: "\"") && place[1] == UInt8(ascii: "}") ? checksum : nil
    }
}
