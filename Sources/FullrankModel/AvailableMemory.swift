import FullrankKernels

/// The memory this process may still take: what every check of a size compares with.
public enum AvailableMemory {
    /// Bytes that `ulimit`, the control group and the machine leave; `Int.max` if nothing is known.
    public static var bytes: Int { Int(clamping: fr_memory_available()) }

    /// Smaller needs are not looked up: where even these fail, the allocation itself says so.
    private static let small = 64e6

    /// Whether so many bytes are there.
    public static func holds(_ needed: Double) -> Bool { needed <= small || needed <= Double(bytes) }

    /// "800000 GB, more than the 22.1 GB of memory that are left".
    public static func shortage(_ needed: Double) -> String {
        "\(size(needed)), more than the \(size(Double(bytes))) of memory that are left"
    }

    /// "38 MB", "2.4 GB", "more than 10^15 GB".
    static func size(_ bytes: Double) -> String {
        if bytes < 1e9 { return "\(Int((bytes / 1e6).rounded(.up))) MB" }
        if bytes >= 1e24 { return "more than 10^15 GB" }
        if bytes >= 1e11 { return "\(Int((bytes / 1e9).rounded(.up))) GB" }
        let tenths = Int((bytes / 1e8).rounded(.up))
        return "\(tenths / 10).\(tenths % 10) GB"
    }
}
