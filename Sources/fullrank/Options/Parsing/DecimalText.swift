import FullrankLandscape
import FullrankNumbers

/// A decimal in an option, such as 0.01 or 1e-3, as the nearest float64: what has none is told from 0 and infinity.
enum DecimalText {
    case number(Double)
    /// Not 0 as written, and 0 as a float64.
    case tooSmall
    case tooLarge

    /// nil for what is not a decimal: hexadecimal numbers, "nan" and "inf" too.
    init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard bytes.allSatisfy({ "0123456789.eE+-".utf8.contains($0) }), let value = Double(String(text)) else {
            return nil
        }
        let digits = bytes.prefix { $0 | 0x20 != UInt8(ascii: "e") }
        if value == 0, digits.contains(where: { (UInt8(ascii: "1")...UInt8(ascii: "9")).contains($0) }) {
            self = .tooSmall
        } else {
            self = value.isFinite ? .number(value) : .tooLarge
        }
    }

    /// nil if no float64 other than 0 is near.
    var number: Double? { if case .number(let value) = self { value } else { nil } }

    /// Why there is no float64; nil if there is one.
    var fault: String? {
        switch self {
        case .number: nil
        case .tooSmall: "is not 0, but nearer to it than any float64; magnitudes from 5e-324 on are taken"
        case .tooLarge: "is larger than any float64; magnitudes up to 1.7976931348623157e308 are taken"
        }
    }

    /// Whether a decimal is a float64 exactly: "0.5" is, "0.1" is not.
    static func isExact(_ text: some StringProtocol, _ value: Double) -> Bool {
        Fraction(text: String(text)) == Fraction(exactly: value)
    }
}

extension ParsedArguments {
    /// A decimal; nil if the option is not given.
    ///
    /// - Parameter right: what would be right, such as "a positive decimal such as 0.01".
    func decimal(
        _ name: String, right: String, where isRight: (Double) -> Bool
    ) throws(CommandFailure) -> Double? {
        guard let text = values[name] else { return nil }
        let decimal = DecimalText(text)
        if let fault = decimal?.fault { throw .usage("\(name): \(text.quoted) \(fault)") }
        guard let value = decimal?.number, isRight(value) else {
            throw .usage("\(name): \(text.quoted) is not \(right)")
        }
        return value
    }
}
