// The system's file names are bytes, of which most but not all are UTF-8. Paths are strings everywhere in the program;
// these are the two ends, and nothing is lost between them. A byte that belongs to no UTF-8 character stands as the
// character U+EF00 + byte (U+EF80 to U+EFFF of the private use area, as in MirBSD's OPTU encoding); a name that holds
// one of these characters has each of its three bytes written so. Every name then has one string, and no two the same.

extension Unicode.Scalar {
    /// The byte of a file name that this stands for; nil of every other character.
    public var rawByte: UInt8? { (0xef80...0xefff).contains(value) ? UInt8(truncatingIfNeeded: value) : nil }

    /// `\xE9` where it stands for a byte; nil of every other character.
    public var rawByteText: String? { rawByte.map { "\\x" + String($0, radix: 16, uppercase: true) } }
}

extension String {
    /// A name that the system gave: an argument, an entry of a folder, a variable of the environment.
    public init(fileName bytes: some Collection<UInt8>) {
        let bytes = Array(bytes)
        if let text = String(validating: bytes, as: UTF8.self), !text.unicodeScalars.contains(where: { $0.rawByte != nil }) {
            self = text
            return
        }
        self = ""
        var index = 0
        while index < bytes.count {
            let length = Self.length(lead: bytes[index])
            let character = bytes[index..<min(index + length, bytes.count)]
            if let text = String(validating: character, as: UTF8.self), text.unicodeScalars.first?.rawByte == nil {
                self += text
                index += length
            } else {
                // Every byte below 0x80 is a character, and no surrogate is near.
                unicodeScalars.append(Unicode.Scalar(0xef00 + UInt32(bytes[index])) ?? "\u{fffd}")
                index += 1
            }
        }
    }

    /// The same, up to a zero.
    public init(fileName pointer: UnsafePointer<CChar>) {
        self.init(fileName: UnsafeRawBufferPointer(start: pointer, count: String.length(pointer)))
    }

    /// The name as the system has it, with a zero at its end: what every call that takes a path is given.
    public var fileName: [CChar] {
        var bytes = [CChar]()
        bytes.reserveCapacity(utf8.count + 1)
        for scalar in unicodeScalars {
            if let byte = scalar.rawByte {
                bytes.append(CChar(bitPattern: byte))
            } else {
                for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter { bytes.append(CChar(bitPattern: byte)) }
            }
        }
        bytes.append(0)
        return bytes
    }

    /// What stands between slashes. By bytes: a slash and an accent behind it are one `Character`.
    public var pathComponents: [String] {
        utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map { String(Substring($0)) }
    }

    /// The name without its folder.
    public var lastPathComponent: String { utf8.split(separator: UInt8(ascii: "/")).last.map { String(Substring($0)) } ?? self }

    /// The folder's name, without its last slash; nil if there is no slash.
    public var parentFolder: String? {
        utf8.lastIndex(of: UInt8(ascii: "/")).map { String(self[..<$0]) }
    }

    /// Of a UTF-8 character that begins with this byte; 1 where none does.
    private static func length(lead: UInt8) -> Int {
        switch lead {
        case 0xc2...0xdf: 2
        case 0xe0...0xef: 3
        case 0xf0...0xf4: 4
        default: 1
        }
    }

    private static func length(_ pointer: UnsafePointer<CChar>) -> Int {
        var length = 0
        while pointer[length] != 0 { length += 1 }
        return length
    }
}
