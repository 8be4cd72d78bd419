import FullrankModel

/// Reads a CSV file's content in one pass. `CSVFile` describes the accepted format.
struct CSVReader {
    private(set) var values = [Double]()
    /// Coordinates of a point: fields less those of an index. 0 before the first line of fields.
    private(set) var columns = 0
    /// The parts that were not read as points, in words.
    private(set) var notes = [String]()

    private var lines: CSVLines
    /// Fields of a line, and at its beginning those that are not coordinates.
    private var width = 0
    private var skipped = 0
    /// For messages: the line that determines the number of fields, and whether it contains a `#`.
    private var firstLine = 0
    private var firstHasHash = false

    init(bytes: [UInt8]) throws(CSVProblem) { lines = CSVLines(bytes: try CSVText.utf8(bytes)) }

    mutating func readAll() throws(CSVProblem) {
        guard try lines.next() else { throw .empty }
        if let line = lines.separatorLine { notes.append("line \(line) names the separator, and is no point") }
        measure()
        let header = CSVHeader(lines.bytes, lines.fields)
        let countsUp = CSVHeader.counts(lines.bytes, lines.fields)
        if header != .none {
            guard try lines.next() else { throw .empty }
            takeIndex(below: header)
        }
        repeat { try takePoint() } while try lines.next()
        // In a single column, a 0 before whole numbers is a value.
        if countsUp, width > 1 || values.contains(where: { $0 != $0.rounded() }) {
            notes.append("line \(firstLine) counts up from 0 and is taken as a point, not as a header")
        }
    }

    private mutating func measure() {
        (width, firstLine, firstHasHash) = (lines.fields.count, lines.line, lines.hasHash)
        columns = width - skipped
    }

    /// Decides at the first line below a header whether the first column is an index.
    private mutating func takeIndex(below header: CSVHeader) {
        var note = "line \(firstLine) is taken as a header"
        if header == .index {
            skipped = 1
            columns = width - 1
            note += ", and column 1, which it gives no name, as an index: left out"
        } else if lines.fields.count == width + 1,
            lines.isQuoted(0) || !CSVNumber.isNumeric(lines.bytes, lines.fields[0])
        {
            // As R's write.table has it: names of rows, and no name above them.
            skipped = 1
            note += " of one column fewer, and column 1, which it does not name, as an index: left out"
            measure()
        }
        notes.append(note)
    }

    private mutating func takePoint() throws(CSVProblem) {
        guard lines.fields.count == width else {
            throw .ragged(
                line: lines.line, found: lines.fields.count, expected: width, firstLine: firstLine,
                note: note(firstHasHash || lines.hasHash))
        }
        for column in skipped..<width { values.append(try number(lines.fields[column], column: column + 1)) }
    }

    private func note(_ hasHash: Bool) -> String {
        "fields are separated by \((lines.separator ?? .blanks).words)"
            + (hasHash ? ", and '#' begins a comment only where a line begins or behind numbers" : "")
    }

    private func number(_ field: Range<Int>, column: Int) throws(CSVProblem) -> Double {
        if let value = CSVNumber.decimal(lines.bytes, field), value.isFinite, !field.isEmpty { return value }
        guard !field.isEmpty else { throw .emptyField(line: lines.line, column: column) }
        let text = String(decoding: lines.bytes[field].prefix(200), as: UTF8.self)
        guard !CSVNumber.isNumeric(lines.bytes, field) else {
            throw .notFinite(line: lines.line, column: column, text: text)
        }
        // Mentioned only if it may be the reason.
        let hasOther = lines.bytes[field].contains { CSVSeparator(rawValue: $0) != nil }
        throw .notANumber(
            line: lines.line, column: column, text: text, note: hasOther || lines.hasHash ? note(lines.hasHash) : "")
    }
}
