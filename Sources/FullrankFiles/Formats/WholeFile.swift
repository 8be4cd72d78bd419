import FullrankModel
import FullrankPlatform

/// A file's whole content in one call.
public enum WholeFile {
    /// - Throws: `FileError`: `.system`, or `.content` if it is longer than `limit` bytes.
    public static func read(_ path: String, limit: Int = .max) throws(FileError) -> [UInt8] {
        try FileBytes.read(path, limit: limit)
    }

    /// The same, unpacked if it is gzip, whatever its name.
    public static func unpacked(_ path: String) throws(FileError) -> [UInt8] { try FileBytes.unpacked(path) }

    /// Creates or replaces the file: a reader sees either the old content or the new. A path that is not a regular file
    /// (a terminal, /dev/full) is written to directly.
    ///
    /// - Throws: `FileError`, `.system`; the old content is then still there.
    public static func write(_ bytes: [UInt8], to path: String) throws(FileError) {
        let isSpecial = FileStatus(at: path.fileName).map { $0.kind != .regular } ?? false
        // In the same folder, or the rename could not be one step.
        let place = isSpecial ? path : "\(path).partial"
        do throws(FileError) {
            try FileBytes.replace(place, bytes, followingLinks: isSpecial)
        } catch {
            throw FileError(path: path, problem: error.problem)
        }
        guard !isSpecial, rename(place.fileName, path.fileName) != 0 else { return WrittenFiles.note(path) }
        let words = systemWords()
        unlink(place.fileName)
        throw FileError(path: path, problem: .system("cannot be written: \(words)"))
    }
}
