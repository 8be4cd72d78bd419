/// Numbers in rows, as spreadsheets and `numpy.savetxt` write them.
///
/// The first line that is neither blank nor a comment decides how fields are separated: by commas if it holds one,
/// else by semicolons, else by tabs, else by runs of blanks. That line may be a header: it is one if none of its fields
/// is a number. `#` begins a comment, to the line's end. Lines end in LF, CRLF or CR; a byte order mark is skipped.
public struct CSVFile: Hashable, Sendable {
    /// As given; messages name it.
    public let path: String
    /// At least 1.
    public let rows: Int
    /// At least 1.
    public let columns: Int
    /// Row-major, all finite; each the float64 nearest to the decimal that was written.
    public let values: [Double]

    /// - Throws: `FileError`: `.system` where it can't be read, `.csv` naming line and column.
    public init(path: String) throws(FileError) {
        try self.init(bytes: FileBytes.read(path), path: path)
    }

    /// Reads a file's content; `path` only names it in messages.
    public init(bytes: [UInt8], path: String) throws(FileError) {
        var reader = CSVReader(bytes: bytes)
        do throws(CSVProblem) {
            try reader.readAll()
        } catch {
            throw FileError(path: path, problem: .csv(error))
        }
        self.path = path
        columns = reader.columns
        rows = reader.values.count / reader.columns
        values = reader.values
    }
}
