/// The type of a .npy file's elements.
public struct NPYElement: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        case float
        case signed
        case unsigned
        case boolean
    }

    public let kind: Kind
    /// Bytes of one element: 4 or 8 for floats, 1 to 8 for integers, 1 for booleans.
    public let size: Int
    public let bigEndian: Bool
    /// As the file says it: `<f8`.
    public let descriptor: String

    /// Reads `<f8`, `>i4`, `|u1`: byte order, kind, size.
    init(_ descriptor: String) throws(NPYProblem) {
        func unsupported(_ meaning: String) -> NPYProblem {
            .unsupportedType(descriptor: descriptor, meaning: meaning)
        }
        let characters = Array(descriptor.utf8)
        guard characters.count >= 2, let order = "<>|=".utf8.first(where: { $0 == characters[0] }) else {
            throw unsupported("not a byte order, a kind and a size such as <f8")
        }
        let digits = String(decoding: characters[2...], as: UTF8.self)
        guard let size = Int(digits), "\(size)" == digits else {
            throw unsupported(Self.meanings[characters[1]] ?? "not a byte order, a kind and a size such as <f8")
        }
        switch (characters[1], size) {
        case (UInt8(ascii: "f"), 4), (UInt8(ascii: "f"), 8): kind = .float
        case (UInt8(ascii: "i"), 1), (UInt8(ascii: "i"), 2), (UInt8(ascii: "i"), 4), (UInt8(ascii: "i"), 8):
            kind = .signed
        case (UInt8(ascii: "u"), 1), (UInt8(ascii: "u"), 2), (UInt8(ascii: "u"), 4), (UInt8(ascii: "u"), 8):
            kind = .unsigned
        case (UInt8(ascii: "b"), 1): kind = .boolean
        case (UInt8(ascii: "f"), 2): throw unsupported("half precision")
        case (UInt8(ascii: "f"), 10...): throw unsupported("extended precision")
        case (let letter, _): throw unsupported(Self.meanings[letter] ?? "unknown")
        }
        guard size == 1 || order == UInt8(ascii: "<") || order == UInt8(ascii: ">") else {
            throw unsupported("without a byte order")
        }
        self.size = size
        self.bigEndian = order == UInt8(ascii: ">")
        self.descriptor = descriptor
    }

    private static let meanings: [UInt8: String] = [
        UInt8(ascii: "c"): "complex numbers", UInt8(ascii: "O"): "Python objects", UInt8(ascii: "S"): "strings",
        UInt8(ascii: "a"): "strings", UInt8(ascii: "U"): "strings", UInt8(ascii: "V"): "structured or raw",
        UInt8(ascii: "M"): "dates", UInt8(ascii: "m"): "time differences",
    ]
}
