/// A proportional input dimension `R`, `d0 = ceil(R n)`, kept as the decimal fraction it was written as.
///
/// A `Double` would not do: `0.1 * 30` rounds to just above 3, and the ceiling would be 4.
public struct Ratio: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// `R = numerator / denominator`; the denominator is a power of ten.
    public let numerator: Int
    public let denominator: Int
    /// The text as written, without superfluous zeros: "0.25", "2".
    public let description: String

    /// Reads a positive decimal such as `0.25` or `2`; nil for anything else, more than nine decimals included.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let whole = parts[0]
        let fraction = parts.count == 2 ? parts[1] : ""
        guard !(whole.isEmpty && fraction.isEmpty), parts.count == 1 || !fraction.isEmpty,
            whole.count <= 9, fraction.count <= 9,
            [whole, fraction].allSatisfy({ $0.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } }
            )
        else { return nil }
        var digits = Array(fraction.utf8)
        while digits.last == UInt8(ascii: "0") { digits.removeLast() }
        let trimmed = String(decoding: digits, as: UTF8.self)
        let denominator = digits.reduce(1) { value, _ in value * 10 }
        let wholeValue = Int(whole) ?? 0
        let numerator = wholeValue * denominator + (Int(trimmed) ?? 0)
        guard numerator > 0 else { return nil }
        self.numerator = numerator
        self.denominator = denominator
        self.description = trimmed.isEmpty ? "\(wholeValue)" : "\(wholeValue).\(trimmed)"
    }

    /// `ceil(R n)`, exactly; `Int.max` if it would be larger.
    ///
    /// - Precondition: `points >= 0`.
    public func inputDimension(points: Int) -> Int {
        let divisor = UInt(denominator)
        let product = UInt(numerator).multipliedFullWidth(by: UInt(points))
        guard product.high < divisor else { return Int.max }
        let (quotient, remainder) = divisor.dividingFullWidth(product)
        return Int(exactly: quotient).map { $0 == Int.max || remainder == 0 ? $0 : $0 + 1 } ?? Int.max
    }

    // Full-width products: nine digits on either side of the point leave no room in one word.
    public static func < (left: Ratio, right: Ratio) -> Bool {
        let (one, other) = (
            left.numerator.multipliedFullWidth(by: right.denominator),
            right.numerator.multipliedFullWidth(by: left.denominator)
        )
        return (one.high, one.low) < (other.high, other.low)
    }

    public static func == (left: Ratio, right: Ratio) -> Bool { left.description == right.description }
    public func hash(into hasher: inout Hasher) { hasher.combine(description) }
}

extension Ratio: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let ratio = Ratio(text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "'\(text)' is not a ratio: a positive decimal such as 0.25")
        }
        self = ratio
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
