/// What the terminal, or the file, that text goes to can show.
public struct TerminalFormat: Hashable, Sendable {
    public enum Colour: Hashable, Sendable {
        /// Characters alone.
        case none
        /// xterm's 256 colours.
        case indexed
        /// 24 bits.
        case direct
    }

    /// Columns of text, at least 1.
    public var columns: Int
    /// Number of lines that should not be exceeded if possible.
    public var rows: Int
    public var colour: Colour
    /// Whether half blocks can be shown: two cells per character. Without, a cell is a character.
    public var isUnicode: Bool

    public init(columns: Int, rows: Int, colour: Colour, isUnicode: Bool) {
        self.columns = columns
        self.rows = rows
        self.colour = colour
        self.isUnicode = isUnicode
    }

    /// Rows of cells in a line of text.
    var cellsPerLine: Int { colour != .none && isUnicode ? 2 : 1 }
}

/// A line of coloured characters under construction. Escape sequences are written only if a colour changes.
struct TerminalLine {
    private let colour: TerminalFormat.Colour
    private(set) var text = ""
    private var foreground: UInt32?
    private var background: UInt32?

    init(_ colour: TerminalFormat.Colour) { self.colour = colour }

    /// Colours 0xRRGGBB; nil is the terminal's own.
    mutating func add(_ character: Character, foreground: UInt32? = nil, background: UInt32? = nil) {
        if colour != .none {
            // Back to the terminal's own colours first: there is one sequence for both.
            if (foreground == nil && self.foreground != nil) || (background == nil && self.background != nil) {
                reset()
            }
            if let foreground, foreground != self.foreground { text += "\u{1b}[38;" + code(foreground) + "m" }
            if let background, background != self.background { text += "\u{1b}[48;" + code(background) + "m" }
            (self.foreground, self.background) = (foreground, background)
        }
        text.append(character)
    }

    mutating func add(_ words: String) { for character in words { add(character) } }

    mutating func reset() {
        guard foreground != nil || background != nil else { return }
        text += "\u{1b}[0m"
        (foreground, background) = (nil, nil)
    }

    private func code(_ rgb: UInt32) -> String {
        let parts = [rgb >> 16 & 0xff, rgb >> 8 & 0xff, rgb & 0xff]
        if colour == .direct { return "2;" + parts.map { "\($0)" }.joined(separator: ";") }
        return "5;\(Self.index(rgb))"
    }

    /// The nearest of the 6 × 6 × 6 cube's colours, 16...231.
    static func index(_ rgb: UInt32) -> Int {
        let levels: [Int] = [0, 95, 135, 175, 215, 255]
        let channels: [UInt32] = [rgb >> 16 & 0xff, rgb >> 8 & 0xff, rgb & 0xff]
        let parts = channels.map { (channel: UInt32) -> Int in
            levels.indices.min { abs(levels[$0] - Int(channel)) < abs(levels[$1] - Int(channel)) } ?? 0
        }
        return 16 + 36 * parts[0] + 6 * parts[1] + parts[2]
    }
}
