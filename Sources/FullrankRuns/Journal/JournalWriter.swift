import FullrankFiles
import FullrankPlatform

/// The file of a journal, for appending: synced to disk at most once a second and whenever `flush` is called.
///
/// Used by one thread. A failed write leaves the journal as it was before that batch, as far as the system lets it; a
/// torn last line is dropped by the next reader anyway.
final class JournalWriter {
    let path: String
    /// Whether lines end with their checksums: as in the existing journal, or as in the newest version.
    let isSealed: Bool
    private let descriptor: Int32
    /// Bytes that are whole batches.
    private var length: Int
    private var lastSync = ContinuousClock.now
    private var unsynced = false

    /// Opens the journal behind its first `length` bytes, which a reader found whole; what follows them is cut off.
    ///
    /// - Parameter version: that of the journal that is there; nil if there is none: the newest.
    init(folder: String, header: JournalHeader, length: Int, version: Int?) throws(SweepFolderError) {
        path = "\(folder)/\(Files.journalName)"
        let version = version ?? header.version
        isSealed = version == header.version
        self.length = length
        descriptor = try Files.openForWriting(path, O_WRONLY | O_APPEND)
        cut()
        if length == 0 {
            try append { (write) throws(SweepFolderError) in try write(header.line(version: version)) }
            try Files.syncFolder(folder)
        }
    }

    deinit { close(descriptor) }

    /// Appends a batch of whole lines, which `pieces` hands over, at best a megabyte at a time. At most once a second
    /// it waits for the disk.
    func append(
        pieces: (_ write: ([UInt8]) throws(SweepFolderError) -> Void) throws(SweepFolderError) -> Void
    ) throws(SweepFolderError) {
        var written = 0
        do throws(SweepFolderError) {
            try pieces { (bytes) throws(SweepFolderError) in
                guard !bytes.isEmpty else { return }
                unsynced = true
                try Files.write(bytes, to: descriptor, path: path)
                written += bytes.count
            }
        } catch {
            cut()
            throw error
        }
        length += written
        if ContinuousClock.now - lastSync >= .seconds(1) { try flush() }
    }

    /// All of it on disk.
    func flush() throws(SweepFolderError) {
        guard unsynced else { return }
        try Files.sync(descriptor, path: path)
        unsynced = false
        lastSync = .now
    }

    /// Drops what is not a whole batch. It may fail, on a device say: readers drop a torn last line too.
    private func cut() { _ = setLength(descriptor, length) }
}
