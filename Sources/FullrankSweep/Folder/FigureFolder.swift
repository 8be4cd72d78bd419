import FullrankFiles

/// A folder for figures and reports. It is created if it is missing, and each file is written whole or not at all. It
/// has no lock, because figures can be made again from the journal at any time, even while a sweep runs in the folder.
public struct FigureFolder: Sendable {
    public let path: String

    public init(_ path: String) throws(SweepFolderError) {
        self.path = path
        try Files.makeFolders(path)
    }

    /// Writes a file, in place of one of that name.
    public func write(name: String, contents: String) throws(SweepFolderError) {
        try Files.writeWhole(Array(contents.utf8), folder: path, name: name)
    }
}
