/// How wide text is likely to be, erring on the wide side: the viewer picks the font (Helvetica, Arial or what stands
/// in for them), so the layout takes the widths of DejaVu Sans, the widest of the usual stand-ins.
enum TextMetrics {
    /// Width in pixels at a font size in pixels.
    static func width(_ text: String, size: Double, bold: Bool = false) -> Double {
        text.unicodeScalars.reduce(0) { $0 + emWidth($1) } * size * (bold ? 1.1 : 1)
    }

    /// Splits text into lines no wider than `width`: at spaces, at its own line feeds, inside a word only when the
    /// word alone is too wide.
    static func lines(_ text: String, size: Double, width limit: Double, bold: Bool = false) -> [String] {
        var lines = [String]()
        for paragraph in text.split(separator: "\n") {
            var line = ""
            for word in paragraph.split(separator: " ") {
                let longer = line.isEmpty ? String(word) : line + " " + word
                if width(longer, size: size, bold: bold) <= limit {
                    line = longer
                    continue
                }
                if !line.isEmpty { lines.append(line) }
                line = ""
                for character in word {
                    if !line.isEmpty, width(line + String(character), size: size, bold: bold) > limit {
                        lines.append(line)
                        line = ""
                    }
                    line.append(character)
                }
            }
            if !line.isEmpty { lines.append(line) }
        }
        return lines
    }

    private static func emWidth(_ scalar: Unicode.Scalar) -> Double {
        switch scalar {
        case "i", "j", "l", "'": 0.28
        case " ", ".", ",", ":", ";", "/", "|", "I", "-", "·": 0.36
        case "f", "t", "r", "(", ")", "[", "]", "!": 0.42
        case "0"..."9": 0.64
        case "m", "M", "W", "%", "@": 1.0
        case "w", "=", "+", "<", ">", "~", "≤", "≥", "×": 0.84
        case "A"..."Z": 0.73
        case "\u{20}"..."\u{7e}": 0.62
        case "\u{a0}"..."\u{2fff}": 0.8
        default: 1.05
        }
    }
}
