// The system's file names are bytes, usually but not always UTF-8. Paths are strings everywhere in the program, and
// these functions convert in both directions without loss. A byte that does not belong to a UTF-8 character becomes the
// character U+EF00 + byte (U+EF80 to U+EFFF of the private use area, as in MirBSD's OPTU encoding). If a name contains
// one of these characters, each of its three bytes is converted in this way. Different names have different strings.

extension Unicode.Scalar {
    /// The byte of a file name that this character represents; nil for every other character.
    public var rawByte: UInt8? { (0xef80...0xefff).contains(value) ? UInt8(truncatingIfNeeded: value) : nil }

    /// `\xE9` if the character represents a byte; nil for every other character.
    public var rawByteText: String? { rawByte.map { "\\x" + String($0, radix: 16, uppercase: true) } }
}

extension String {
    /// A name that the system gave: an argument, an entry of a folder, a variable of the environment.
    public init(fileName bytes: some Collection<UInt8>) {
        let bytes = Array(bytes)
        if let text = String(validating: bytes, as: UTF8.self),
            !text.unicodeScalars.contains(where: { $0.rawByte != nil })
        {
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

    /// The system's bytes of the name, followed by a zero. Every call that takes a path gets these bytes.
    public var fileName: [CChar] {
        var bytes = [CChar]()
        bytes.reserveCapacity(utf8.count + 1)
        for scalar in unicodeScalars {
            if let byte = scalar.rawByte {
                bytes.append(CChar(bitPattern: byte))
            } else {
                for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter {
                    bytes.append(CChar(bitPattern: byte))
                }
            }
        }
        bytes.append(0)
        return bytes
    }

    /// The parts between slashes. This works on bytes, because a slash followed by an accent is one `Character`.
    public var pathComponents: [String] {
        utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map { String(Substring($0)) }
    }

    /// The name without its folder.
    public var lastPathComponent: String {
        utf8.split(separator: UInt8(ascii: "/")).last.map { String(Substring($0)) } ?? self
    }

    /// The folder's name, without its last slash; nil if there is no slash.
    public var parentFolder: String? {
        utf8.lastIndex(of: UInt8(ascii: "/")).map { String(self[..<$0]) }
    }

    /// The length of a UTF-8 character that begins with this byte; 1 if none does.
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
