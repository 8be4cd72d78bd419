import FullrankModel

/// Text in the form that it has inside an SVG or XML element.
enum XMLText {
    /// Markup characters as entities, what XML 1.0 does not allow at all as U+FFFD, bytes of a file's name as `\xE9`, and
    /// what would turn the text around it, or hide in it, as messages have it: U+202E is `\u{202E}`.
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
            default:
                if let byte = scalar.rawByteText {
                    result += byte
                } else if scalar.isHidden {
                    result += scalar.escaped(asASCII: true)
                } else {
                    result.unicodeScalars.append(scalar)
                }
            }
        }
        return result
    }

    /// Escaped text in which symbols are set as in a paper: the words n, k, h, d0, d1, ..., and letters with an index such
    /// as x_j, f_0 or A_C, italic, digits and indices below the line; and n^b with its exponent above it. Font size in
    /// pixels.
    static func marked(_ text: String, size: Double) -> String {
        let small = coordinate(size * 0.72), shift = size * 0.2
        var result = ""
        // How far the line is below the baseline: the next piece has to bring it back.
        var low = 0.0
        func add(_ piece: String, style: String = "") {
            let back = low == 0 ? "" : " dy=\"\(coordinate(-low))\""
            low = 0
            result += style.isEmpty && back.isEmpty ? piece : "<tspan\(style)\(back)>\(piece)</tspan>"
        }
        func addSmall(_ piece: Substring, below drop: Double) {
            result += "<tspan font-size=\"\(small)\" dy=\"\(coordinate(drop))\">\(escaped(piece))</tspan>"
            low = drop
        }
        let italic = " font-style=\"italic\""
        var plain = Substring()
        func flush() {
            if !plain.isEmpty { add(escaped(plain)) }
            plain = ""
        }
        let pieces = words(text)
        var place = 0
        while place < pieces.count {
            let word = pieces[place]
            place += 1
            // "x_1.csv" is a file.
            let isName = place + 1 < pieces.count && pieces[place] == "."
            if !isName || !word.contains("_"), let (base, index) = symbol(word) {
                flush()
                add(escaped(base), style: italic)
                if !index.isEmpty { addSmall(index, below: shift) }
            } else if word == "^", place < pieces.count {
                flush()
                addSmall(pieces[place], below: -2 * shift)
                place += 1
            } else {
                plain += word
            }
        }
        flush()
        return result
    }

    /// A symbol's letter and its index, which may be empty; nil for a word of prose.
    private static func symbol(_ word: Substring) -> (Substring, Substring)? {
        switch word {
        case "n", "k", "h": return (word, "")
        default:
            // d0, d1, ..., the widths of layers.
            if word.utf8.count > 1, word.first == "d", word.utf8.dropFirst().allSatisfy({ (48...57).contains($0) }) {
                return (word.prefix(1), word.dropFirst())
            }
            let parts = word.split(separator: "_", omittingEmptySubsequences: false)
            guard parts.count == 2, parts[0].count == 1, parts[0].allSatisfy(\.isLetter), let first = parts[1].first,
                parts[1].count == 1 && first.isLetter || parts[1].allSatisfy(\.isNumber)
            else { return nil }
            return (parts[0], parts[1])
        }
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
