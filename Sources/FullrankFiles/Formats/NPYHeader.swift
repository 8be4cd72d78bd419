import FullrankModel

/// The content of a .npy file's header: a Python dict literal of exactly the keys `descr`, `fortran_order` and `shape`,
/// in any order. No other Python expression is accepted.
struct NPYHeader {
    var element: NPYElement
    var fortranOrder: Bool
    var shape: [Int]

    /// NumPy's own limit.
    static let mostDimensions = 64

    init(_ text: ArraySlice<UInt8>) throws(NPYProblem) {
        var literal = PythonLiteral(text)
        var element: NPYElement?
        var fortranOrder: Bool?
        var shape: [Int]?
        try literal.expect("{", "a dict such as {'descr': '<f8', 'fortran_order': False, 'shape': (3, 2), }")
        while !literal.take("}") {
            let key = try literal.string("a key in quotes")
            try literal.expect(":", "':' after \(key.quoted)")
            switch key {
            case "descr" where element == nil:
                guard !literal.next(is: "[") else {
                    throw .unsupportedType(descriptor: "[...]", meaning: "structured")
                }
                element = try NPYElement(literal.string("a type such as '<f8'"))
            case "fortran_order" where fortranOrder == nil: fortranOrder = try literal.boolean()
            case "shape" where shape == nil: shape = try literal.tuple(limit: Self.mostDimensions)
            case "descr", "fortran_order", "shape": throw .header("the key '\(key)' stands there twice")
            default: throw .header("the key \(key.quoted) is none of 'descr', 'fortran_order', 'shape'")
            }
            if !literal.take(",") {
                try literal.expect("}", "',' or '}'")
                break
            }
        }
        try literal.expectEnd()
        guard let element else { throw .header("the key 'descr' is missing") }
        guard let fortranOrder else { throw .header("the key 'fortran_order' is missing") }
        guard let shape else { throw .header("the key 'shape' is missing") }
        self.element = element
        self.fortranOrder = fortranOrder
        self.shape = shape
    }

    /// `(3, 2)`, `(3,)`, `()`: as Python writes it.
    static func text(_ tuple: [Int]) -> String {
        "(" + tuple.map { "\($0)" }.joined(separator: ", ") + (tuple.count == 1 ? ",)" : ")")
    }
}

/// Reads the few Python literals a .npy header holds.
private struct PythonLiteral {
    private let text: ArraySlice<UInt8>
    private var index: Int

    init(_ text: ArraySlice<UInt8>) {
        self.text = text
        index = text.startIndex
    }

    private mutating func skipSpace() {
        while index < text.endIndex, [0x20, 0x09, 0x0a, 0x0d].contains(text[index]) { index += 1 }
    }

    private func wanted(_ words: String) -> NPYProblem {
        let found =
            index < text.endIndex ? String(decoding: text[index...].prefix(20), as: UTF8.self).quoted : "its end"
        return .header("\(found) at byte \(index - text.startIndex) where \(words) should stand")
    }

    mutating func next(is character: Unicode.Scalar) -> Bool {
        skipSpace()
        return index < text.endIndex && text[index] == UInt8(ascii: character)
    }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard next(is: character) else { return false }
        index += 1
        return true
    }

    mutating func expect(_ character: Unicode.Scalar, _ words: String) throws(NPYProblem) {
        guard take(character) else { throw wanted(words) }
    }

    mutating func expectEnd() throws(NPYProblem) {
        skipSpace()
        guard index == text.endIndex else { throw wanted("nothing") }
    }

    /// Without escapes, since no key and no type needs one. Python 2 wrote `u'...'` in some files.
    mutating func string(_ words: String) throws(NPYProblem) -> String {
        skipSpace()
        if text[index...].starts(with: "u'".utf8) || text[index...].starts(with: "u\"".utf8) { index += 1 }
        guard index < text.endIndex, [UInt8(ascii: "'"), UInt8(ascii: "\"")].contains(text[index]) else {
            throw wanted(words)
        }
        guard let end = text[(index + 1)...].firstIndex(of: text[index]),
            !text[index..<end].contains(UInt8(ascii: "\\")), !text[index..<end].contains(UInt8(ascii: "\n"))
        else { throw wanted(words) }
        defer { index = end + 1 }
        return String(decoding: text[(index + 1)..<end], as: UTF8.self)
    }

    mutating func boolean() throws(NPYProblem) -> Bool {
        skipSpace()
        for (word, value) in [("True", true), ("False", false)] where text[index...].starts(with: word.utf8) {
            index += word.utf8.count
            return value
        }
        throw wanted("True or False")
    }

    /// `()`, `(3,)`, `(3, 2)`; Python 2 wrote `(3L, 2L)`.
    mutating func tuple(limit: Int) throws(NPYProblem) -> [Int] {
        try expect("(", "a shape such as (3, 2)")
        var sizes = [Int]()
        while !take(")") {
            skipSpace()
            let digits = text[index...].prefix { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
            guard !digits.isEmpty else { throw wanted("a whole number") }
            guard let size = Int(String(decoding: digits, as: UTF8.self)) else {
                throw .shapeOverflow(shape: "(\(String(decoding: digits, as: UTF8.self).printable(limit: 40)), ...)")
            }
            guard sizes.count < limit else { throw .tooManyDimensions(limit: limit) }
            sizes.append(size)
            index = digits.endIndex
            _ = take("L")
            if !take(",") {
                try expect(")", "',' or ')'")
                guard sizes.count > 1 else { throw .header("'(\(size))' is a number; a shape of one is '(\(size),)'") }
                break
            }
        }
        return sizes
    }
}
