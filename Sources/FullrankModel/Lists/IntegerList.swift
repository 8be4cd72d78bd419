/// The list grammar of the command line: `1,2,5`, `10..100:10`, `5,10..100:10`.
///
/// A range `FIRST..LAST:STEP` starts at FIRST and ends with LAST when its steps reach LAST, else with the last value
/// before it: `1..10:4` is 1, 5, 9. `FIRST..LAST` has step 1. Items may come in any order and overlap.
public struct IntegerList: Hashable, Sendable {
    /// Ascending, without repetition, never empty.
    public let values: [Int]

    /// Largest value taken unless told otherwise: the kernels count points, inputs and units below 2^31.
    public static let largestValue = 2_147_483_647
    /// Longest list taken unless told otherwise.
    public static let longest = 1_000_000

    /// Reads `text`. Numbers are decimal digits alone: no sign, no space.
    ///
    /// - Throws: `ListError`. A list of more than `limit` entries, counted before repetitions are dropped, is refused
    ///   without being built.
    public init(
        _ text: some StringProtocol, minimum: Int = 0, maximum: Int = largestValue, limit: Int = longest
    ) throws(ListError) {
        guard !text.isEmpty else { throw .empty(example: "1,2,5 or 10..100:10") }
        var ranges = [ClosedStride]()
        var count = 0
        for item in text.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
            guard !item.isEmpty else { throw .emptyItem(list: String(text)) }
            let range = try ClosedStride(String(decoding: item, as: UTF8.self), minimum: minimum, maximum: maximum)
            let (sum, overflow) = count.addingReportingOverflow(range.count)
            count = overflow ? Int.max : sum
            ranges.append(range)
        }
        guard count <= limit else { throw .tooLong(count: count, limit: limit) }

        var values = [Int]()
        values.reserveCapacity(count)
        for range in ranges {
            for index in 0..<range.count { values.append(range.first + index * range.step) }
        }
        values.sort()
        var distinct = [Int]()
        distinct.reserveCapacity(values.count)
        for value in values where value != distinct.last { distinct.append(value) }
        self.values = distinct
    }
}

/// One item of a list: a number is a range of one.
private struct ClosedStride {
    let first: Int
    let last: Int
    let step: Int

    /// Saturates: 0...Int.max has one entry more than an Int counts.
    var count: Int {
        let steps = (last - first) / step
        return steps == Int.max ? Int.max : steps + 1
    }

    init(_ item: String, minimum: Int, maximum: Int) throws(ListError) {
        func number(_ digits: Substring) throws(ListError) -> Int {
            let negative = digits.first == "-"
            guard Self.isDigits(negative ? digits.dropFirst() : digits) else { throw .notANumber(item: item) }
            guard !negative else { throw .belowMinimum(item: String(digits), minimum: minimum) }
            guard let value = Int(digits), value <= maximum else {
                throw .tooLarge(item: String(digits), maximum: maximum)
            }
            guard value >= minimum else { throw .belowMinimum(item: String(digits), minimum: minimum) }
            return value
        }

        guard let dots = Self.firstDots(of: item) else {
            first = try number(item[...])
            last = first
            step = 1
            return
        }
        let lower = try number(item[..<dots])
        let rest = item[item.index(dots, offsetBy: 2)...]
        let colon = rest.firstIndex(of: ":")
        let upper = try number(rest[..<(colon ?? rest.endIndex)])
        var step = 1
        if let colon {
            let digits = rest[rest.index(after: colon)...]
            guard Self.isDigits(digits), !digits.allSatisfy({ $0 == "0" }) else { throw .step(range: item) }
            // A step beyond Int never reaches the range again, and neither does Int.max.
            step = Int(digits) ?? Int.max
        }
        guard lower <= upper else { throw .descending(range: item, lower: lower, upper: upper) }
        first = lower
        last = upper
        self.step = step
    }

    private static func isDigits(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
    }

    private static func firstDots(of text: String) -> String.Index? {
        var index = text.startIndex
        while let dot = text[index...].firstIndex(of: ".") {
            let next = text.index(after: dot)
            if next < text.endIndex, text[next] == "." { return dot }
            index = next
        }
        return nil
    }
}

extension IntegerList {
    /// Ascending numbers in the grammar of lists: "1,2,10..100:10".
    public static func text(_ values: [Int]) -> String {
        var items = [String]()
        var first = 0
        while first < values.count {
            var last = first
            let step = first + 1 < values.count ? values[first + 1] - values[first] : 0
            while last + 1 < values.count, values[last + 1] - values[last] == step { last += 1 }
            if last - first >= 2 {
                items.append("\(values[first])..\(values[last])" + (step == 1 ? "" : ":\(step)"))
                first = last + 1
            } else {
                items.append("\(values[first])")
                first += 1
            }
        }
        return items.joined(separator: ",")
    }
}
