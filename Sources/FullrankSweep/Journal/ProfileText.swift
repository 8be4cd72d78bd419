import FullrankRuns

/// A rank profile as a short text: the `pivots` of a journal line (docs/file-formats.md).
///
/// Near full rank most pivots are one column to the right of the pivot above. The text contains the step from there, in
/// the variable-length base-64 numbers of source maps (ECMA-426, "Base64 VLQ"): little end first, five bits per digit,
/// the sixth set if another digit follows. A step has its sign in the lowest bit. `-` is a row without a pivot, and
/// `ITEM*COUNT`, with an unsigned count, is an item repeated COUNT times.
package enum ProfileText {
    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    /// Most digits of a number: 62 bits and a sign.
    private static let longestNumber = 13

    /// The pivot columns by row, -1 for none.
    package static func append(_ columns: [Int64], to bytes: inout [UInt8]) {
        // An item is never longer than its row's number, or a repetition of a few.
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: (longestNumber + 1) * (columns.count + 2)) { text in
            digits.withUnsafeBufferPointer { digits in
                columns.withUnsafeBufferPointer { columns in
                    var writer = Writer(text: text.baseAddress!, digits: digits.baseAddress!)
                    writer.write(columns)
                    bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[..<writer.length]))
                }
            }
        }
    }

    /// Writes without bounds checks; the buffer has room for everything.
    private struct Writer {
        let text: UnsafeMutablePointer<UInt8>
        let digits: UnsafePointer<UInt8>
        var length = 0

        mutating func write(_ columns: UnsafeBufferPointer<Int64>) {
            var row = 0
            var next: Int64 = 0
            while row < columns.count {
                let start = length
                let column = columns[row]
                var end = row + 1
                if column < 0 {
                    append(UInt8(ascii: "-"))
                    while end < columns.count, columns[end] < 0 { end += 1 }
                } else {
                    let step = column - next
                    append(number: step.magnitude << 1 | (step < 0 ? 1 : 0))
                    // The same item again is the same step from one column further right.
                    next = column + 1
                    while end < columns.count, columns[end] >= 0, columns[end] - next == step {
                        next = columns[end] + 1
                        end += 1
                    }
                }
                if end > row + 1 { repeatItem(from: start, times: end - row) }
                row = end
            }
        }

        /// Repeats the last item `times` times, in the shorter form.
        private mutating func repeatItem(from start: Int, times: Int) {
            let itemLength = length - start
            let countLength = (Int.bitWidth - times.leadingZeroBitCount + 4) / 5
            if itemLength * (times - 1) > 1 + countLength {
                append(UInt8(ascii: "*"))
                append(number: UInt64(times))
            } else {
                for _ in 1..<times { for place in start..<(start + itemLength) { append(text[place]) } }
            }
        }

        private mutating func append(number: UInt64) {
            var rest = number
            while rest >= 32 {
                append(digits[Int(rest & 31 | 32)])
                rest >>= 5
            }
            append(digits[Int(rest)])
        }

        private mutating func append(_ byte: UInt8) {
            text[length] = byte
            length += 1
        }
    }

    /// The `rows` pivot columns that a text encodes; -1 for none.
    ///
    /// - Throws: if the text is malformed, has another number of rows, a column outside 0..<`columns`, or one twice.
    package static func columns(
        _ text: UnsafeBufferPointer<UInt8>, rows: Int, columns: Int64
    ) throws(LineDamage) -> [Int64] {
        var result = [Int64]()
        result.reserveCapacity(rows)
        var reader = Reader(text)
        var next: Int64 = 0
        while let item = try reader.next() {
            guard item.times <= UInt64(rows - result.count) else { throw wrongCount(rows) }
            for _ in 0..<item.times {
                guard let step = item.step else {
                    result.append(-1)
                    continue
                }
                let column = next + step
                guard column >= 0, column < columns else {
                    throw LineDamage("there is no column \(column): they go from 0 to \(columns - 1)")
                }
                result.append(column)
                next = column + 1
            }
        }
        guard result.count == rows else { throw wrongCount(rows) }
        try requireDistinct(result, below: columns)
        return result
    }

    /// A column holds one pivot at most.
    private static func requireDistinct(_ columns: [Int64], below end: Int64) throws(LineDamage) {
        var last: Int64 = -1
        // Near full rank nearly all pivots are in this order, and there is nothing to sort.
        if columns.allSatisfy({ column in
            defer { last = max(last, column) }
            return column < 0 || column > last
        }) {
            return
        }
        let twice = end / 64 <= 16 * Int64(columns.count) ? marked(columns, below: end) : sorted(columns)
        if let twice { throw LineDamage("\"pivots\" has two rows with their pivot in column \(twice)") }
    }

    /// A column that occurs twice, found with one bit per column; clearing the bits costs little next to reading the
    /// line.
    private static func marked(_ columns: [Int64], below end: Int64) -> Int64? {
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: Int(end / 64) + 1) { bits in
            bits.initialize(repeating: 0)
            for column in columns where column >= 0 {
                let bit = UInt64(1) << UInt64(column % 64)
                if bits[Int(column / 64)] & bit != 0 { return column }
                bits[Int(column / 64)] |= bit
            }
            return nil
        }
    }

    private static func sorted(_ columns: [Int64]) -> Int64? {
        let sorted = columns.sorted()
        return zip(sorted, sorted.dropFirst()).first { $0 == $1 && $0 >= 0 }?.0
    }

    private static func wrongCount(_ rows: Int) -> LineDamage { LineDamage("\"pivots\" does not hold \(rows) rows") }

    private struct Reader {
        private var place: UnsafePointer<UInt8>
        private let end: UnsafePointer<UInt8>

        init(_ text: UnsafeBufferPointer<UInt8>) {
            place = text.baseAddress!
            end = place + text.count
        }

        /// The next item, nil at the end; its step is nil for a row without pivot.
        mutating func next() throws(LineDamage) -> (step: Int64?, times: UInt64)? {
            guard place < end else { return nil }
            var step: Int64?
            if place.pointee == UInt8(ascii: "-") {
                place += 1
            } else {
                let number = try number()
                guard number != 1 else { throw LineDamage("\"pivots\" holds a step of minus nothing") }
                step = number & 1 == 1 ? -Int64(number >> 1) : Int64(number >> 1)
            }
            guard place < end, place.pointee == UInt8(ascii: "*") else { return (step, 1) }
            place += 1
            let times = try number()
            guard times > 1 else { throw LineDamage("\"pivots\" repeats an item \(times) times") }
            return (step, times)
        }

        /// Below 2^60, in its shortest form.
        private mutating func number() throws(LineDamage) -> UInt64 {
            var number: UInt64 = 0
            var shift: UInt64 = 0
            while place < end {
                guard let value = Self.value(place.pointee) else {
                    throw LineDamage("\"pivots\" holds '\(Unicode.Scalar(place.pointee))' where a digit belongs")
                }
                guard shift < 60 else { throw LineDamage("\"pivots\" holds too long a number") }
                place += 1
                number |= (value & 31) << shift
                if value < 32 {
                    guard value > 0 || shift == 0 else {
                        throw LineDamage("\"pivots\" holds a number with zeros behind")
                    }
                    return number
                }
                shift += 5
            }
            throw LineDamage("\"pivots\" ends within a number")
        }

        private static func value(_ digit: UInt8) -> UInt64? {
            switch digit {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt64(digit - UInt8(ascii: "A"))
            case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt64(digit - UInt8(ascii: "a")) + 26
            case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(digit - UInt8(ascii: "0")) + 52
            case UInt8(ascii: "+"): 62
            case UInt8(ascii: "/"): 63
            default: nil
            }
        }
    }
}
