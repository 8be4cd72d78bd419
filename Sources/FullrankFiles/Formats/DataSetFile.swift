import FullrankModel

extension DataSet {
    /// Whether `path` is named as what `load` reads: .npy, .npz or .npz:NAME (one of its arrays), .csv, .idx (or MNIST's
    /// "-idx3-ubyte"), any of them with .gz.
    public static func isFileName(_ path: String) -> Bool { kind(path) != nil }

    /// The names `isFileName` takes, for messages.
    public static let fileNames = ["FILE.npy", "FILE.npz", "FILE.csv", "FILE.idx"]

    /// Reads data points from a .npy, .npz, .csv or IDX file, gzipped or not whatever its name says: one row per point.
    /// An array of one dimension is n points of one coordinate. In an IDX file of more than two dimensions (images) each
    /// point's numbers make one row.
    ///
    /// - Parameter note: receives which parts of a .csv file were not read as points (`CSVFile.notes`).
    /// - Throws: `FileError`: the file can't be read, has another format, is not of one or two dimensions, contains no
    ///   point or no coordinate, or a number that is not finite.
    public static func load(
        path: String, note: ([String]) -> Void = { _ in }
    ) throws(FileError) -> DataSet {
        func failed(_ words: String) -> FileError { FileError(path: path, problem: .content(words)) }
        guard let kind = kind(path) else {
            throw failed("is neither a .npy, .npz or .csv nor an IDX file, by its name")
        }
        let (filePath, member) = kind == .npz ? archive(path) : (path, nil)
        let bytes = try FileBytes.unpacked(filePath)
        switch kind {
        case .csv:
            let file = try CSVFile(bytes: bytes, path: path)
            note(file.notes)
            return DataSet(points: file.rows, inputDimension: file.columns, values: file.values)
        case .npy, .npz:
            let file =
                try kind == .npy
                ? NPYFile(bytes: bytes, path: path) : NPZFile.array(bytes, named: member, path: filePath)
            let shape = file.shape.count == 1 ? file.shape + [1] : file.shape
            guard shape.count == 2 else {
                throw failed("shape \(NPYHeader.text(file.shape)) is not (points, inputs)")
            }
            guard !file.values.isEmpty else { throw failed("shape \(NPYHeader.text(file.shape)) holds no data") }
            try file.requireFinite()
            return DataSet(points: shape[0], inputDimension: shape[1], values: file.values)
        case .idx:
            let file = try IDXFile(bytes: bytes, path: path)
            guard !file.values.isEmpty else { throw failed("shape \(NPYHeader.text(file.shape)) holds no data") }
            let columns = file.values.count / file.shape[0]
            if let flat = file.values.firstIndex(where: { !$0.isFinite }) {
                let value = file.values[flat].isNaN ? "nan" : "\(file.values[flat])"
                throw failed(
                    "point \(flat / columns), number \(flat % columns) is \(value); every number must be finite")
            }
            return DataSet(points: file.shape[0], inputDimension: columns, values: file.values)
        }
    }

    private enum Kind { case npy, npz, csv, idx }

    /// Of FILE.npz:NAME the file's path and the array's name; nil: the only one.
    private static func archive(_ path: String) -> (String, String?) {
        let bytes = Array(path.utf8), ending = Array(".npz:".utf8)
        guard bytes.count >= ending.count,
            let start = (0...(bytes.count - ending.count)).last(where: { bytes[$0...].starts(with: ending) })
        else { return (path, nil) }
        let end = start + ending.count
        return (String(decoding: bytes[..<(end - 1)], as: UTF8.self), String(decoding: bytes[end...], as: UTF8.self))
    }

    private static func kind(_ path: String) -> Kind? {
        // Endings are compared by bytes, as the name may hold any.
        var name = path.lastPathComponent.utf8.map {
            (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0
        }
        func ends(_ ending: String) -> Bool { name.suffix(ending.utf8.count).elementsEqual(ending.utf8) }
        if archive(path).1 != nil { return .npz }
        if ends(".gz") { name.removeLast(3) }
        if ends(".npz") { return .npz }
        if ends(".npy") { return .npy }
        if ends(".csv") { return .csv }
        // train-images-idx3-ubyte, train-images.idx3-ubyte, images.idx
        let isNumbered = (1...9).contains { ends(".idx\($0)") || ends("idx\($0)-ubyte") }
        return ends(".idx") || isNumbered ? .idx : nil
    }
}
