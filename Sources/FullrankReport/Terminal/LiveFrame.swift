/// Lines at the end of a terminal that are drawn over again in place, the cursor at the end of the last: which bytes
/// turn what is there into what is wanted. Writes nothing.
///
/// Lines that stay as they are are passed over and others written over what is there, so that nothing flickers; only
/// one that becomes shorter is cleared first, as a whole: tmux counts what is cleared behind a cursor as part of a line,
/// and would wrap those blanks when its pane becomes narrower. The cursor is hidden within the bytes of one change only,
/// so that it is there however the process ends.
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
        // Another width: where lines are is known less well.
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

    /// Bytes that take the lines away, the cursor where the first of them began.
    public mutating func erase(columns: Int) -> String {
        guard !lines.isEmpty else { return "" }
        defer { lines = [] }
        return rows(columns) == 1 ? Self.home + "\u{1b}[K" : toTop(columns) + "\u{1b}[J"
    }

    /// What is there is no longer known: another program has written there.
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
