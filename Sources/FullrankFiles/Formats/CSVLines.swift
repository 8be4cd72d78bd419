import FullrankModel

/// The lines of a .csv file, split into fields. Blank lines and comments are skipped.
///
/// A field may be in double quotes (RFC 4180), and may then contain separators, `#`, and line ends; a quote in it is
/// doubled. `#` begins a comment if it is the first character of a line, or if only numbers precede it.
struct CSVLines {
    /// Ends with a zero, for `strtod`.
    let bytes: [UInt8]
    private let end: Int
    private var position = 0
    private var following = 1
    private let quote = UInt8(ascii: "\"")

    /// The number of the line that `fields` are from, the first if quotes hold several.
    private(set) var line = 0
    /// Without blanks at either end, and without quotes.
    private(set) var fields = [Range<Int>]()
    /// Whether the line has a `#` outside quotes that begins no comment.
    private(set) var hasHash = false
    /// Chosen by the first line of fields: outside quotes a comma, else a semicolon, else a tab, else blanks; or by a
    /// line `sep=;` before it, as spreadsheets write it.
    private(set) var separator: CSVSeparator?
    /// The line that chose it with `sep=`.
    private(set) var separatorLine: Int?

    init(bytes: [UInt8]) {
        end = bytes.count
        self.bytes = bytes + [0]
    }

    /// Splits the next line that is not empty; false at the end.
    mutating func next() throws(CSVProblem) -> Bool {
        while position < end {
            line = following
            let start = position
            let (stop, hash) = try takeLine()
            let content = trimmed(start..<stop)
            guard !content.isEmpty, bytes[content.lowerBound] != UInt8(ascii: "#") else { continue }
            if separator == nil, let declared = declaration(content) {
                (separator, separatorLine) = (declared, line)
                continue
            }
            if let hash, takeNumbers(before: start..<hash) { return true }
            hasHash = hash != nil
            separator = separator ?? likeliest(content)
            split(trimmed(start..<stop))
            return true
        }
        return false
    }

    /// Whether a field was quoted.
    func isQuoted(_ field: Int) -> Bool { fields[field].lowerBound > 0 && bytes[fields[field].lowerBound - 1] == quote }

    /// Moves past the line; returns the end of its content, and the first `#` outside quotes.
    private mutating func takeLine() throws(CSVProblem) -> (stop: Int, hash: Int?) {
        var index = position
        var hash: Int?
        // A quote opens a field only at the field's beginning, and never after a `#`, which may begin a comment.
        var opens = true
        while index < end, !isLineEnd(bytes[index]) {
            let byte = bytes[index]
            if byte == quote, opens, hash == nil {
                guard let close = closing(index, before: end) else { throw .openQuote(line: line) }
                for inner in index..<close where isLineEnd(bytes[inner]) && !isPair(inner) { following += 1 }
                index = close
                opens = false
            } else if byte == UInt8(ascii: "#") {
                hash = hash ?? index
                opens = false
            } else if CSVSeparator(rawValue: byte).map({ $0 == separator || separator == nil || separator == .blanks })
                == true
            {
                opens = true
            } else if !isBlank(byte) {
                opens = false
            }
            index += 1
        }
        let stop = index
        if index < end { index += isPair(index) ? 2 : 1 }
        following += 1
        position = index
        return (stop, hash)
    }

    /// The quote that ends the field opened at `index`.
    private func closing(_ index: Int, before limit: Int) -> Int? {
        var place = index + 1
        while place < limit {
            if bytes[place] == quote {
                guard bytes[place + 1] == quote else { return place }
                place += 1
            }
            place += 1
        }
        return nil
    }

    private func isLineEnd(_ byte: UInt8) -> Bool { byte == 0x0a || byte == 0x0d }

    /// CR, LF: one end of one line.
    private func isPair(_ index: Int) -> Bool { bytes[index] == 0x0d && bytes[index + 1] == 0x0a }

    private func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

    private func declaration(_ content: Range<Int>) -> CSVSeparator? {
        guard content.count == 5, bytes[content].starts(with: Array("sep=".utf8)) else { return nil }
        return CSVSeparator(rawValue: bytes[content.upperBound - 1])
    }

    private func likeliest(_ content: Range<Int>) -> CSVSeparator {
        var found = Set<UInt8>()
        var index = content.lowerBound
        var opens = true
        while index < content.upperBound {
            let byte = bytes[index]
            if byte == quote, opens, let close = closing(index, before: content.upperBound) {
                index = close
                opens = false
            } else if CSVSeparator(rawValue: byte) != nil {
                found.insert(byte)
                opens = true
            } else {
                opens = false
            }
            index += 1
        }
        return CSVSeparator.allCases.first { found.contains($0.rawValue) } ?? .blanks
    }

    /// Takes the text before a `#`, if it consists of numbers, and treats the rest as a comment.
    private mutating func takeNumbers(before content: Range<Int>) -> Bool {
        let chosen = separator
        separator = separator ?? likeliest(content)
        split(trimmed(content))
        hasHash = false
        if fields.allSatisfy({ CSVNumber.isNumeric(bytes, $0) }) { return true }
        separator = chosen
        return false
    }

    private mutating func split(_ content: Range<Int>) {
        fields.removeAll(keepingCapacity: true)
        let separator = separator ?? .blanks
        func separates(_ byte: UInt8) -> Bool { separator == .blanks ? isBlank(byte) : byte == separator.rawValue }
        var start = content.lowerBound
        while true {
            let opening = trimmed(start..<content.upperBound).lowerBound
            var index = start
            if bytes[opening] == quote, opening < content.upperBound,
                let close = closing(opening, before: content.upperBound)
            {
                let behind = trimmed((close + 1)..<content.upperBound).lowerBound
                if behind == content.upperBound || separates(bytes[behind]) || separates(bytes[close + 1]) {
                    fields.append(trimmed((opening + 1)..<close))
                    index = separator == .blanks ? close + 1 : behind
                    guard index < content.upperBound else { return }
                    start = index + 1
                    if separator == .blanks { start = trimmed(start..<content.upperBound).lowerBound }
                    continue
                }
            }
            while index < content.upperBound, !separates(bytes[index]) { index += 1 }
            fields.append(trimmed(start..<index))
            guard index < content.upperBound else { return }
            start = index + 1
            if separator == .blanks { start = trimmed(start..<content.upperBound).lowerBound }
        }
    }

    /// Without blanks at either end. A tab that separates fields does not count as a blank.
    private func trimmed(_ range: Range<Int>) -> Range<Int> {
        func isMargin(_ byte: UInt8) -> Bool { isBlank(byte) && (byte != 0x09 || separator != .tab) }
        var (lower, upper) = (range.lowerBound, range.upperBound)
        while lower < upper, isMargin(bytes[lower]) { lower += 1 }
        while upper > lower, isMargin(bytes[upper - 1]) { upper -= 1 }
        return lower..<upper
    }
}
