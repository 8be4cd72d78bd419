import FullrankModel

/// Whether a .csv file's first line of fields names columns rather than holds a point.
enum CSVHeader: Equatable {
    /// A point, or the reason why the fields are not a point.
    case none
    /// Names, one per column.
    case names
    /// The first field is empty: the first column is an index (pandas' and R's row names) and no coordinate.
    case index

    /// A line is a header if none of its fields is a number and one at least is a name; or, as pandas writes columns
    /// without names, if its first field is empty and the others count 0, 1, 2, ...
    init(_ bytes: [UInt8], _ fields: [Range<Int>]) {
        let isNameless = fields.count > 1 && fields[0].isEmpty
        if isNameless, Self.counts(bytes, fields.dropFirst()) {
            self = .index
        } else if fields.contains(where: { CSVNumber.isNumeric(bytes, $0) })
            || !fields.contains(where: { Self.isName(bytes[$0]) })
        {
            self = .none
        } else {
            self = isNameless ? .index : .names
        }
    }

    /// Whether the fields are 0, 1, 2, ... in plain digits: a point, or pandas' names for columns that have none.
    static func counts(_ bytes: [UInt8], _ fields: some Collection<Range<Int>>) -> Bool {
        fields.enumerated().allSatisfy { bytes[$1].elementsEqual("\($0)".utf8) }
    }

    /// Something with a letter that does not begin as a number does, and is not a word for a missing one.
    private static func isName(_ field: ArraySlice<UInt8>) -> Bool {
        guard let first = field.first, !"0123456789+-.".utf8.contains(first) else { return false }
        let hasLetter = field.contains { byte in
            byte >= 0x80 || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
        }
        let missing = ["na", "n/a", "#n/a", "#na", "<na>", "null", "none", "nil", "missing"]
        return hasLetter && !missing.contains(String(decoding: field.prefix(8), as: UTF8.self).lowercased())
    }
}
