/// What systems differ in, for a test's `.enabled(if:)`, whose reason says what the other system lacks.
public enum Platform {
    /// Control groups, /proc, /dev/full, disks in memory, limits that the kernel keeps, names of any bytes, ELF.
    public static var isLinux: Bool {
        #if canImport(Darwin)
            false
        #else
            true
        #endif
    }

    /// "timeout 60 " if there is such a program, which macOS has not; else nothing, and a test waits.
    public static let timeout = shell("command -v timeout >/dev/null") == 0 ? "timeout 60 " : ""

    /// Whether the loader's words are that a library is not there.
    public static func isMissing(_ library: String, _ words: String) -> Bool {
        words.contains(isLinux ? "\(library): cannot open shared object file" : "\(library)' (no such file")
    }
}
