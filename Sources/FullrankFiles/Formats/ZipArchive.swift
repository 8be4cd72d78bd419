import FullrankModel

/// What is wrong with a zip file.
package struct ZipProblem: Error, Hashable, Sendable {
    package let words: String
    /// Whether it is memory that is short.
    package let isMemory: Bool
    init(_ words: String, isMemory: Bool = false) {
        self.words = words
        self.isMemory = isMemory
    }
}

/// The members of a zip file (PKWARE's APPNOTE 6.3), stored or deflated, with the 64-bit extension: what `numpy.savez`
/// and `numpy.savez_compressed` write.
package struct ZipArchive {
    package struct Member: Hashable, Sendable {
        package let name: String
        fileprivate let method: Int
        fileprivate let crc: UInt32
        fileprivate let packed: Int
        fileprivate let size: Int
        fileprivate let header: Int
    }

    package let members: [Member]
    private let bytes: [UInt8]

    package static func isZip(_ bytes: [UInt8]) -> Bool {
        bytes.starts(with: [0x50, 0x4b, 3, 4]) || bytes.starts(with: [0x50, 0x4b, 5, 6])
    }

    package init(_ bytes: [UInt8]) throws(ZipProblem) {
        self.bytes = bytes
        let (count, start) = try Self.directory(bytes)
        var members = [Member]()
        var at = start
        // Each entry takes at least 46 bytes, so a false count is detected before memory is reserved.
        for _ in 0..<count {
            guard Self.word(bytes, at, 4) == 0x0201_4b50, bytes.count - at >= 46 else {
                throw ZipProblem("is a damaged zip file: its directory ends early")
            }
            let nameLength = Self.word(bytes, at + 28, 2)!, extraLength = Self.word(bytes, at + 30, 2)!
            let end = at + 46 + nameLength + extraLength + Self.word(bytes, at + 32, 2)!
            guard end <= bytes.count else { throw ZipProblem("is a damaged zip file: its directory ends early") }
            members.append(try Self.member(bytes, at: at, nameLength: nameLength, extraLength: extraLength))
            at = end
        }
        self.members = members
    }

    /// A number of `size` bytes, little-endian; nil beyond the end or above the largest Int.
    private static func word(_ bytes: [UInt8], _ at: Int, _ size: Int) -> Int? {
        guard at >= 0, at <= bytes.count - size else { return nil }
        return Int(exactly: (0..<size).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64(bytes[at + $1]) })
    }

    /// The number of members, and where their directory begins.
    private static func directory(_ bytes: [UInt8]) throws(ZipProblem) -> (Int, Int) {
        // Behind it only a comment, of less than 2^16 bytes.
        var end = bytes.count - 22
        while end >= max(0, bytes.count - 22 - 65535), word(bytes, end, 4) != 0x0605_4b50 { end -= 1 }
        guard end >= max(0, bytes.count - 22 - 65535), word(bytes, end, 4) == 0x0605_4b50 else {
            throw ZipProblem("is a zip file without its directory: cut short")
        }
        var (count, start) = (word(bytes, end + 10, 2)!, word(bytes, end + 16, 4)!)
        if count == 0xffff || start == 0xffff_ffff, word(bytes, end - 20, 4) == 0x0706_4b50 {
            guard let record = word(bytes, end - 12, 8), word(bytes, record, 4) == 0x0606_4b50,
                let more = word(bytes, record + 32, 8), let place = word(bytes, record + 48, 8)
            else { throw ZipProblem("is a damaged zip file: its 64-bit directory is not there") }
            (count, start) = (more, place)
        }
        guard count <= bytes.count / 46, start <= bytes.count else {
            throw ZipProblem("is a damaged zip file: its directory is not there")
        }
        return (count, start)
    }

    private static func member(
        _ bytes: [UInt8], at: Int, nameLength: Int, extraLength: Int
    ) throws(ZipProblem) -> Member {
        let nameStart = at + 46
        let name = bytes[nameStart..<(nameStart + nameLength)].withUnsafeBytes { String(fileName: $0) }
        guard word(bytes, at + 8, 2)! & 1 == 0 else { throw ZipProblem("holds \(name.printable()) encrypted") }
        let method = word(bytes, at + 10, 2)!
        guard method == 0 || method == 8 else {
            throw ZipProblem(
                "holds \(name.printable()) packed by method \(method); 0 (stored) and 8 (deflated) are read")
        }
        var wide = [word(bytes, at + 24, 4)!, word(bytes, at + 20, 4)!, word(bytes, at + 42, 4)!]
        // The 64-bit extension holds, in this order, those of the three that do not fit 32 bits.
        var extra = nameStart + nameLength
        let extraEnd = extra + extraLength
        while extra + 4 <= extraEnd {
            let (kind, length) = (word(bytes, extra, 2)!, word(bytes, extra + 2, 2)!)
            if kind == 1 {
                var field = extra + 4
                for index in wide.indices where wide[index] == 0xffff_ffff {
                    guard field + 8 <= min(extra + 4 + length, extraEnd), let value = word(bytes, field, 8) else {
                        throw ZipProblem("is a damaged zip file: \(name.printable()) has no size")
                    }
                    wide[index] = value
                    field += 8
                }
            }
            extra += 4 + length
        }
        let crc = UInt32(word(bytes, at + 16, 4)!)
        return Member(name: name, method: method, crc: crc, packed: wide[1], size: wide[0], header: wide[2])
    }

    /// A member's content, its length and checksum compared.
    package func content(_ member: Member) throws(ZipProblem) -> [UInt8] {
        func damaged(_ words: String) -> ZipProblem {
            ZipProblem("is a damaged zip file: \(member.name.printable()) \(words)")
        }
        guard Self.word(bytes, member.header, 4) == 0x0403_4b50,
            let nameLength = Self.word(bytes, member.header + 26, 2),
            let extraLength = Self.word(bytes, member.header + 28, 2)
        else { throw damaged("is not where the directory says") }
        let start = member.header + 30 + nameLength + extraLength
        guard start <= bytes.count, member.packed <= bytes.count - start else { throw damaged("is cut short") }
        guard AvailableMemory.holds(9 * Double(member.size)) else {
            throw ZipProblem(
                "holds \(member.name.printable()), which takes \(AvailableMemory.shortage(9 * Double(member.size)))",
                isMemory: true)
        }
        let content: [UInt8]
        if member.method == 0 {
            guard member.size == member.packed else { throw damaged("has two lengths") }
            content = Array(bytes[start..<(start + member.size)])
        } else {
            content = try inflated(member, start: start, damaged: damaged)
        }
        guard content.count == member.size else { throw damaged("has another length than the directory says") }
        guard crc32(of: content) == member.crc else { throw damaged("has another checksum") }
        return content
    }

    private func inflated(
        _ member: Member, start: Int, damaged: (String) -> ZipProblem
    ) throws(ZipProblem) -> [UInt8] {
        do throws(GzipProblem) {
            return try Gzip.inflate(Array(bytes[start..<(start + member.packed)]), limit: member.size)
        } catch {
            switch error {
            case .damaged(let words): throw damaged("contradicts itself: \(words)")
            case .memory: throw damaged("unpacks to more than the directory says")
            default: throw damaged("is cut short")
            }
        }
    }
}
