import FullrankPlatform
import FullrankReport

/// The capabilities of the terminal or file behind standard output or standard error.
struct Screen: Sendable {
    let descriptor: Int32
    let isTerminal: Bool
    private let colour: TerminalFormat.Colour
    private let isUnicode: Bool

    /// The number of columns if it is unknown: for a file, or a terminal that does not report it.
    static let usualColumns = 80

    init(_ descriptor: Int32) {
        self.descriptor = descriptor
        isTerminal = FullrankPlatform.isTerminal(descriptor)
        colour = isTerminal ? Self.colour() : .none
        isUnicode = Self.isUnicode()
    }

    /// Whether more than a line may be drawn over again in place.
    var canMove: Bool { isTerminal && !["dumb", ""].contains(Self.variable("TERM") ?? "") }

    /// The terminal's present number of columns.
    var columns: Int { size()?.columns ?? Self.usualColumns }

    /// - Parameter rows: lines if there is no terminal to ask.
    func format(rows: Int = 48) -> TerminalFormat {
        let size = size()
        return TerminalFormat(
            columns: size?.columns ?? Self.usualColumns, rows: size?.rows ?? rows, colour: colour, isUnicode: isUnicode)
    }

    /// nil if it is not a terminal or does not know.
    func size() -> (columns: Int, rows: Int)? {
        isTerminal ? terminalSize(descriptor) : nil
    }

    /// NO_COLOR (no-color.org), COLORTERM and TERM; a terminal that claims neither 24 bits nor 256 colours gets none.
    private static func colour() -> TerminalFormat.Colour {
        let terminal = variable("TERM") ?? "dumb"
        guard variable("NO_COLOR") == nil, terminal != "dumb" else { return .none }
        if let kind = variable("COLORTERM"), ["truecolor", "24bit"].contains(kind) { return .direct }
        return terminal.holds("256color") || terminal.hasSuffix("-direct") ? .indexed : .none
    }

    private static func isUnicode() -> Bool {
        let locale = (variable("LC_ALL") ?? variable("LC_CTYPE") ?? variable("LANG") ?? "").lowercased()
        return locale.holds("utf-8") || locale.holds("utf8")
    }

    /// nil if unset or empty.
    private static func variable(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
    }
}

extension String {
    /// Whether `part` stands in it. The library's `contains` for that brings its regular expressions into the program,
    /// 1.5 MB to be read at a cold start.
    fileprivate func holds(_ part: String) -> Bool {
        let bytes = Array(utf8)
        return bytes.indices.contains { bytes[$0...].starts(with: part.utf8) }
    }
}
