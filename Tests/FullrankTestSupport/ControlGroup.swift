import FullrankPlatform

/// A control group (Linux) of version 1 or 2 made for a test; it is gone with its last reference.
public final class ControlGroup {
    public let path: String
    /// Where a process writes its number to become a member.
    public var processes: String { path + "/cgroup.procs" }

    private static let root = "/sys/fs/cgroup"
    private static var isUnified: Bool { access(root + "/cgroup.controllers", R_OK) == 0 }

    /// - Parameter controller: "cpu", "memory".
    public static func canBeMade(_ controller: String) -> Bool {
        guard let group = ControlGroup(controller) else { return false }
        let names = ["memory.max", "memory.limit_in_bytes", "cpu.max", "cpu.cfs_quota_us"]
        return names.contains { $0.hasPrefix(controller) && access(group.path + "/" + $0, W_OK) == 0 }
    }

    public init?(_ controller: String) {
        let parent = Self.isUnified ? Self.root : "\(Self.root)/\(controller)"
        path = "\(parent)/fullrank-test-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        guard mkdir(path, 0o755) == 0 else { return nil }
    }

    deinit {
        // Its last process may be about to leave.
        for _ in 0..<100 where rmdir(path) != 0 { usleep(10_000) }
    }

    /// Writes to the first of these files that there is.
    public func write(_ names: [String], _ text: String) -> Bool {
        for name in names {
            let descriptor = open(path + "/" + name, O_WRONLY)
            guard descriptor >= 0 else { continue }
            defer { close(descriptor) }
            return FullrankPlatform.write(descriptor, text, text.utf8.count) == text.utf8.count
        }
        return false
    }
}
