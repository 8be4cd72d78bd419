import FullrankModel
import FullrankPlatform

// The contents of a folder may be another user's: a name may be a link to a file elsewhere, a FIFO, or a device.
extension Files {
    /// The file that decides which run a folder contains.
    package static let planName = "plan.json"
    /// The journal of a run that is made of trials: one line for each trial.
    package static let journalName = "trials.jsonl"
    /// A plan is refused beyond this size: a sparse file of terabytes, say.
    static let longestPlan = 1 << 26

    /// Opens a regular file; nil if there is none. A link to one is followed, as nothing is changed.
    package static func openForReading(_ path: String) throws(SweepFolderError) -> Int32? {
        // Without O_NONBLOCK, opening a FIFO would wait for its writer for ever.
        let descriptor = open(path.fileName, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            // What a socket answers.
            if errno == ENXIO { throw notRegular(path) }
            throw failure(path)
        }
        do throws(SweepFolderError) { _ = try status(descriptor, path) } catch {
            close(descriptor)
            throw error
        }
        return descriptor
    }

    /// Opens or creates a regular file for writing. Links to files elsewhere are refused, symbolic and hard ones,
    /// because their creator might not be allowed to change those files.
    ///
    /// - Parameter path: for messages, if the file is known by another name.
    package static func openForWriting(_ name: String, _ flags: Int32, path: String? = nil) throws(SweepFolderError)
        -> Int32
    {
        let descriptor = open(name.fileName, flags | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o666)
        guard descriptor >= 0 else {
            let code = errno
            if code == ELOOP, FileStatus(ofLinkAt: name.fileName)?.kind == .link {
                throw .inputOutput(path: name, reason: "a symbolic link, which is not written through: remove it")
            }
            if code == ENXIO { throw notRegular(name) }
            throw failure(path ?? name, code)
        }
        do throws(SweepFolderError) {
            guard try status(descriptor, name).links <= 1 else {
                throw .inputOutput(
                    path: name,
                    reason: "a hard link: a file of another name would change with it. Put a copy in its place")
            }
        } catch {
            close(descriptor)
            throw error
        }
        return descriptor
    }

    /// plan.json of a folder; nil if there is none.
    package static func readPlan(_ folder: String) throws(SweepFolderError) -> [UInt8]? {
        try read("\(folder)/\(Files.planName)", limit: longestPlan)
    }

    private static func status(_ descriptor: Int32, _ path: String) throws(SweepFolderError) -> FileStatus {
        guard let status = FileStatus(descriptor) else { throw failure(path) }
        if status.kind == .folder { throw failure(path, EISDIR) }
        guard status.kind == .regular else { throw notRegular(path) }
        return status
    }

    private static func notRegular(_ path: String) -> SweepFolderError {
        .inputOutput(path: path, reason: "not a regular file")
    }
}
