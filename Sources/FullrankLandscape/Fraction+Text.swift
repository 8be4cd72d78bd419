import FullrankFiles
import FullrankNumbers

extension Fraction {
    /// Digits that a text may have before a number is refused: enough for any float64 written out.
    static let mostDigits = 2000

    /// The exact value of "3", "-7/2", "0.25" or "1e-3"; nil for other texts and those of more than 2000 digits.
    public init?(text: String) {
        let sides = text.utf8.split(separator: UInt8(ascii: "/"), maxSplits: 1, omittingEmptySubsequences: false)
        guard let value = Self.decimal(Array(sides[0])) else { return nil }
        guard sides.count == 2 else {
            self = value
            return
        }
        guard let below = Self.decimal(Array(sides[1])), !below.isZero else { return nil }
        self = value / below
    }

    private static func decimal(_ bytes: [UInt8]) -> Fraction? {
        var bytes = bytes[...], isNegative = false
        if let first = bytes.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
            isNegative = first == UInt8(ascii: "-")
            bytes.removeFirst()
        }
        var exponent = 0
        if let place = bytes.firstIndex(where: { $0 | 0x20 == UInt8(ascii: "e") }) {
            guard let value = Int(String(decoding: bytes[(place + 1)...], as: UTF8.self)), abs(value) <= mostDigits
            else {
                return nil
            }
            exponent = value
            bytes = bytes[..<place]
        }
        let parts = bytes.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
        let digits = parts.flatMap { Array($0) }
        guard !parts[0].isEmpty, parts.count == 1 || !parts[1].isEmpty, digits.count <= mostDigits,
            digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        if parts.count == 2 { exponent -= parts[1].count }
        let magnitude = BigInteger(digits: String(decoding: digits, as: UTF8.self))
        let whole = isNegative ? -magnitude : magnitude
        let power = (0..<abs(exponent)).reduce(into: BigInteger(1)) { product, _ in product *= UInt64(10) }
        return exponent < 0 ? Fraction(whole, over: power) : Fraction(whole * power)
    }

    /// A JSON number if it is whole and fits 53 bits, else its text.
    var json: JSONValue {
        if case .word(let value, 1) = self, abs(value) <= 1 << 53 { return .integer(value) }
        return .string(description)
    }
}

extension JSONValue {
    /// A number as written, or a string such as "-7/2".
    var fraction: Fraction? {
        switch self {
        case .number(let digits): Fraction(text: digits)
        case .string(let text): Fraction(text: text)
        default: nil
        }
    }
}
