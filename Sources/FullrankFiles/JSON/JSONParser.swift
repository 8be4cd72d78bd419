import FullrankModel

/// Why a text is not JSON, in words.
package struct JSONDamage: Error, Hashable, Sendable {
    package let words: String
}

extension JSONValue {
    /// Reads one JSON text (RFC 8259), nothing after it.
    package init(parsing bytes: [UInt8]) throws(JSONDamage) {
        var parser = JSONParser(bytes: bytes)
        self = try parser.value(depth: 0)
        parser.skipSpace()
        guard parser.place == bytes.count else { throw parser.damage("something follows the end") }
    }
}

private struct JSONParser {
    let bytes: [UInt8]
    var place = 0

    func damage(_ words: String) -> JSONDamage { JSONDamage(words: "\(words) (byte \(place))") }

    var next: UInt8? { place < bytes.count ? bytes[place] : nil }

    mutating func skipSpace() {
        while let byte = next, [0x20, 0x0a, 0x0d, 0x09].contains(byte) { place += 1 }
    }

    mutating func take(_ character: Character) -> Bool {
        guard next == character.asciiValue else { return false }
        place += 1
        return true
    }

    mutating func take(word: String) throws(JSONDamage) {
        guard bytes[place...].starts(with: word.utf8) else { throw damage("'\(word)' is misspelt") }
        place += word.utf8.count
    }

    mutating func value(depth: Int) throws(JSONDamage) -> JSONValue {
        guard depth < 64 else { throw damage("nested too deep") }
        skipSpace()
        switch next.map({ Character(Unicode.Scalar($0)) }) {
        case "{": return .object(try members(depth: depth))
        case "[": return .array(try items(depth: depth))
        case "\"": return .string(try string())
        case "t":
            try take(word: "true")
            return .bool(true)
        case "f":
            try take(word: "false")
            return .bool(false)
        case "n":
            try take(word: "null")
            return .null
        case nil: throw damage("it ends too early")
        default: return .number(try number())
        }
    }

    mutating func members(depth: Int) throws(JSONDamage) -> [JSONValue.Member] {
        place += 1
        var members = [JSONValue.Member]()
        var names = Set<String>()
        skipSpace()
        if take("}") { return members }
        while true {
            skipSpace()
            guard next == UInt8(ascii: "\"") else { throw damage("a name in quotes is missing") }
            let name = try string()
            guard names.insert(name).inserted else { throw damage("\"\(name)\" stands twice") }
            skipSpace()
            guard take(":") else { throw damage("a colon is missing") }
            members.append(JSONValue.Member(name, try value(depth: depth + 1)))
            skipSpace()
            if take("}") { return members }
            guard take(",") else { throw damage("a comma or } is missing") }
        }
    }

    mutating func items(depth: Int) throws(JSONDamage) -> [JSONValue] {
        place += 1
        var items = [JSONValue]()
        skipSpace()
        if take("]") { return items }
        while true {
            items.append(try value(depth: depth + 1))
            skipSpace()
            if take("]") { return items }
            guard take(",") else { throw damage("a comma or ] is missing") }
        }
    }

    mutating func number() throws(JSONDamage) -> String {
        let start = place
        _ = take("-")
        let whole = digits()
        guard whole == 1 || (whole > 1 && bytes[place - whole] != UInt8(ascii: "0")) else {
            throw damage("a value is missing")
        }
        if take("."), digits() == 0 { throw damage("digits are missing") }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            if digits() == 0 { throw damage("digits are missing") }
        }
        return String(decoding: bytes[start..<place], as: UTF8.self)
    }

    mutating func digits() -> Int {
        let start = place
        while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { place += 1 }
        return place - start
    }

    mutating func string() throws(JSONDamage) -> String {
        place += 1
        var units = [UInt8]()
        while let byte = next {
            place += 1
            switch Character(Unicode.Scalar(byte)) {
            case "\"":
                guard let text = String(validating: units, as: UTF8.self) else { throw damage("a string is not UTF-8") }
                return text
            case "\\": units += try escape()
            default:
                guard byte >= 0x20 else { throw damage("a control character stands in a string") }
                units.append(byte)
            }
        }
        throw damage("a string has no end")
    }

    mutating func escape() throws(JSONDamage) -> [UInt8] {
        guard let byte = next else { throw damage("a string has no end") }
        place += 1
        switch Character(Unicode.Scalar(byte)) {
        case "n": return [0x0a]
        case "t": return [0x09]
        case "r": return [0x0d]
        case "b": return [0x08]
        case "f": return [0x0c]
        case "\"", "\\", "/": return [byte]
        case "u":
            var units = [try hexadecimal()]
            if units[0] & 0xfc00 == 0xd800, bytes[place...].starts(with: Array("\\u".utf8)) {
                place += 2
                units.append(try hexadecimal())
            }
            guard let text = String(validating: units, as: UTF16.self) else { throw damage("half a surrogate pair") }
            return Array(text.utf8)
        default: throw damage("an unknown escape")
        }
    }

    mutating func hexadecimal() throws(JSONDamage) -> UInt16 {
        // Each must be a digit: `UInt16` alone would accept a sign before fewer of them.
        guard place + 4 <= bytes.count,
            bytes[place..<(place + 4)].allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
            let unit = UInt16(String(decoding: bytes[place..<(place + 4)], as: UTF8.self), radix: 16)
        else { throw damage("four hexadecimal digits are missing") }
        place += 4
        return unit
    }
}
