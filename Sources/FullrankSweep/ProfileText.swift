/// A rank profile as a short text: the `pivots` of a journal line (docs/file-formats.md).
///
/// Near full rank most pivots stand one column right of the one above, so what is written is the step from there, in
/// the variable-length base-64 numbers of source maps (ECMA-426, "Base64 VLQ"): little end first, five bits a digit,
/// the sixth set where another digit follows. A step has its sign in the lowest bit. `-` is a row without a pivot, and
/// `ITEM*COUNT`, the count unsigned, an item that stands COUNT times.
package enum ProfileText {
    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    /// By byte: the digit's value, 255 for what is none.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 255, count: 256)
        for (value, digit) in digits.enumerated() { values[Int(digit)] = UInt8(value) }
        return values
    }()

    /// The pivot columns by row, -1 for none.
    package static func append(_ columns: [Int64], to bytes: inout [UInt8]) {
        var row = 0
        var next: Int64 = 0
        while row < columns.count {
            let start = bytes.count
            let step = columns[row] - next
            var end = row + 1
            if columns[row] < 0 {
                bytes.append(UInt8(ascii: "-"))
                while end < columns.count, columns[end] < 0 { end += 1 }
            } else {
                append(number: step.magnitude << 1 | (step < 0 ? 1 : 0), to: &bytes)
                // The same item again is the same step from one column further right.
                next = columns[row] + 1
                while end < columns.count, columns[end] >= 0, columns[end] - next == step {
                    next = columns[end] + 1
                    end += 1
                }
            }
            repeatItem(from: start, times: end - row, in: &bytes)
            row = end
        }
    }

    /// Makes the item at the end stand `times` times, in the shorter way.
    private static func repeatItem(from start: Int, times: Int, in bytes: inout [UInt8]) {
        let length = bytes.count - start
        let countLength = (UInt64(times).bitWidth - times.leadingZeroBitCount + 4) / 5
        if length * (times - 1) > 1 + countLength {
            bytes.append(UInt8(ascii: "*"))
            append(number: UInt64(times), to: &bytes)
        } else {
            for _ in 1..<times { for place in start..<(start + length) { bytes.append(bytes[place]) } }
        }
    }

    private static func append(number: UInt64, to bytes: inout [UInt8]) {
        var rest = number
        while rest >= 32 {
            bytes.append(digits[Int(rest & 31 | 32)])
            rest >>= 5
        }
        bytes.append(digits[Int(rest)])
    }

    /// The `rows` pivot columns a text tells of; -1 for none.
    ///
    /// - Throws: where it is no such text, holds another number of rows, or a column outside 0..<`columns`.
    package static func columns(
        _ text: UnsafeBufferPointer<UInt8>, rows: Int, columns: Int64
    ) throws(LineDamage) -> [Int64] {
        var result = [Int64]()
        result.reserveCapacity(rows)
        var place = 0
        var next: Int64 = 0
        while place < text.count {
            var step: Int64?
            if text[place] == UInt8(ascii: "-") {
                place += 1
            } else {
                let number = try number(text, &place)
                guard number != 1 else { throw LineDamage("\"pivots\" holds a step of minus nothing") }
                step = number & 1 == 1 ? -Int64(number >> 1) : Int64(number >> 1)
            }
            var times: UInt64 = 1
            if place < text.count, text[place] == UInt8(ascii: "*") {
                place += 1
                times = try number(text, &place)
                guard times > 1 else { throw LineDamage("\"pivots\" repeats an item \(times) times") }
            }
            guard times <= UInt64(rows - result.count) else { throw wrongCount(rows) }
            for _ in 0..<times {
                guard let step else {
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
        return result
    }

    private static func wrongCount(_ rows: Int) -> LineDamage { LineDamage("\"pivots\" does not hold \(rows) rows") }

    /// Below 2^60, in its shortest form.
    private static func number(
        _ text: UnsafeBufferPointer<UInt8>, _ place: inout Int
    ) throws(LineDamage) -> UInt64 {
        var number: UInt64 = 0
        var shift: UInt64 = 0
        while place < text.count {
            let value = values[Int(text[place])]
            guard value < 64 else {
                throw LineDamage("\"pivots\" holds '\(Unicode.Scalar(text[place]))' where a digit belongs")
            }
            guard shift < 60 else { throw LineDamage("\"pivots\" holds too long a number") }
            place += 1
            number |= UInt64(value & 31) << shift
            if value < 32 {
                guard value > 0 || shift == 0 else { throw LineDamage("\"pivots\" holds a number with zeros behind") }
                return number
            }
            shift += 5
        }
        throw LineDamage("\"pivots\" ends within a number")
    }
}
