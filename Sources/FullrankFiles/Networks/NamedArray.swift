import FullrankModel

/// An array of a file that holds several, by name.
public struct NamedArray: Hashable, Sendable {
    /// "W1", "0.weight": without .npy.
    public let name: String
    public let shape: [Int]
    /// Its type as the file says it: "<f4", "BF16".
    public let type: String
    /// Row-major, as float64; nil where the type is none of floating point or whole numbers that are read here.
    public let values: [Double]?

    package init(name: String, shape: [Int], type: String, values: [Double]?) {
        self.name = name
        self.shape = shape
        self.type = type
        self.values = values
    }

    /// "0.weight (30, 784)".
    var text: String { "\(name.printable()) \(NPYHeader.text(shape))" }
}

/// The arrays of a file or folder: .npz, .safetensors, or a folder of .npy files.
public enum NamedArrays {
    /// For messages and help.
    public static let fileNames = "FILE.npz, FILE.safetensors or a folder of .npy files"

    /// - Throws: `FileError`.
    public static func load(path: String) throws(FileError) -> [NamedArray] {
        if Files.isFolderOrLink(path) { return try folder(path) }
        let bytes = try FileBytes.read(path)
        if ZipArchive.isZip(bytes) { return try NPZFile.arrays(bytes, path: path) }
        if path.hasSuffixOfBytes(".safetensors") { return try SafetensorsFile.arrays(bytes, path: path) }
        throw FileError(
            path: path, problem: .content("is none of \(fileNames): it is no zip file, nor named .safetensors"))
    }

    private static func folder(_ path: String) throws(FileError) -> [NamedArray] {
        let names: [String]
        do throws(SweepFolderError) { names = try Files.names(in: path) } catch {
            throw FileError(path: path, problem: .system("cannot be listed"))
        }
        var arrays = [NamedArray]()
        for name in names where name.hasSuffixOfBytes(".npy") {
            let file = try NPYFile(path: "\(path)/\(name)")
            arrays.append(
                NamedArray(
                    name: String(name.dropLast(4)), shape: file.shape, type: file.element.descriptor,
                    values: file.values))
        }
        guard !arrays.isEmpty else { throw FileError(path: path, problem: .content("is a folder without .npy files")) }
        return arrays
    }
}

extension String {
    /// By bytes, as a file's name may hold any.
    package func hasSuffixOfBytes(_ ending: String) -> Bool {
        utf8.suffix(ending.utf8.count).elementsEqual(ending.utf8)
    }
}
