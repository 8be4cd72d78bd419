import FullrankModel

/// Numbers in rows, as spreadsheets, pandas, R and `numpy.savetxt` write them.
///
/// The first line that is neither blank nor a comment decides how fields are separated: by commas if it holds one
/// outside quotes, else by semicolons, else by tabs, else by runs of blanks. That line may be a header (`CSVHeader`).
/// Fields may be in double quotes, numbers too. `#` begins a comment at the beginning of a line or after its numbers.
/// Lines end in LF, CRLF or CR. UTF-8, with or without a byte order mark, and UTF-16 with one are read.
public struct CSVFile: Hashable, Sendable {
    /// As given; messages name it.
    public let path: String
    /// At least 1.
    public let rows: Int
    /// At least 1.
    public let columns: Int
    /// Row-major, all finite; each the float64 nearest to the decimal that was written.
    public let values: [Double]
    /// What was taken for something else than a point, a header above all: a line each, for whoever gave the file.
    public let notes: [String]

    /// - Throws: `FileError`: `.system` if it can't be read, `.csv` naming line and column.
    public init(path: String) throws(FileError) {
        try self.init(bytes: FileBytes.unpacked(path), path: path)
    }

    /// Reads a file's content; `path` only names it in messages.
    public init(bytes: [UInt8], path: String) throws(FileError) {
        let reader: CSVReader
        do throws(CSVProblem) {
            var reading = try CSVReader(bytes: bytes)
            try reading.readAll()
            reader = reading
        } catch {
            throw FileError(path: path, problem: .csv(error))
        }
        self.path = path
        columns = reader.columns
        rows = reader.values.count / reader.columns
        values = reader.values
        notes = reader.notes
    }
}
