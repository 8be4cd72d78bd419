import Glibc

/// Reads a CSV file's content in one pass; `CSVFile` says what is taken.
struct CSVReader {
    private(set) var values = [Double]()
    /// Of the first line of fields; 0 before it.
    private(set) var columns = 0

    /// Ends with a zero, for `strtod`.
    private let bytes: [UInt8]
    private let end: Int
    private var position = 0
    private var line = 0
    private var firstLine = 0
    /// nil before the first line of fields, and for runs of blanks.
    private var separator: UInt8?
    private var fields = [Range<Int>]()

    init(bytes: [UInt8]) {
        end = bytes.count
        self.bytes = bytes + [0]
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) { position = 3 }
    }

    mutating func readAll() throws(CSVProblem) {
        while let raw = nextLine() {
            if trimmed(raw).isEmpty { continue }
            if columns == 0 { chooseSeparator(raw) }
            split(trimmed(raw))
            if columns == 0 {
                columns = fields.count
                firstLine = line
                if fields.allSatisfy({ !isNumeric($0) }), !fields.allSatisfy(\.isEmpty) { continue }
            }
            guard fields.count == columns else {
                throw .ragged(line: line, found: fields.count, expected: columns, firstLine: firstLine)
            }
            for (column, field) in fields.enumerated() {
                values.append(try number(field, column: column + 1))
            }
        }
        guard !values.isEmpty else { throw .empty }
    }

    /// The next line without its comment and its end.
    private mutating func nextLine() -> Range<Int>? {
        guard position < end else { return nil }
        line += 1
        let start = position
        var comment: Int?
        while position < end, bytes[position] != UInt8(ascii: "\n"), bytes[position] != UInt8(ascii: "\r") {
            if comment == nil, bytes[position] == UInt8(ascii: "#") { comment = position }
            position += 1
        }
        let content = start..<(comment ?? position)
        if position < end {
            position += bytes[position] == UInt8(ascii: "\r") && bytes[position + 1] == UInt8(ascii: "\n") ? 2 : 1
        }
        return content
    }

    private mutating func chooseSeparator(_ content: Range<Int>) {
        separator = [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")].first { bytes[content].contains($0) }
    }

    private mutating func split(_ content: Range<Int>) {
        fields.removeAll(keepingCapacity: true)
        var start = content.lowerBound
        for index in content where separator == nil ? isBlank(bytes[index]) : bytes[index] == separator {
            if separator != nil || index > start { fields.append(trimmed(start..<index)) }
            start = index + 1
        }
        fields.append(trimmed(start..<content.upperBound))
    }

    private func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

    /// Without blanks at either end; a tab that separates fields is no blank.
    private func trimmed(_ range: Range<Int>) -> Range<Int> {
        func isMargin(_ byte: UInt8) -> Bool { isBlank(byte) && byte != separator }
        var (lower, upper) = (range.lowerBound, range.upperBound)
        while lower < upper, isMargin(bytes[lower]) { lower += 1 }
        while upper > lower, isMargin(bytes[upper - 1]) { upper -= 1 }
        return lower..<upper
    }

    private func number(_ field: Range<Int>, column: Int) throws(CSVProblem) -> Double {
        guard !field.isEmpty else { throw .emptyField(line: line, column: column) }
        if let value = decimal(field), value.isFinite { return value }
        let text = String(decoding: bytes[field].prefix(200), as: UTF8.self)
        throw isNumeric(field)
            ? .notFinite(line: line, column: column, text: text) : .notANumber(line: line, column: column, text: text)
    }

    /// Infinite where the decimal is beyond float64's range; nil where it is no decimal.
    private func decimal(_ field: Range<Int>) -> Double? {
        // strtod reads more than decimals: hexadecimal, inf, nan. It rounds correctly, and ends at the separator.
        for byte in bytes[field] {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "+"),
                UInt8(ascii: "e"), UInt8(ascii: "E"):
                continue
            default: return nil
            }
        }
        return bytes.withUnsafeBytes { raw in
            let start = raw.baseAddress!.advanced(by: field.lowerBound).assumingMemoryBound(to: CChar.self)
            var stop: UnsafeMutablePointer<CChar>?
            let value = strtod(start, &stop)
            return stop.map { UnsafePointer($0) == start + field.count } == true ? value : nil
        }
    }

    /// A decimal, or one of the words for NaN and infinity.
    private func isNumeric(_ field: Range<Int>) -> Bool {
        guard !field.isEmpty else { return false }
        if decimal(field) != nil { return true }
        // "-infinity" is the longest such word.
        guard field.count <= 9 else { return false }
        let text = String(decoding: bytes[field], as: UTF8.self).lowercased()
        let word = text.hasPrefix("-") || text.hasPrefix("+") ? String(text.dropFirst()) : text
        return ["nan", "inf", "infinity"].contains(word)
    }
}
