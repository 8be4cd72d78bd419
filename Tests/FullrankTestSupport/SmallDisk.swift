/// A file system in memory, of a size that is soon full; only where this process may mount one, on Linux.
public final class SmallDisk {
    public let folder = TemporaryFolder()
    public var path: String { folder.path }

    public static let canBeMade = Platform.isLinux && SmallDisk(size: "200k") != nil

    /// - Parameter size: as mount takes it: "200k".
    public init?(size: String) {
        guard shell("mount -t tmpfs -o size=\(size) none \(path) 2>/dev/null") == 0 else { return nil }
    }

    /// Changes what mount's words change: "size=20m", "ro".
    public func remount(_ options: String) -> Bool { shell("mount -o remount,\(options) \(path)") == 0 }

    deinit { shell("umount -l \(path) 2>/dev/null") }
}
