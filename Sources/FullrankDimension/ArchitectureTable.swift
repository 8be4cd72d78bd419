import FullrankModel

/// A table of architectures: CSV with a header, fields in double quotes or not.
public struct ArchitectureTable: Hashable, Sendable {
    public let header: [String]
    public private(set) var rows: [Row] = []

    public struct Row: Hashable, Sendable {
        /// In the file, from 1.
        public let line: Int
        public let architecture: Architecture
        /// As many as the header's.
        public let fields: [String]
    }

    public static let column = "architecture"

    /// Why bytes are no such table.
    public struct Damage: Error, Hashable, Sendable, CustomStringConvertible {
        public let line: Int
        public let words: String
        public var description: String { "line \(line): \(words)" }
    }

    public init(parsing bytes: [UInt8], biases: Bool = false) throws(Damage) {
        var reader = Lines(bytes)
        guard let first = try reader.next() else {
            throw Damage(line: 1, words: "the table is empty; its header has a column '\(Self.column)'")
        }
        header = first
        guard let place = header.firstIndex(of: Self.column) else {
            throw Damage(
                line: 1,
                words: "the header has no column '\(Self.column)', in which \"[2, 3, 4, 1]\" or 2-3-4-1 would be")
        }
        while let fields = try reader.next() {
            if fields == [""] { continue }
            guard fields.count == header.count else {
                throw Damage(
                    line: reader.line,
                    words: "\(fields.count) fields; the header has \(header.count) (widths with commas go into quotes, "
                        + "or are written 2-3-4-1)")
            }
            do throws(ArchitectureError) {
                rows.append(
                    Row(
                        line: reader.line, architecture: try Architecture(parsing: fields[place], biases: biases),
                        fields: fields))
            } catch {
                throw Damage(line: reader.line, words: error.description)
            }
            guard rows.count <= DimensionPlan.mostArchitectures else {
                throw Damage(
                    line: reader.line, words: "more than \(DimensionPlan.mostArchitectures) rows; fewer are taken")
            }
        }
        guard !rows.isEmpty else { throw Damage(line: 1, words: "no row follows the header") }
    }

    /// A column's place; nil if there is none of that name.
    public func place(_ name: String) -> Int? { header.firstIndex(of: name) }
}

extension ArchitectureTable {
    /// Splits lines into fields. A quoted field may hold commas, and quotes twice; lines end in LF or CRLF.
    private struct Lines {
        private let bytes: [UInt8]
        private var position = 0
        private(set) var line = 0

        init(_ bytes: [UInt8]) {
            self.bytes = bytes
            // A byte order mark.
            if bytes.starts(with: [0xef, 0xbb, 0xbf]) { position = 3 }
        }

        mutating func next() throws(Damage) -> [String]? {
            guard position < bytes.count else { return nil }
            line += 1
            var fields = [String](), field = [UInt8](), isQuoted = false
            while position < bytes.count {
                let byte = bytes[position]
                position += 1
                switch byte {
                case UInt8(ascii: "\""):
                    if isQuoted, position < bytes.count, bytes[position] == byte {
                        field.append(byte)
                        position += 1
                    } else {
                        isQuoted.toggle()
                    }
                case UInt8(ascii: ",") where !isQuoted:
                    fields.append(String(decoding: field, as: UTF8.self))
                    field = []
                case UInt8(ascii: "\n"):
                    guard !isQuoted else {
                        throw Damage(line: line, words: "a quoted field has no closing quote on its line")
                    }
                    if field.last == UInt8(ascii: "\r") { field.removeLast() }
                    return fields + [String(decoding: field, as: UTF8.self)]
                default: field.append(byte)
                }
            }
            guard !isQuoted else { throw Damage(line: line, words: "a quoted field has no closing quote on its line") }
            return fields + [String(decoding: field, as: UTF8.self)]
        }
    }
}
