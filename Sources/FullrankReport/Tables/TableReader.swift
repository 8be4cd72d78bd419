import FullrankModel

/// A table with wrong content: the line, counting from 1, and the reason.
public struct TableError: Error, Hashable, Sendable, CustomStringConvertible {
    public let line: Int
    public let reason: String
    public var description: String { "line \(line): \(reason)" }
}

/// Reads a table line by line and field by field, over the bytes: a table may have millions of lines.
struct TableReader {
    private let text: ArraySlice<UInt8>
    private var position: Int
    private(set) var line = 0
    /// Whether rows begin with the hidden layers of a deep sweep.
    private(set) var hasHidden = false
    /// Fields of the current line.
    private(set) var fields: [ArraySlice<UInt8>] = []

    init(_ text: String) {
        self.text = Array(text.utf8)[...]
        position = 0
    }

    /// Moves to the next line; false at the end. Every line, the last included, ends in a line feed: a file cut off
    /// inside its last line must not pass for a whole one.
    mutating func next() throws(TableError) -> Bool {
        guard position < text.endIndex else { return false }
        line += 1
        guard let end = text[position...].firstIndex(of: UInt8(ascii: "\n")) else {
            throw error("the line has no end: the file is cut off")
        }
        var content = text[position..<end]
        if content.last == UInt8(ascii: "\r") { content.removeLast() }
        fields.removeAll(keepingCapacity: true)
        var start = content.startIndex
        for index in content.indices where content[index] == UInt8(ascii: ",") {
            fields.append(content[start..<index])
            start = index + 1
        }
        fields.append(content[start...])
        position = end + 1
        return true
    }

    func error(_ reason: String) -> TableError { TableError(line: max(line, 1), reason: reason) }

    func text(_ field: Int) -> String { String(decoding: fields[field], as: UTF8.self) }

    /// A count: digits only, below 10¹⁸.
    func integer(_ field: Int, _ name: String) throws(TableError) -> Int {
        guard let value = Self.digits(fields[field]) else {
            throw error("\(name) is '\(text(field))', not a whole number")
        }
        return value
    }

    /// A number as this program writes it: digits, a point, six digits.
    func decimal(_ field: Int, _ name: String) throws(TableError) -> Double {
        let bytes = fields[field]
        guard let point = bytes.firstIndex(of: UInt8(ascii: ".")), bytes.endIndex - point == 7,
            let whole = Self.digits(bytes[..<point]), let millionths = Self.digits(bytes[(point + 1)...])
        else { throw error("\(name) is '\(text(field))', not a number with six decimals") }
        return Double(whole) + Double(millionths) / 1e6
    }

    private static func digits(_ bytes: ArraySlice<UInt8>) -> Int? {
        guard (1...18).contains(bytes.count) else { return nil }
        var value = 0
        for byte in bytes {
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
            value = 10 * value + Int(byte - UInt8(ascii: "0"))
        }
        return value
    }
}

extension TableReader {
    /// Reads the first line, which is `header`, with or without a ratio column in front; returns whether with. A
    /// deep sweep's has a column of hidden layers in its place.
    mutating func readHeader(_ header: String) throws(TableError) -> Bool {
        guard try next() else { throw error("the table is empty: its header is '\(header)'") }
        let written = fields.map { String(decoding: $0, as: UTF8.self) }.joined(separator: ",")
        if written == "hidden," + header {
            hasHidden = true
            return false
        }
        guard written == header || written == "ratio," + header else {
            throw error("the header is not '\(header)', nor that after 'ratio,' or 'hidden,'")
        }
        return written != header
    }

    /// Checks the number of fields and reads the ratio, if there is one; `first` is the field after it.
    func readRatio(_ hasRatio: Bool, fields count: Int) throws(TableError) -> (ratio: Ratio?, first: Int) {
        let expected = count + (hasRatio || hasHidden ? 1 : 0)
        guard fields.count == expected else { throw error("\(fields.count) fields, where there are \(expected)") }
        guard hasRatio else { return (nil, hasHidden ? 1 : 0) }
        guard let ratio = Ratio(text(0)) else { throw error("ratio is '\(text(0))', not a positive decimal") }
        return (ratio, 1)
    }

    /// The hidden layers of the row, if there are any.
    func readHidden() throws(TableError) -> HiddenLayers? {
        guard hasHidden else { return nil }
        guard let layers = HiddenLayers(text(0)) else {
            throw error("hidden is '\(text(0))', neither none nor such as 64x64")
        }
        return layers
    }
}
