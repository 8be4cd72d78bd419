/// Why a text is not well-formed XML, and where (a byte offset).
struct XMLError: Error { let reason: String, offset: Int }

/// Enough of XML 1.0 to tell a well-formed document from others, and to look into a figure. No declarations,
/// comments or CDATA: the figures have none.
struct XMLTree {
    let name: String
    let attributes: [String: String]
    let children: [XMLTree]
    /// All text inside, children's included, entities resolved.
    let text: String

    init(parsing source: String) throws(XMLError) {
        var parser = XMLParser(bytes: Array(source.utf8))
        self = try parser.element()
        parser.skipSpace()
        guard parser.offset == parser.bytes.count else { throw parser.error("text after the root element") }
    }

    fileprivate init(name: String, attributes: [String: String], children: [XMLTree], text: String) {
        (self.name, self.attributes, self.children, self.text) = (name, attributes, children, text)
    }

    /// This element and all below with that name.
    func all(_ wanted: String) -> [XMLTree] {
        (name == wanted ? [self] : []) + children.flatMap { $0.all(wanted) }
    }

    func number(_ attribute: String) -> Double { attributes[attribute].flatMap { Double($0) } ?? .nan }
}

private struct XMLParser {
    let bytes: [UInt8]
    var offset = 0

    func error(_ reason: String) -> XMLError { XMLError(reason: reason, offset: offset) }
    var next: UInt8? { offset < bytes.count ? bytes[offset] : nil }
    mutating func skipSpace() { while let byte = next, [9, 10, 13, 32].contains(byte) { offset += 1 } }

    mutating func take(_ text: String) -> Bool {
        guard bytes[offset...].starts(with: text.utf8) else { return false }
        offset += text.utf8.count
        return true
    }

    mutating func name() throws(XMLError) -> String {
        let start = offset
        while let byte = next,
            Character(Unicode.Scalar(byte)).isLetter || byte == 45 || byte == 58
                || (offset > start && (48...57).contains(byte))
        { offset += 1 }
        guard offset > start else { throw error("a name is missing") }
        return String(decoding: bytes[start..<offset], as: UTF8.self)
    }

    /// Text up to one of `ends`, which is left standing.
    mutating func characters(until ends: [UInt8]) throws(XMLError) -> String {
        var result = [UInt8]()
        while let byte = next, !ends.contains(byte) {
            if byte == UInt8(ascii: "&") {
                let entities = [("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\"")]
                var isKnown = false
                for (entity, meaning) in entities where !isKnown && take(entity) {
                    result += Array(meaning.utf8)
                    isKnown = true
                }
                guard isKnown else { throw error("an ampersand that begins no entity") }
                continue
            }
            guard byte >= 32 || [9, 10, 13].contains(byte), byte != UInt8(ascii: "<") else {
                throw error("a character that XML does not allow here")
            }
            result.append(byte)
            offset += 1
        }
        return String(decoding: result, as: UTF8.self)
    }

    mutating func element() throws(XMLError) -> XMLTree {
        guard take("<") else { throw error("an element is missing") }
        let name = try name()
        var attributes = [String: String]()
        while true {
            let before = offset
            skipSpace()
            if take("/>") { return XMLTree(name: name, attributes: attributes, children: [], text: "") }
            if take(">") { break }
            guard offset > before else { throw error("attributes run together") }
            let key = try self.name()
            guard take("=\"") else { throw error("attribute \(key) has no value") }
            let value = try characters(until: [UInt8(ascii: "\"")])
            guard take("\""), attributes.updateValue(value, forKey: key) == nil else {
                throw error("attribute \(key) is open, or stands twice")
            }
        }
        var children = [XMLTree]()
        var text = ""
        while true {
            text += try characters(until: [UInt8(ascii: "<")])
            if take("</") {
                guard take(name + ">") else { throw error("<\(name)> is not closed") }
                return XMLTree(name: name, attributes: attributes, children: children, text: text)
            }
            let child = try element()
            text += child.text
            children.append(child)
        }
    }
}
