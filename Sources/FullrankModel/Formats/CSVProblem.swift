/// What is wrong with a .csv file. Lines and columns count from 1, as in an editor or a spreadsheet; a column is a
/// field.
public enum CSVProblem: Error, Hashable, Sendable, CustomStringConvertible {
    case empty
    case ragged(line: Int, found: Int, expected: Int, firstLine: Int)
    case emptyField(line: Int, column: Int)
    case notANumber(line: Int, column: Int, text: String)
    /// NaN, infinity, or a number beyond float64's range.
    case notFinite(line: Int, column: Int, text: String)

    public var description: String {
        switch self {
        case .empty:
            "holds no numbers"
        case .ragged(let line, let found, let expected, let firstLine):
            "line \(line) has \(found) columns where line \(firstLine) has \(expected)"
        case .emptyField(let line, let column):
            "line \(line), column \(column) is empty; a number must stand there"
        case .notANumber(let line, let column, let text):
            "line \(line), column \(column): \(text.quoted) is not a number"
        case .notFinite(let line, let column, let text):
            "line \(line), column \(column): \(text.quoted) is not finite; every number must be"
        }
    }
}
