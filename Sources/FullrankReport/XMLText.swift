import FullrankModel

/// Text as it stands inside an SVG or XML element.
enum XMLText {
    /// Markup characters as entities, what XML 1.0 does not allow at all as U+FFFD, bytes
    /// of a file's name as `\xE9`.
    static func escaped(_ text: some StringProtocol) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "\t", "\n", "\r": result.unicodeScalars.append(scalar)
            case "\0"..."\u{1f}", "\u{fffe}", "\u{ffff}": result += "\u{fffd}"
            default: if let byte = scalar.rawByteText { result += byte } else { result.unicodeScalars.append(scalar) }
            }
        }
        return result
    }

    /// Escaped text in which the words n, k, h, d0 and d1 are set as symbols, italic, a digit below the line, as in a
    /// paper. Font size in pixels.
    static func marked(_ text: String, size: Double) -> String {
        let drop = coordinate(size * 0.2)
        var result = ""
        // Set while the line is below the baseline: the next piece has to bring it back.
        var isLow = false
        func add(_ piece: String, style: String = "") {
            let back = isLow ? " dy=\"-\(drop)\"" : ""
            isLow = false
            result += style.isEmpty && back.isEmpty ? piece : "<tspan\(style)\(back)>\(piece)</tspan>"
        }
        let italic = " font-style=\"italic\""
        var plain = Substring()
        for word in words(text) {
            switch word {
            case "n", "k", "h", "d0", "d1":
                if !plain.isEmpty { add(escaped(plain)) }
                plain = ""
                add(String(word.prefix(1)), style: italic)
                if word.count == 2 {
                    let below = coordinate(size * 0.72)
                    result += "<tspan font-size=\"\(below)\" dy=\"\(drop)\">\(word.suffix(1))</tspan>"
                    isLow = true
                }
            default:
                plain += word
            }
        }
        if !plain.isEmpty { add(escaped(plain)) }
        return result
    }

    /// Runs of letters, digits and signs that hold words together, and what stands between them.
    private static func words(_ text: String) -> [Substring] {
        func isWord(_ character: Character) -> Bool {
            character.isLetter || character.isNumber || "_-'/".contains(character)
        }
        var words = [Substring]()
        var rest = text[...]
        while let first = rest.first {
            let end = rest.firstIndex { isWord($0) != isWord(first) } ?? rest.endIndex
            words.append(rest[..<end])
            rest = rest[end...]
        }
        return words
    }
}
