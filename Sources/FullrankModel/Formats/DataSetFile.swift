extension DataSet {
    /// Whether `path` ends in what `load` reads.
    public static func isFileName(_ path: String) -> Bool { fileExtension(path) != nil }

    /// Reads data points from a .npy or .csv file: a row a point. An array of one dimension is n points of one
    /// coordinate.
    ///
    /// - Throws: `FileError`: the file can't be read, is not such a file, is not of one or two dimensions, holds no
    ///   point or no coordinate, or something not finite.
    public static func load(path: String) throws(FileError) -> DataSet {
        func failed(_ words: String) -> FileError { FileError(path: path, problem: .content(words)) }
        switch fileExtension(path) {
        case "csv":
            let file = try CSVFile(path: path)
            return DataSet(points: file.rows, inputDimension: file.columns, values: file.values)
        case "npy":
            let file = try NPYFile(path: path)
            let shape = file.shape.count == 1 ? file.shape + [1] : file.shape
            guard shape.count == 2 else {
                throw failed("shape \(NPYHeader.text(file.shape)) is not (points, inputs)")
            }
            guard !file.values.isEmpty else { throw failed("shape \(NPYHeader.text(file.shape)) holds no data") }
            try file.requireFinite()
            return DataSet(points: shape[0], inputDimension: shape[1], values: file.values)
        default: throw failed("is neither a .npy nor a .csv file, by its name")
        }
    }

    private static func fileExtension(_ path: String) -> String? {
        ["npy", "csv"].first { path.lowercased().hasSuffix("." + $0) }
    }
}
