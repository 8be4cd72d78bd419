#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// What the system knows of a file or folder (`stat`).
package struct FileStatus: Sendable {
    package enum Kind: Sendable { case regular, folder, link, other }

    /// What tells a file from every other, whatever names it has.
    package struct Identity: Hashable, Sendable {
        package let device: UInt64
        package let node: UInt64
    }

    package let kind: Kind
    package let identity: Identity
    /// Names it has in the file system.
    package let links: Int
    /// In bytes.
    package let size: Int
    /// When its content last changed: seconds since 1970.
    package let modified: Double

    /// Of the file a path leads to, through links. nil, with `errno`, where the system gives none.
    package init?(at path: UnsafePointer<CChar>) {
        var raw = stat()
        guard stat(path, &raw) == 0 else { return nil }
        self.init(raw)
    }

    /// Of the link itself, where the path is one.
    package init?(ofLinkAt path: UnsafePointer<CChar>) {
        var raw = stat()
        guard lstat(path, &raw) == 0 else { return nil }
        self.init(raw)
    }

    package init?(_ descriptor: Int32) {
        var raw = stat()
        guard fstat(descriptor, &raw) == 0 else { return nil }
        self.init(raw)
    }

    private init(_ raw: stat) {
        kind =
            switch raw.st_mode & S_IFMT {
            case S_IFREG: .regular
            case S_IFDIR: .folder
            case S_IFLNK: .link
            default: .other
            }
        // Darwin's devices are signed.
        identity = Identity(device: UInt64(truncatingIfNeeded: raw.st_dev), node: UInt64(raw.st_ino))
        links = Int(raw.st_nlink)
        size = Int(raw.st_size)
        #if canImport(Darwin)
            let time = raw.st_mtimespec
        #else
            let time = raw.st_mtim
        #endif
        modified = Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}
