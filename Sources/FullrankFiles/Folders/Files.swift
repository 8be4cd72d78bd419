import FullrankModel
import FullrankPlatform

/// The system calls for files, with error messages.
package enum Files {
    package static func failure(_ path: String, _ code: Int32 = errno) -> SweepFolderError {
        .inputOutput(path: path, reason: systemWords(code))
    }

    package static func exists(_ path: String) -> Bool { access(path.fileName, F_OK) == 0 }

    /// Whether the path is a folder itself, not a link to one.
    package static func isFolder(_ path: String) -> Bool { FileStatus(ofLinkAt: path.fileName)?.kind == .folder }

    /// Whether it is a folder, or a link to one.
    package static func isFolderOrLink(_ path: String) -> Bool { FileStatus(at: path.fileName)?.kind == .folder }

    /// The whole file; nil if there is none.
    ///
    /// - Throws: `inputOutput`, if it is not a regular file, too; `damaged` if it is longer than `limit` bytes.
    package static func read(_ path: String, limit: Int = .max) throws(SweepFolderError) -> [UInt8]? {
        guard let descriptor = try openForReading(path) else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8]()
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = try readSome(descriptor, into: &chunk, path: path)
            if count == 0 { return bytes }
            bytes += chunk[..<count]
            guard bytes.count <= limit else {
                throw .damaged(path: path, line: nil, reason: "it is longer than \(limit) bytes")
            }
        }
    }

    /// Fills as much of the buffer as one read gives; 0 at the end.
    package static func readSome(
        _ descriptor: Int32, into buffer: inout [UInt8], from start: Int = 0, path: String
    ) throws(SweepFolderError) -> Int {
        while true {
            let count = buffer.withUnsafeMutableBytes {
                FullrankPlatform.read(descriptor, $0.baseAddress! + start, $0.count - start)
            }
            if count >= 0 { return count }
            if errno != EINTR { throw failure(path) }
        }
    }

    /// Writes all bytes, with as many system calls as needed.
    package static func write(_ bytes: [UInt8], to descriptor: Int32, path: String) throws(SweepFolderError) {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes {
                FullrankPlatform.write(descriptor, $0.baseAddress! + done, $0.count - done)
            }
            if count >= 0 {
                done += count
            } else if errno != EINTR {
                throw failure(path)
            }
        }
    }

    /// The file is on disk when the call returns. Files that cannot be synced (a pipe, a device) need not be.
    package static func sync(_ descriptor: Int32, path: String) throws(SweepFolderError) {
        guard syncToDisk(descriptor) != 0, errno != EINVAL, errno != EROFS else { return }
        throw failure(path)
    }

    /// Replaces a file's content completely or not at all: temporary file, fsync, rename.
    package static func writeWhole(_ bytes: [UInt8], folder: String, name: String) throws(SweepFolderError) {
        try writeWhole(folder: folder, name: name) { (write) throws(SweepFolderError) in try write(bytes) }
    }

    /// The same, in the pieces that `contents` passes to its argument, with one system call per piece.
    package static func writeWhole(
        folder: String, name: String,
        contents: (_ write: ([UInt8]) throws(SweepFolderError) -> Void) throws(SweepFolderError) -> Void
    ) throws(SweepFolderError) {
        let path = "\(folder)/\(name)"
        let temporary = "\(folder)/.\(name).partial"
        let descriptor = try openForWriting(temporary, O_WRONLY, path: path)
        do throws(SweepFolderError) {
            do throws(SweepFolderError) {
                // A process that was killed may have left content.
                guard setLength(descriptor, 0) == 0 else { throw failure(path) }
                try contents { (bytes) throws(SweepFolderError) in
                    try write(bytes, to: descriptor, path: path)
                }
                try sync(descriptor, path: path)
            } catch {
                close(descriptor)
                throw error
            }
            guard close(descriptor) == 0, rename(temporary.fileName, path.fileName) == 0 else { throw failure(path) }
        } catch {
            unlink(temporary.fileName)
            throw error
        }
        try syncFolder(folder)
        WrittenFiles.note(path)
    }

    /// Writes a folder's new and renamed entries to disk.
    package static func syncFolder(_ folder: String) throws(SweepFolderError) {
        let descriptor = open(folder.fileName, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(folder) }
        defer { close(descriptor) }
        try sync(descriptor, path: folder)
    }

    /// Creates the folder and those above it, like `mkdir -p`.
    package static func makeFolders(_ path: String) throws(SweepFolderError) {
        guard mkdir(path.fileName, 0o777) != 0 else { return }
        let code = errno
        if code == ENOENT, let parent = path.parentFolder, !parent.isEmpty {
            try makeFolders(parent)
            guard mkdir(path.fileName, 0o777) != 0, errno != EEXIST else { return }
            throw failure(path)
        }
        guard code == EEXIST else { throw failure(path, code) }
        guard let status = FileStatus(at: path.fileName) else {
            throw .inputOutput(path: path, reason: "a link to what is not there")
        }
        guard status.kind == .folder else { throw failure(path, ENOTDIR) }
    }

    /// The identity of a file or folder, whatever names it has; nil if it does not exist.
    package static func identity(_ path: String) -> FileStatus.Identity? { FileStatus(at: path.fileName)?.identity }

    /// Whether two names refer to one existing file or folder.
    package static func isSame(_ one: String, _ other: String) -> Bool {
        identity(one).map { $0 == identity(other) } ?? false
    }

    /// Does nothing if there is no such file.
    package static func remove(_ path: String) throws(SweepFolderError) {
        guard unlink(path.fileName) == 0 || errno == ENOENT else { throw failure(path) }
    }

    /// Names in a folder, sorted, without "." and "..".
    package static func names(in folder: String) throws(SweepFolderError) -> [String] {
        guard let entries = folderEntries(folder.fileName) else { throw failure(folder) }
        return entries.map { String(fileName: $0) }.filter { $0 != "." && $0 != ".." }.sorted()
    }
}
