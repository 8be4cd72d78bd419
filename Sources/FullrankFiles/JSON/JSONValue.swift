import FullrankModel

/// A JSON text as a value: small, without Foundation (whose loading costs more than a start-up may take), and
/// exact, since a number stays the text it was written as.
public enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    /// The digits as written: no 64-bit integer loses bits on the way.
    case number(String)
    case string(String)
    case array([JSONValue])
    /// In order; a name twice is refused by the parser.
    case object([Member])

    public struct Member: Hashable, Sendable {
        package let name: String
        package let value: JSONValue
        package init(_ name: String, _ value: JSONValue) {
            self.name = name
            self.value = value
        }
    }

    package static func integer(_ number: some BinaryInteger) -> JSONValue { .number("\(number)") }

    /// The shortest text that reads back as the same double; nil for an infinity or a NaN, which JSON has not.
    package static func double(_ number: Double) -> JSONValue? {
        number.isFinite ? .number(number.description) : nil
    }

    package static func integers(_ numbers: [Int]) -> JSONValue { .array(numbers.map { .integer($0) }) }

    /// The member of that name, nil if there is none.
    package subscript(name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }

    /// One line.
    package var text: String {
        switch self {
        case .null: "null"
        case .bool(let flag): flag ? "true" : "false"
        case .number(let digits): digits
        case .string(let string): Self.quoted(string)
        case .array(let items): "[" + items.map(\.text).joined(separator: ", ") + "]"
        case .object(let members):
            "{" + members.map { "\(Self.quoted($0.name)): \($0.value.text)" }.joined(separator: ", ") + "}"
        }
    }

    /// The members of an outermost object a line each, for people; ends with a newline.
    package var document: String {
        guard case .object(let members) = self, !members.isEmpty else { return text + "\n" }
        return "{\n" + members.map { "  \(Self.quoted($0.name)): \($0.value.text)" }.joined(separator: ",\n") + "\n}\n"
    }

    static func quoted(_ string: String) -> String {
        var text = "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\t": text += "\\t"
            case "\r": text += "\\r"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + "\""
    }
}

extension JSONValue {
    package var string: String? { if case .string(let text) = self { text } else { nil } }
    /// nil beyond the range of float64, too.
    package var double: Double? {
        if case .number(let digits) = self, let value = Double(digits), value.isFinite { value } else { nil }
    }

    /// nil for `-0`, which is the double −0 and no whole number's way to be written.
    package func integer<Number: FixedWidthInteger>() -> Number? {
        if case .number(let digits) = self, digits != "-0" { Number(digits) } else { nil }
    }
}
