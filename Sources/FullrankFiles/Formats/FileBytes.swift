import FullrankModel
import FullrankPlatform

/// Whole files in and out, with the system's words when it refuses.
enum FileBytes {
    /// Reads a regular file; one larger than the memory that is left (a sparse one may be) is refused before anything is
    /// allocated.
    static func read(_ path: String, limit: Int = .max) throws(FileError) -> [UInt8] {
        func failed(_ code: Int32) -> FileError {
            FileError(path: path, problem: .system("cannot be read: \(systemWords(code))"))
        }
        // Without O_NONBLOCK, opening a FIFO would wait for its writer for ever.
        let descriptor = open(path.fileName, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw failed(errno) }
        defer { close(descriptor) }
        guard let status = FileStatus(descriptor) else { throw failed(errno) }
        guard status.kind != .folder else { throw failed(EISDIR) }
        guard status.kind == .regular else {
            throw FileError(path: path, problem: .system("cannot be read: not a regular file"))
        }
        let size = status.size
        guard size <= limit else {
            throw FileError(path: path, problem: .content("is \(size) bytes long; at most \(limit) are read"))
        }
        guard AvailableMemory.holds(Double(size)) else {
            throw FileError(path: path, problem: .memory(needed: Double(size)))
        }

        var failure: Int32 = 0
        // Never 0: see NPYDecoder.words.
        let bytes = [UInt8](unsafeUninitializedCapacity: max(size, 1)) { buffer, count in
            while count < size {
                let got = FullrankPlatform.read(descriptor, buffer.baseAddress! + count, size - count)
                if got > 0 {
                    count += got
                } else if got == 0 {
                    break
                } else if errno != EINTR {
                    failure = errno
                    break
                }
            }
        }
        guard failure == 0 else { throw failed(failure) }
        return bytes
    }

    /// Reads a regular file, and unpacks it if it is gzip, whatever its name.
    static func unpacked(_ path: String) throws(FileError) -> [UInt8] { try unpacked(read(path), path: path) }

    /// The same for a content that was read already; `path` only names it in messages.
    static func unpacked(_ bytes: [UInt8], path: String) throws(FileError) -> [UInt8] {
        guard Gzip.isGzip(bytes) else { return bytes }
        do throws(GzipProblem) {
            // Unpacked bytes and, of the smallest elements, a float64 each must fit together.
            return try Gzip.unpack(bytes, limit: AvailableMemory.bytes / 9)
        } catch {
            throw FileError(path: path, problem: .gzip(error))
        }
    }

    /// Writes `parts` one after the other to a new file. An existing file is not changed, and nothing remains if
    /// writing fails.
    static func create(_ path: String, parts: [UnsafeRawBufferPointer]) throws(FileError) {
        try write(parts, to: path, flags: O_EXCL)
        WrittenFiles.note(path)
    }

    /// Writes a file, over one that exists. A link, unless it is to be followed, and a FIFO that no one reads are
    /// refused.
    static func replace(_ path: String, _ bytes: [UInt8], followingLinks: Bool = false) throws(FileError) {
        let flags = followingLinks ? O_TRUNC : O_TRUNC | O_NOFOLLOW | O_NONBLOCK
        let result: Result<Void, FileError> = bytes.withUnsafeBytes { bytes in
            Result { () throws(FileError) in try write([bytes], to: path, flags: flags) }
        }
        try result.get()
    }

    private static func write(
        _ parts: [UnsafeRawBufferPointer], to path: String, flags: Int32
    ) throws(FileError) {
        func failed(_ code: Int32) -> FileError {
            FileError(path: path, problem: .system("cannot be written: \(systemWords(code))"))
        }
        let descriptor = open(path.fileName, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0o666)
        guard descriptor >= 0 else { throw failed(errno) }
        var failure: Int32 = 0
        for part in parts where failure == 0 {
            var written = 0
            while written < part.count, failure == 0 {
                let put = FullrankPlatform.write(descriptor, part.baseAddress! + written, part.count - written)
                if put >= 0 { written += put } else if errno != EINTR { failure = errno }
            }
        }
        // Network file systems report a full disk as late as here.
        if close(descriptor) != 0, failure == 0 { failure = errno }
        guard failure == 0 else {
            if FileStatus(at: path.fileName)?.kind == .regular { unlink(path.fileName) }
            throw failed(failure)
        }
    }
}
