/// A table as JSON on standard output: an array of objects, one on a line, written in pieces, however many there are.
struct JSONRows {
    private var text = "["
    private var isFirst = true

    mutating func append(_ row: [(String, JSONText)]) throws(CommandFailure) {
        text += (isFirst ? "\n" : ",\n") + JSONText.object(row).text
        isFirst = false
        guard text.utf8.count >= 1 << 16 else { return }
        try writeOutput(text)
        text = ""
    }

    /// Writes what is left, and the array's end.
    mutating func end() throws(CommandFailure) {
        try writeOutput(text + "\n]\n")
        text = ""
    }
}
