import FullrankModel

/// What is wrong with a .csv file. Lines and columns count from 1, as in an editor or a spreadsheet; a column is a
/// field.
public enum CSVProblem: Error, Hashable, Sendable, CustomStringConvertible {
    case empty
    /// The words say which.
    case encoding(String)
    /// A quoted field that does not end.
    case openQuote(line: Int)
    /// - note: how lines are taken apart.
    case ragged(line: Int, found: Int, expected: Int, firstLine: Int, note: String)
    case emptyField(line: Int, column: Int)
    /// - note: how lines are split into fields, if that may be the reason; or empty.
    case notANumber(line: Int, column: Int, text: String, note: String)
    /// NaN, infinity, or a number beyond float64's range.
    case notFinite(line: Int, column: Int, text: String)

    public var description: String {
        switch self {
        case .empty:
            return "holds no numbers"
        case .encoding(let words):
            return words
        case .openQuote(let line):
            return "line \(line): a quote is opened and not closed"
        case .ragged(let line, let found, let expected, let firstLine, let note):
            return "line \(line) has \(found) columns where line \(firstLine) has \(expected); \(note)"
        case .emptyField(let line, let column):
            return "line \(line), column \(column) is empty; a number must stand there"
        case .notANumber(let line, let column, let text, let note):
            return "line \(line), column \(column): \(text.quoted) is not a number" + (note.isEmpty ? "" : "; \(note)")
        case .notFinite(let line, let column, let text):
            return "line \(line), column \(column): \(text.quoted) is not finite; every number must be"
        }
    }
}
