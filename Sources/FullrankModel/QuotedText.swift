extension StringProtocol {
    /// The text in single quotes, fit for a one-line message: control characters escaped, and no more than 60
    /// characters of it. What a user or a file brings goes into messages only through this.
    public var quoted: String { "'\(printable(limit: 60))'" }

    /// The text on one line, whole unless it is longer than `limit` characters.
    public func printable(limit: Int = 1_000) -> String {
        var result = ""
        var taken = 0
        for scalar in unicodeScalars {
            guard taken < limit else { return result + "..." }
            taken += 1
            if let byte = scalar.rawByteText {
                result += byte
            } else if scalar.isHidden {
                result += scalar.escaped(asASCII: true)
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}

extension Unicode.Scalar {
    /// Whether it shows nothing of its own, but ends lines, turns the text around (U+202E), or controls a terminal.
    public var isHidden: Bool {
        guard value >= 0x7f else { return value < 0x20 }
        switch properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .format, .surrogate, .unassigned: return true
        default: return false
        }
    }
}
