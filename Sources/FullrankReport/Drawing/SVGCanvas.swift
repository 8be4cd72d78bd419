/// A figure under construction: elements are added, the size is given when it is known, at the end.
///
/// Nothing refers to anything outside, and no element has an identifier but the colour bar's gradient, so figures can
/// be put into one HTML page as they are.
struct SVGCanvas {
    enum Anchor: String { case start, middle, end }

    let theme: FigureTheme
    private var body = ""
    private var definitions = [String]()

    init(theme: FigureTheme) { self.theme = theme }

    /// Adds an element with attributes, and text or elements inside. Values and text must be escaped.
    mutating func element(_ name: String, _ attributes: KeyValuePairs<String, String>, content: String? = nil) {
        body += "<" + name
        for (key, value) in attributes { body += " \(key)=\"\(value)\"" }
        if let content { body += ">\(content)</\(name)>\n" } else { body += "/>\n" }
    }

    mutating func group(_ attributes: KeyValuePairs<String, String>, _ add: (inout SVGCanvas) -> Void) {
        body += "<g"
        for (key, value) in attributes { body += " \(key)=\"\(value)\"" }
        body += ">\n"
        add(&self)
        body += "</g>\n"
    }

    mutating func rect(_ area: Rectangle, _ attributes: KeyValuePairs<String, String>, hover: String? = nil) {
        body += "<rect x=\"\(coordinate(area.left))\" y=\"\(coordinate(area.top))\""
        body += " width=\"\(coordinate(area.width))\" height=\"\(coordinate(area.height))\""
        for (key, value) in attributes { body += " \(key)=\"\(value)\"" }
        if let hover { body += "><title>\(XMLText.escaped(hover))</title></rect>\n" } else { body += "/>\n" }
    }

    mutating func line(_ from: FigurePoint, _ to: FigurePoint, stroke: String, width: Double) {
        element(
            "line",
            [
                "x1": coordinate(from.x), "y1": coordinate(from.y), "x2": coordinate(to.x), "y2": coordinate(to.y),
                "stroke": stroke, "stroke-width": coordinate(width),
            ])
    }

    /// Text with its baseline at `y`; `rotated` reads upwards, about (x, y). Symbols are set as symbols
    /// (`XMLText.marked`).
    mutating func text(
        _ string: String, x: Double, y: Double, size: Double, anchor: Anchor = .start, bold: Bool = false,
        fill: String, rotated: Bool = false
    ) {
        let at = (coordinate(x), coordinate(y))
        body += "<text x=\"\(at.0)\" y=\"\(at.1)\" font-size=\"\(coordinate(size))\""
        // Preserved, for librsvg drops a space that begins a tspan.
        body += " text-anchor=\"\(anchor.rawValue)\" fill=\"\(fill)\" xml:space=\"preserve\""
        if bold { body += " font-weight=\"bold\"" }
        if rotated { body += " transform=\"rotate(-90 \(at.0) \(at.1))\"" }
        body += ">\(XMLText.marked(string, size: size))</text>\n"
    }

    /// Lines of text from `y` down, wrapped to `width`; returns the height they take.
    mutating func paragraph(
        _ string: String, x: Double, y: Double, width: Double, size: Double, bold: Bool = false, fill: String
    ) -> Double {
        let lines = TextMetrics.lines(string, size: size, width: width, bold: bold)
        let leading = size * 1.4
        for (index, line) in lines.enumerated() {
            text(line, x: x, y: y + size + Double(index) * leading, size: size, bold: bold, fill: fill)
        }
        return Double(lines.count) * leading
    }

    mutating func define(_ element: String) {
        if !definitions.contains(element) { definitions.append(element) }
    }

    /// The whole document, `width` × `height` pixels, rounded up, or as wide as the theme says. `title` and `description`
    /// are for readers and screen readers.
    func document(width: Double, height: Double, title: String, description: String) -> String {
        let size = (coordinate(width.rounded(.up)), coordinate(height.rounded(.up)))
        let scale = theme.width.map { Double($0) / width.rounded(.up) } ?? 1
        let shown = (coordinate(width.rounded(.up) * scale), coordinate(height.rounded(.up) * scale))
        var text = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(shown.0)\" height=\"\(shown.1)\""
        text += " viewBox=\"0 0 \(size.0) \(size.1)\" role=\"img\" font-family=\"Helvetica, Arial, sans-serif\">\n"
        text += "<title>\(XMLText.escaped(title))</title>\n"
        if !description.isEmpty { text += "<desc>\(XMLText.escaped(description))</desc>\n" }
        if !definitions.isEmpty { text += "<defs>\(definitions.joined())</defs>\n" }
        text += "<rect width=\"\(size.0)\" height=\"\(size.1)\" fill=\"\(theme.background)\"/>\n"
        return text + body + "</svg>\n"
    }
}
