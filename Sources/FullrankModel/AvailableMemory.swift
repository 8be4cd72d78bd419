import FullrankKernels

/// The memory that this process may still allocate, with which every check of a size compares.
public enum AvailableMemory {
    /// Bytes that `ulimit`, the control group and the machine leave; `Int.max` if nothing is known.
    public static var bytes: Int { Int(clamping: fr_memory_available()) }

    /// Smaller needs are not checked: if even they fail, the allocation itself reports it.
    private static let small = 64e6

    /// Whether this many bytes are available.
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
