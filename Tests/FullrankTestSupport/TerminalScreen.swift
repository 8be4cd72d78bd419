/// What a terminal shows after some bytes: lines, cursor, and the control sequences that the command uses (ECMA-48),
/// with wrapping as xterm does it. A sequence it does not know ends in `unknown`.
public struct TerminalScreen {
    public private(set) var columns: Int
    public private(set) var rows: Int
    /// From the top of what has scrolled away; a line that was wrapped goes on in the next.
    private var lines: [(text: [Character], isWrapped: Bool)] = [([], false)]
    /// Line of the cursor, among all, and column.
    private var row = 0, column = 0
    public private(set) var isCursorVisible = true
    public private(set) var unknown: [String] = []
    /// Whether a colour is set.
    public private(set) var isColoured = false

    public init(columns: Int, rows: Int) { (self.columns, self.rows) = (columns, rows) }

    /// All lines, those that have scrolled away first, without blanks at their ends and without empty ones at the end.
    public var text: [String] {
        var all = lines.map { line in
            var text = line.text
            while text.last == " " { text.removeLast() }
            return String(text)
        }
        while all.last == "" { all.removeLast() }
        return all
    }

    private var top: Int { max(0, lines.count - rows) }

    /// - Parameter bytes: as the terminal gets them: "\n" moves down, "\r\n" begins a line.
    public mutating func write(_ bytes: String) {
        var scalars = bytes.unicodeScalars.makeIterator()
        while let scalar = scalars.next() {
            switch scalar {
            case "\r": column = 0
            case "\n": moveDown()
            case "\u{1b}":
                guard scalars.next() == "[" else {
                    unknown.append("ESC")
                    continue
                }
                var parameters = ""
                var final: Unicode.Scalar?
                while final == nil, let next = scalars.next() {
                    if ("@"..."~").contains(next) { final = next } else { parameters.unicodeScalars.append(next) }
                }
                if let final { sequence(parameters, final) }
            default: put(Character(scalar))
            }
        }
    }

    private mutating func moveDown() {
        row += 1
        if row == lines.count { lines.append(([], false)) }
    }

    private mutating func put(_ character: Character) {
        if column == columns {
            lines[row].isWrapped = true
            column = 0
            moveDown()
        }
        while lines[row].text.count <= column { lines[row].text.append(" ") }
        lines[row].text[column] = character
        column += 1
    }

    private mutating func sequence(_ parameters: String, _ final: Unicode.Scalar) {
        switch (parameters, final) {
        case (_, "A"): row = max(top, row - (Int(parameters) ?? 1))
        case ("", "K"), ("0", "K"): clearLine()
        case ("2", "K"): lines[row] = ([], false)
        case ("", "J"), ("0", "J"):
            clearLine()
            for below in (row + 1)..<max(row + 1, lines.count) { lines[below] = ([], false) }
        case (_, "m"): isColoured = parameters != "0" && parameters != ""
        case ("?25", "l"): isCursorVisible = false
        case ("?25", "h"): isCursorVisible = true
        default: unknown.append(parameters + String(final))
        }
    }

    /// As in tmux, what is cleared behind other characters stays part of the line, as blanks.
    private mutating func clearLine() {
        let length = column == 0 ? 0 : lines[row].text.count
        lines[row].text = lines[row].text.prefix(column) + Array(repeating: " ", count: max(0, length - column))
        lines[row].isWrapped = false
    }

    /// Another width: lines are wrapped anew, the cursor stays at its character, as in most terminals.
    public mutating func resize(columns wanted: Int, rows: Int) {
        var wrapped: [(text: [Character], isWrapped: Bool)] = []
        var cursor = (row: 0, column: 0)
        var first = 0
        while first < lines.count {
            var whole = lines[first].text, last = first
            var offset = first == row ? column : -1
            while lines[last].isWrapped, last + 1 < lines.count {
                last += 1
                if last == row { offset = whole.count + column }
                whole += lines[last].text
            }
            let start = wrapped.count
            var rest = whole[...]
            repeat {
                let piece = rest.prefix(wanted)
                rest = rest.dropFirst(wanted)
                wrapped.append((Array(piece), !rest.isEmpty))
            } while !rest.isEmpty
            if offset >= 0 {
                let place = min(offset / wanted, wrapped.count - 1 - start)
                cursor = (start + place, offset - place * wanted)
            }
            first = last + 1
        }
        (lines, row, column) = (wrapped, cursor.row, cursor.column)
        (columns, self.rows) = (wanted, rows)
    }
}
