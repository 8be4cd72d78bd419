import FullrankKernels

/// A backend's table of functions whose version and size were checked.
///
/// Unchecked: the C interface's tables are constants and their functions, apart from those on one session, may be
/// called from any thread.
public struct BackendTable: @unchecked Sendable {
    /// Copied, so that a table is read once, after the check.
    let functions: fr_backend

    /// - Throws: `unavailable` for a missing table, another ABI version, or a table shorter than this program's.
    public init(_ table: UnsafePointer<fr_backend>?, from origin: String) throws(BackendError) {
        guard let table else { throw .unavailable("\(origin): its table of functions is missing") }
        // Only the two leading fields may be read before their values determine which others exist.
        let header = UnsafeRawPointer(table)
        let version = header.load(as: UInt32.self)
        let size = header.load(fromByteOffset: 4, as: UInt32.self)
        guard version == UInt32(FR_ABI_VERSION) else {
            throw .unavailable(
                "\(origin): speaks version \(version) of the backend interface, this program "
                    + "version \(FR_ABI_VERSION); build both from the same source")
        }
        guard size >= MemoryLayout<fr_backend>.size else {
            throw .unavailable(
                "\(origin): its table holds \(size) bytes, this program needs \(MemoryLayout<fr_backend>.size); "
                    + "build both from the same source")
        }
        functions = table.pointee
    }

    /// The CPU backend, linked in.
    public static func cpu() throws(BackendError) -> BackendTable {
        try BackendTable(fullrank_cpu_backend_v1(), from: "the CPU backend")
    }

    /// "cpu", "cuda"
    public var name: String { functions.name.map { String(cString: $0) } ?? "unnamed" }

    /// Libraries and versions in use.
    public var libraryVersion: String {
        guard let version = functions.library_version, let words = version() else { return "" }
        return String(cString: words)
    }

    /// The devices that answer; never empty.
    ///
    /// - Throws: `unavailable` with the driver's message if no device answers.
    public func devices() throws(BackendError) -> [BackendDevice] {
        guard let list = functions.devices else { throw .unsupported("\(name): lists no devices") }
        var infos = [fr_device_info](repeating: fr_device_info(), count: 16)
        var count: Int32 = 0
        while true {
            let capacity = Int32(infos.count)
            let (status, words) = Self.withReason { list(&infos, capacity, &count, $0, $1) }
            guard status == FR_OK else { throw BackendError(status, words: words, from: name) }
            guard count > 0 else { throw .unavailable("\(name): no device answers") }
            if count <= capacity { break }
            infos = Array(repeating: fr_device_info(), count: Int(count))
        }
        return infos[..<Int(count)].map(BackendDevice.init)
    }

    /// Runs a function that writes its reason into a buffer.
    static func withReason(
        _ body: (UnsafeMutablePointer<CChar>, Int) -> fr_status
    ) -> (status: fr_status, words: String) {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 1024) { buffer in
            buffer.initialize(repeating: 0)
            // One byte stays ours, so that the text ends whatever was written.
            let status = body(buffer.baseAddress!, buffer.count - 1)
            return (status, String(cString: buffer.baseAddress!))
        }
    }
}

extension BackendDevice {
    init(_ info: fr_device_info) {
        let name = withUnsafeBytes(of: info.name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        self.init(
            name: name, memory: info.memory_bytes == 0 ? nil : info.memory_bytes,
            freeMemory: info.free_memory_bytes == 0 ? nil : info.free_memory_bytes,
            computeUnits: Int(info.compute_units), architecture: info.architecture == 0 ? nil : Int(info.architecture))
    }
}

extension BackendError {
    /// The error for a status other than FR_OK.
    init(_ status: fr_status, words: String, from origin: String) {
        let text = "\(origin): \(words.isEmpty ? "no reason given (status \(status.rawValue))" : words)"
        switch status {
        case FR_INVALID_ARGUMENT: self = .invalidArgument(text)
        case FR_OUT_OF_MEMORY: self = .outOfMemory(text)
        case FR_UNAVAILABLE: self = .unavailable(text)
        case FR_DEVICE_LOST: self = .deviceLost(text)
        case FR_CANCELLED: self = .cancelled
        case FR_UNSUPPORTED: self = .unsupported(text)
        case FR_INTERNAL: self = .internal(text)
        default: self = .internal("\(text) (unknown status \(status.rawValue))")
        }
    }
}
