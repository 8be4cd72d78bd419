import FullrankModel
import FullrankPlatform

/// One process at a time works in a folder. The lock is the kernel's (`flock`) on a file that stays: a process that
/// dies leaves the file, not the lock.
package final class FolderLock {
    package static let name = ".fullrank.lock"
    private let descriptor: Int32
    /// For messages: "process 17 on node".
    private let holder: String

    /// - Throws: `busy` while another holds it.
    package init(folder: String) throws(SweepFolderError) {
        let path = "\(folder)/\(Self.name)"
        let file = try Files.openForWriting(path, O_RDWR)
        var tries = 0
        while case let code = FileLock.takeAlone(file), code != 0 {
            tries += 1
            if code == EWOULDBLOCK, tries < 40 {
                // It may be `isHeld` of another process, which is over in no time.
                usleep(5_000)
                continue
            }
            // `descriptor` is not set yet: `deinit` does not run.
            defer { close(file) }
            guard code == EWOULDBLOCK else { throw Files.failure(path, code) }
            var bytes = [UInt8](repeating: 0, count: 512)
            let length = read(file, &bytes, bytes.count, from: 0)
            let holder = String(decoding: bytes.prefix(max(0, length)), as: UTF8.self)
            throw .busy(path: folder, holder: String(holder.split(separator: "\n").first ?? ""))
        }
        descriptor = file
        holder = "process \(getpid()) on \(hostName())"
        write(holder + "\n")
    }

    /// A second line in the lock's file, for who reads it meanwhile or later.
    package func note(_ words: String) { write("\(holder)\n\(words)\n") }

    /// Written for messages only: a full disk must not prevent resuming.
    private func write(_ text: String) {
        guard setLength(descriptor, 0) == 0, goToStart(descriptor) == 0 else { return }
        try? Files.write(Array(text.utf8), to: descriptor, path: Self.name)
    }

    /// Whether some process works in the folder now. Changes nothing.
    package static func isHeld(folder: String) -> Bool {
        let descriptor = open("\(folder)/\(name)".fileName, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        let code = FileLock.takeShared(descriptor)
        guard code == 0 else { return code == EWOULDBLOCK }
        FileLock.release(descriptor)
        return false
    }

    deinit {
        // Closing alone would not do: a child that another thread forked just now has a copy until it execs.
        FileLock.release(descriptor)
        close(descriptor)
    }
}
