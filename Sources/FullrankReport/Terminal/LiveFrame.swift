/// Lines at the end of a terminal that are redrawn in place, with the cursor at the end of the last. This type computes
/// the bytes that turn the present lines into the wanted ones, and writes nothing.
///
/// Unchanged lines are skipped and others overwritten, so that nothing flickers. Only a line that becomes shorter is
/// cleared first, as a whole, because tmux counts cells cleared after the cursor as part of a line and would wrap those
/// blanks when its pane becomes narrower. The cursor is hidden only within the bytes of one change, so that it is
/// visible however the process ends.
public struct LiveFrame: Sendable {
    private var lines: [String] = []
    /// The terminal's width when the lines were drawn.
    private var drawnColumns = 0

    public init() {}

    public var isEmpty: Bool { lines.isEmpty }

    /// Bytes that replace the present lines by `wanted`. No line may take more than `columns` - 1 columns, because a
    /// terminal may wrap when its last column is written.
    ///
    /// - Parameter columns: the terminal's present number of columns. If the terminal has become narrower, the old
    ///   lines are assumed to be wrapped, as in most terminals.
    public mutating func replace(with wanted: [String], columns: Int) -> String {
        guard let last = wanted.last else { return erase(columns: columns) }
        defer { (lines, drawnColumns) = (wanted, columns) }
        if wanted.count == 1, lines.count <= 1, rows(columns) <= 1 { return Self.home + "\u{1b}[K" + last }
        var bytes = "\u{1b}[?25l" + toTop(columns)
        // With another width the positions of the lines are less certain.
        let isAnew = columns != drawnColumns || lines.count > wanted.count
        if isAnew { bytes += "\u{1b}[J" }
        let old = isAnew ? [] : lines
        for (index, line) in wanted.enumerated() {
            let isLast = index == wanted.count - 1
            let isSame = index < old.count - 1 && !isLast && old[index] == line
            let isShorter = index < old.count && Self.width(line) < Self.width(old[index])
            bytes += (isShorter ? "\u{1b}[2K" : "") + (isSame ? "" : line) + (isLast ? "" : "\n")
        }
        return bytes + "\u{1b}[?25h"
    }

    /// Bytes that remove the lines and put the cursor at the beginning of the first.
    public mutating func erase(columns: Int) -> String {
        guard !lines.isEmpty else { return "" }
        defer { lines = [] }
        return rows(columns) == 1 ? Self.home + "\u{1b}[K" : toTop(columns) + "\u{1b}[J"
    }

    /// Called if another program has written to the terminal: its contents are then unknown.
    public mutating func forget() { lines = [] }

    private static let home = "\r"

    private func toTop(_ columns: Int) -> String {
        let up = max(rows(columns), 1) - 1
        return Self.home + (up > 0 ? "\u{1b}[\(up)A" : "")
    }

    private func rows(_ columns: Int) -> Int {
        lines.reduce(0) { $0 + max(1, (Self.width($1) + columns - 1) / max(columns, 1)) }
    }

    /// Columns that a line takes, escape sequences left out.
    static func width(_ line: String) -> Int {
        var width = 0, isEscaped = false
        for scalar in line.unicodeScalars {
            if isEscaped {
                isEscaped = scalar == "[" || !(("@"..."~").contains(scalar))
            } else if scalar == "\u{1b}" {
                isEscaped = true
            } else {
                width += 1
            }
        }
        return width
    }
}
