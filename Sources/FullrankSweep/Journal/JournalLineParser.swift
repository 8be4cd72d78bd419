import FullrankModel
import FullrankPlatform
import FullrankRuns

/// A key as bytes of the line; no string is made of it.
private func ~= (key: StaticString, name: UnsafeBufferPointer<UInt8>) -> Bool {
    name.count == key.utf8CodeUnitCount && memcmp(name.baseAddress!, key.utf8Start, name.count) == 0
}

/// Reads one journal line: strict about content, indifferent to the order of keys. By hand, since 10^5 lines of 100
/// numbers should not take longer to read than to compute.
struct JournalLineParser {
    private var place: UnsafePointer<UInt8>
    private let end: UnsafePointer<UInt8>
    /// Whether the closing brace stands before the end, and not behind it.
    private let isClosed: Bool

    /// What a line may hold.
    struct Fields {
        var inputDimension: Int64?
        var points: Int64?
        var trial: Int64?
        var ratio: String?
        /// In a deep sweep, together with d1.
        var hidden: String?
        var units: Int64?
        /// Between its quotes, for as long as the line lives.
        var pivots: UnsafeBufferPointer<UInt8>?
        var ranks: [Int64?]?
        var largest: [Double?]?
        var smallest: [Double?]?
    }

    /// The line, its newline included: every number then has an end.
    init(_ line: UnsafeBufferPointer<UInt8>) {
        place = line.baseAddress!
        end = place + line.count - 1
        isClosed = true
    }

    /// A line without its end, which follows in memory (`LineSeal.open`).
    init(body: UnsafeBufferPointer<UInt8>) {
        place = body.baseAddress!
        end = place + body.count
        isClosed = false
    }

    mutating func fields() throws(LineDamage) -> Fields {
        var fields = Fields()
        try expect("{")
        repeat {
            let name = try quoted()
            try expect(":")
            switch name {
            case "d0": fields.inputDimension = try integer()
            case "n": fields.points = try integer()
            case "trial": fields.trial = try integer()
            case "hidden": fields.hidden = try string()
            case "d1": fields.units = try integer()
            case "ratio": fields.ratio = try string()
            case "pivots": fields.pivots = try quoted()
            case "ranks":
                fields.ranks = try list { parser throws(LineDamage) in parser.takeNull() ? nil : try parser.integer() }
            case "largest": fields.largest = try doubles()
            case "smallest": fields.smallest = try doubles()
            default: throw LineDamage("\"\(String(decoding: name, as: UTF8.self))\" is no key of a journal line")
            }
        } while take(",")
        if isClosed { try expect("}") }
        guard place == end else {
            throw LineDamage(
                isClosed && place.pointee == UInt8(ascii: "\r")
                    ? "it ends with CR LF; lines end with LF alone"
                    : isClosed
                        ? "something follows the closing brace"
                        : "a comma is missing before '\(Unicode.Scalar(place.pointee))'")
        }
        return fields
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard place < end, place.pointee == UInt8(ascii: character) else { return false }
        place += 1
        return true
    }

    private mutating func expect(_ character: Unicode.Scalar) throws(LineDamage) {
        guard take(character) else {
            let found = place < end ? "'\(Unicode.Scalar(place.pointee))'" : "the end"
            throw LineDamage("'\(character)' is missing before \(found)")
        }
    }

    private mutating func string() throws(LineDamage) -> String { String(decoding: try quoted(), as: UTF8.self) }

    /// The text between quotes; journal lines never need an escape.
    private mutating func quoted() throws(LineDamage) -> UnsafeBufferPointer<UInt8> {
        try expect("\"")
        let start = place
        while place < end, place.pointee != UInt8(ascii: "\"") { place += 1 }
        let text = UnsafeBufferPointer(start: start, count: place - start)
        try expect("\"")
        return text
    }

    private mutating func integer() throws(LineDamage) -> Int64 {
        let negative = take("-")
        let start = place
        var magnitude: Int64 = 0
        while place < end, case let digit = place.pointee &- UInt8(ascii: "0"), digit < 10 {
            magnitude = magnitude &* 10 &+ Int64(digit)
            place += 1
        }
        guard (1...18).contains(place - start) else { throw LineDamage("a whole number is missing or too long") }
        return negative ? -magnitude : magnitude
    }

    /// `strtod` reads bytes as C does; the check before it keeps out what JSON has not: inf, nan, hexadecimals.
    private mutating func double() throws(LineDamage) -> Double {
        let start = place
        while place < end, Self.mayStandInNumber(place.pointee) { place += 1 }
        var stop: UnsafeMutablePointer<CChar>?
        let value = start.withMemoryRebound(to: CChar.self, capacity: 1) { strtod($0, &stop) }
        guard place > start, stop.map({ UnsafeRawPointer($0) }) == UnsafeRawPointer(place), value.isFinite else {
            throw LineDamage("a number is missing or malformed")
        }
        return value
    }

    private mutating func doubles() throws(LineDamage) -> [Double?] {
        try list { parser throws(LineDamage) in parser.takeNull() ? nil : try parser.double() }
    }

    private static func mayStandInNumber(_ byte: UInt8) -> Bool {
        switch Unicode.Scalar(byte) {
        case "0"..."9", "-", "+", ".", "e", "E": true
        default: false
        }
    }

    private mutating func takeNull() -> Bool {
        guard end - place >= 4, memcmp(place, "null", 4) == 0 else { return false }
        place += 4
        return true
    }

    private mutating func list<Item>(
        _ item: (inout Self) throws(LineDamage) -> Item
    ) throws(LineDamage) -> [Item] {
        try expect("[")
        var items = [Item]()
        if take("]") { return items }
        repeat { items.append(try item(&self)) } while take(",")
        try expect("]")
        return items
    }
}
