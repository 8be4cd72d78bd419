/// Where something stands in a figure, in pixels.
struct Box: CustomStringConvertible {
    var left: Double, top: Double, right: Double, bottom: Double
    var name: String
    var description: String { "'\(name)' at \(left)...\(right), \(top)...\(bottom)" }

    func overlaps(_ other: Box) -> Bool {
        left < other.right && other.left < right && top < other.bottom && other.top < bottom
    }
}

extension XMLTree {
    /// The boxes of all text, by an estimate of the tests' own: numbers as wide as in DejaVu Sans, words as wide as
    /// prose in Helvetica, 0.64 and 0.5 of the font size a character.
    var textBoxes: [Box] {
        all("text").map { text in
            let (x, y, size) = (text.number("x"), text.number("y"), text.number("font-size"))
            let isNumber = text.text.allSatisfy { $0.isNumber }
            let width = Double(text.text.count) * size * (isNumber ? 0.64 : 0.5)
            let shares: [String: Double] = ["start": 0, "middle": 0.5, "end": 1]
            let before = width * (shares[text.attributes["text-anchor"] ?? ""] ?? 0)
            if text.attributes["transform"] != nil {
                return Box(
                    left: x - 0.75 * size, top: y - width + before, right: x + 0.25 * size, bottom: y + before,
                    name: text.text)
            }
            return Box(
                left: x - before, top: y - 0.75 * size, right: x - before + width, bottom: y + 0.25 * size,
                name: text.text)
        }
    }

    /// Heatmaps, plots and colour bars: rectangles with an outline.
    var frames: [Box] {
        all("rect").filter { $0.attributes["stroke"] != nil }.map {
            Box(
                left: $0.number("x"), top: $0.number("y"), right: $0.number("x") + $0.number("width"),
                bottom: $0.number("y") + $0.number("height"), name: "frame")
        }
    }

    /// Texts that overlap another text or a frame, or leave the figure.
    var misplacedText: [String] {
        let texts = textBoxes
        var faults = [String]()
        for (index, text) in texts.enumerated() {
            for other in texts[(index + 1)...] + frames where text.overlaps(other) {
                faults.append("\(text) overlaps \(other)")
            }
            if text.left < 0 || text.top < 0 || text.right > number("width") || text.bottom > number("height") {
                faults.append("\(text) leaves the figure")
            }
        }
        return faults
    }
}
