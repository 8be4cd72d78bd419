import FullrankModel

/// The type of a .npy file's elements.
public struct NPYElement: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        case float
        case signed
        case unsigned
        case boolean
    }

    public let kind: Kind
    /// Bytes of one element: 2, 4 or 8 for floats, 1 to 8 for integers, 1 for booleans.
    public let size: Int
    public let bigEndian: Bool
    /// As the file writes it: `<f8`.
    public let descriptor: String

    /// Reads what `numpy.dtype` takes for these types: `<f8`, `>i4`, `|u1` (byte order, kind, size), without an order or
    /// with `=` or `|` the one of this machine, and NumPy's own letters and names (`d`, `float64`).
    init(_ descriptor: String) throws(NPYProblem) {
        func unsupported(_ meaning: String) -> NPYProblem {
            .unsupportedType(descriptor: descriptor, meaning: meaning)
        }
        var letters = descriptor.utf8[...]
        let order = letters.first.flatMap { "<>|=".utf8.contains($0) ? $0 : nil }
        if order != nil { letters.removeFirst() }
        let text = String(decoding: letters, as: UTF8.self)
        // A name has no byte order before it.
        let code = Self.letters[text] ?? (order == nil ? Self.names[text] : nil) ?? text
        guard let letter = code.utf8.first else { throw unsupported(Self.form) }
        let digits = String(decoding: code.utf8.dropFirst(), as: UTF8.self)
        guard let size = Int(digits), "\(size)" == digits else { throw unsupported(Self.meanings[letter] ?? Self.form) }
        switch (letter, size) {
        case (UInt8(ascii: "f"), 2), (UInt8(ascii: "f"), 4), (UInt8(ascii: "f"), 8): kind = .float
        case (UInt8(ascii: "i"), 1), (UInt8(ascii: "i"), 2), (UInt8(ascii: "i"), 4), (UInt8(ascii: "i"), 8):
            kind = .signed
        case (UInt8(ascii: "u"), 1), (UInt8(ascii: "u"), 2), (UInt8(ascii: "u"), 4), (UInt8(ascii: "u"), 8):
            kind = .unsigned
        case (UInt8(ascii: "b"), 1): kind = .boolean
        case (UInt8(ascii: "f"), 10...): throw unsupported("extended precision")
        case (UInt8(ascii: "V"), 2): throw unsupported("raw; bfloat16 is saved so, and float32 holds the same numbers")
        case (let letter, _): throw unsupported(Self.meanings[letter] ?? "unknown")
        }
        self.size = size
        self.bigEndian = order == UInt8(ascii: ">") || (order != UInt8(ascii: "<") && Int(1).bigEndian == 1)
        self.descriptor = descriptor
    }

    private static let form = "not a byte order, a kind and a size such as <f8"

    /// NumPy's letters, on machines whose C `long` has 64 bits.
    private static let letters = [
        "?": "b1", "b": "i1", "B": "u1", "h": "i2", "H": "u2", "i": "i4", "I": "u4", "l": "i8", "L": "u8", "q": "i8",
        "Q": "u8", "e": "f2", "f": "f4", "d": "f8",
    ]

    private static let names = [
        "bool": "b1", "int8": "i1", "uint8": "u1", "int16": "i2", "uint16": "u2", "int32": "i4", "uint32": "u4",
        "int64": "i8", "uint64": "u8", "int": "i8", "uint": "u8", "float16": "f2", "half": "f2", "float32": "f4",
        "single": "f4", "float64": "f8", "double": "f8", "float": "f8",
    ]

    private static let meanings: [UInt8: String] = [
        UInt8(ascii: "c"): "complex numbers", UInt8(ascii: "O"): "Python objects", UInt8(ascii: "S"): "strings",
        UInt8(ascii: "a"): "strings", UInt8(ascii: "U"): "strings", UInt8(ascii: "V"): "structured or raw",
        UInt8(ascii: "M"): "dates", UInt8(ascii: "m"): "time differences",
    ]
}
