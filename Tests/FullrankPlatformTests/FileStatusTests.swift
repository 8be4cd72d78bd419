import FullrankPlatform
import FullrankTestSupport
import Testing

/// Of files that the shell made.
@Suite struct FileStatusTests {
    private let folder = TemporaryFolder()

    private func status(_ name: String) -> FileStatus? { FileStatus(at: folder.path + "/" + name) }

    @Test func kindsAndNumbers() throws {
        folder.file("a", [1, 2, 3])
        let making = "ln a b && ln -s a c && mkdir d && mkfifo e && ln -s nowhere f"
        #expect(shell("cd \(folder.path) && \(making)") == 0 && folder.setModified("a", 1_700_000_000.25))
        let a = try #require(status("a"))
        #expect(a.kind == .regular && a.size == 3 && a.links == 2 && a.modified == 1_700_000_000.25)
        #expect(status("b")?.identity == a.identity && status("c")?.identity == a.identity)
        #expect(status("d")?.kind == .folder && status("d")?.identity != a.identity)
        #expect(status("e")?.kind == .other)
        let link = try #require(FileStatus(ofLinkAt: folder.path + "/c"))
        #expect(link.kind == .link && link.identity != a.identity)
        errno = 0
        let missing = status("f")
        let code = errno
        #expect(missing == nil && code == ENOENT)
        #expect(FileStatus(ofLinkAt: folder.path + "/f")?.kind == .link)
    }

    @Test func openFilesAndFolders() throws {
        folder.file("a", [1, 2, 3])
        let descriptor = open(folder.path + "/a", O_RDONLY | O_CLOEXEC)
        #expect(FileStatus(descriptor)?.identity == status("a")?.identity)
        close(descriptor)
        #expect(FileStatus(descriptor) == nil)
        let names = try #require(folderEntries(folder.path)).map { String(decoding: $0, as: UTF8.self) }
        #expect(names.sorted() == [".", "..", "a"])
        let none = folderEntries(folder.path + "/a")
        let code = errno
        #expect(none == nil && code == ENOTDIR)
        #expect(systemWords(ENOENT) == "No such file or directory")
    }

    @Test func locksExcludeEachOther() {
        folder.file("a", [])
        let one = open(folder.path + "/a", O_RDWR), other = open(folder.path + "/a", O_RDWR)
        defer { close(one); close(other) }
        #expect(FileLock.takeAlone(one) == 0)
        #expect(FileLock.takeAlone(other) == EWOULDBLOCK && FileLock.takeShared(other) == EWOULDBLOCK)
        FileLock.release(one)
        #expect(FileLock.takeShared(other) == 0 && FileLock.takeShared(one) == 0)
        #expect(FileLock.takeAlone(one) == EWOULDBLOCK)
        #expect(syncToDisk(one) == 0)
        #expect(FileLock.takeAlone(-1) != 0)
    }
}
