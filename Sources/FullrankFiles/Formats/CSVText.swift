import FullrankModel

/// The text of a .csv file as UTF-8.
enum CSVText {
    /// Without its byte order mark; UTF-16 with one is turned into UTF-8.
    ///
    /// - Throws: `CSVProblem.encoding`: UTF-32, UTF-16 without a mark, or half a character of UTF-16.
    static func utf8(_ bytes: [UInt8]) throws(CSVProblem) -> [UInt8] {
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) { return Array(bytes.dropFirst(3)) }
        let isLittle = bytes.starts(with: [0xff, 0xfe])
        guard isLittle || bytes.starts(with: [0xfe, 0xff]) else {
            guard bytes.prefix(4).contains(0) else { return bytes }
            throw .encoding("holds zero bytes, as UTF-16 and UTF-32 without a byte order mark do; UTF-8 is read")
        }
        guard !bytes.starts(with: [0xff, 0xfe, 0, 0]) else { throw .encoding("is UTF-32; UTF-8 and UTF-16 are read") }
        guard bytes.count % 2 == 0 else { throw .encoding("is UTF-16, but of an odd number of bytes") }
        let units = stride(from: 2, to: bytes.count, by: 2).map { place in
            let (low, high) = isLittle ? (bytes[place], bytes[place + 1]) : (bytes[place + 1], bytes[place])
            return UInt16(high) << 8 | UInt16(low)
        }
        return Array(String(decoding: units, as: UTF16.self).utf8)
    }
}

/// The separator between the fields of a line.
enum CSVSeparator: UInt8, CaseIterable {
    case comma = 0x2c
    case semicolon = 0x3b
    case tab = 0x09
    /// One or more, tabs among them.
    case blanks = 0x20

    /// For messages: "fields are separated by commas".
    var words: String {
        switch self {
        case .comma: "commas"
        case .semicolon: "semicolons"
        case .tab: "tabs"
        case .blanks: "blanks"
        }
    }
}
