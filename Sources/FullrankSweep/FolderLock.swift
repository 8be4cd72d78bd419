import Glibc

/// One process at a time works in a folder. The lock is the kernel's (`flock`) on a file that stays: a process that
/// dies leaves the file, not the lock.
final class FolderLock {
    static let name = ".fullrank.lock"
    private let descriptor: Int32

    /// - Throws: `busy` while another holds it.
    init(folder: String) throws(SweepFolderError) {
        let path = "\(folder)/\(Self.name)"
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw Files.failure(path) }
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            let code = errno
            if code == EINTR { continue }
            defer { close(descriptor) }
            guard code == EWOULDBLOCK else { throw Files.failure(path, code) }
            let holder = (try? Files.read(path)).flatMap { $0 }.map { String(decoding: $0, as: UTF8.self) } ?? ""
            throw .busy(path: folder, holder: String(holder.split(separator: "\n").first ?? ""))
        }
        // For the message only: a full disk must not keep anyone from resuming.
        var host = [CChar](repeating: 0, count: 256)
        gethostname(&host, host.count - 1)
        let hostName = String(decoding: host.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        ftruncate(descriptor, 0)
        try? Files.write(Array("process \(getpid()) on \(hostName)\n".utf8), to: descriptor, path: path)
    }

    /// Whether some process works in the folder now. Changes nothing.
    static func isHeld(folder: String) -> Bool {
        let descriptor = open("\(folder)/\(name)", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        guard flock(descriptor, LOCK_SH | LOCK_NB) == 0 else { return errno == EWOULDBLOCK }
        flock(descriptor, LOCK_UN)
        return false
    }

    deinit {
        // Closing alone would not do: a child that another thread forked just now has a copy until it execs.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }
}
