import FullrankModel
import Glibc

/// The system calls files need, with errors in words.
package enum Files {
    package static func failure(_ path: String, _ code: Int32 = errno) -> SweepFolderError {
        .inputOutput(path: path, reason: String(cString: strerror(code)))
    }

    package static func exists(_ path: String) -> Bool { access(path.fileName, F_OK) == 0 }

    /// Whether it is a folder itself, not a link to one.
    package static func isFolder(_ path: String) -> Bool {
        var information = stat()
        return lstat(path.fileName, &information) == 0 && information.st_mode & S_IFMT == S_IFDIR
    }

    /// Whether it is a folder, or a link to one.
    package static func isFolderOrLink(_ path: String) -> Bool {
        var information = stat()
        return stat(path.fileName, &information) == 0 && information.st_mode & S_IFMT == S_IFDIR
    }

    /// The whole file; nil where there is none.
    ///
    /// - Throws: `inputOutput`, where it is no regular file, too; `damaged` where it is longer than `limit` bytes.
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
                Glibc.read(descriptor, $0.baseAddress! + start, $0.count - start)
            }
            if count >= 0 { return count }
            if errno != EINTR { throw failure(path) }
        }
    }

    /// Writes all of it, however many system calls that takes.
    package static func write(_ bytes: [UInt8], to descriptor: Int32, path: String) throws(SweepFolderError) {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress! + done, $0.count - done) }
            if count >= 0 {
                done += count
            } else if errno != EINTR {
                throw failure(path)
            }
        }
    }

    /// On disk when it returns. What cannot be synced (a pipe, a device) need not be.
    package static func sync(_ descriptor: Int32, path: String) throws(SweepFolderError) {
        guard fsync(descriptor) != 0, errno != EINVAL, errno != EROFS else { return }
        throw failure(path)
    }

    /// A file's whole content or, whatever happens, what was there before: temporary file, fsync, rename.
    package static func writeWhole(_ bytes: [UInt8], folder: String, name: String) throws(SweepFolderError) {
        try writeWhole(folder: folder, name: name) { (write) throws(SweepFolderError) in try write(bytes) }
    }

    /// The same, in pieces: what `contents` hands to its argument, each piece a system call.
    package static func writeWhole(
        folder: String, name: String,
        contents: (_ write: ([UInt8]) throws(SweepFolderError) -> Void) throws(SweepFolderError) -> Void
    ) throws(SweepFolderError) {
        let path = "\(folder)/\(name)"
        let temporary = "\(folder)/.\(name).partial"
        let descriptor = try openForWriting(temporary, O_WRONLY, path: path)
        do throws(SweepFolderError) {
            do throws(SweepFolderError) {
                // Left by a process that was killed.
                guard ftruncate(descriptor, 0) == 0 else { throw failure(path) }
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

    /// Makes a folder's new and renamed entries last.
    package static func syncFolder(_ folder: String) throws(SweepFolderError) {
        let descriptor = open(folder.fileName, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(folder) }
        defer { close(descriptor) }
        try sync(descriptor, path: folder)
    }

    /// The folder and those above it, as `mkdir -p`.
    package static func makeFolders(_ path: String) throws(SweepFolderError) {
        guard mkdir(path.fileName, 0o777) != 0 else { return }
        let code = errno
        if code == ENOENT, let parent = path.parentFolder, !parent.isEmpty {
            try makeFolders(parent)
            guard mkdir(path.fileName, 0o777) != 0, errno != EEXIST else { return }
            throw failure(path)
        }
        var information = stat()
        guard code == EEXIST else { throw failure(path, code) }
        guard stat(path.fileName, &information) == 0 else {
            throw .inputOutput(path: path, reason: "a link to what is not there")
        }
        guard information.st_mode & S_IFMT == S_IFDIR else { throw failure(path, ENOTDIR) }
    }

    /// What tells a file or folder from every other, whatever names it has; nil where there is none.
    package static func identity(_ path: String) -> [UInt64]? {
        var information = stat()
        guard stat(path.fileName, &information) == 0 else { return nil }
        return [UInt64(information.st_dev), UInt64(information.st_ino)]
    }

    /// Nothing to do where there is no such file.
    package static func remove(_ path: String) throws(SweepFolderError) {
        guard unlink(path.fileName) == 0 || errno == ENOENT else { throw failure(path) }
    }

    /// Names in a folder, sorted, without "." and "..".
    package static func names(in folder: String) throws(SweepFolderError) -> [String] {
        guard let directory = opendir(folder.fileName) else { throw failure(folder) }
        defer { closedir(directory) }
        var names = [String]()
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(fileName: $0.prefix { $0 != 0 })
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }
}
