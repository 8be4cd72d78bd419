import FullrankKernels
import FullrankModel
import Synchronization

/// A `RankBackend` over a table of C functions and one open session: the linked-in CPU kernels and any loaded
/// library alike.
///
/// Unchecked: the session belongs to this object alone, every call on it takes `turn`, and `cancel` and `progress`
/// are safe from any thread by the C interface's own promise; all else is constant.
public final class CBackend: RankBackend, @unchecked Sendable {
    public let name: String
    public let device: String
    public let threads: Int
    private let table: BackendTable
    public var libraryVersion: String { table.libraryVersion }

    let functions: fr_backend
    private let session: OpaquePointer
    private let turn = Mutex(())
    private let options: BackendOptions
    /// Of a device: the CPU's session for what is the host's work, and whether it is at work.
    private let host = Mutex<(cpu: CBackend?, isWorking: Bool)>((nil, false))

    /// Opens a session.
    ///
    /// - Throws: `unavailable` if no such device answers, else what opening said.
    public init(_ table: BackendTable, options: BackendOptions = BackendOptions()) throws(BackendError) {
        let devices = try table.devices()
        guard devices.indices.contains(options.device) else {
            throw .unavailable("\(table.name): no device \(options.device): there are \(devices.count), counted from 0")
        }
        guard let threads = Int32(exactly: options.threads), threads >= 0 else {
            throw .invalidArgument("\(table.name): \(options.threads) threads: 0 means all, else a positive number")
        }
        guard let open = table.functions.open, table.functions.close != nil else {
            throw .unsupported("\(table.name): opens no sessions")
        }
        var asked = fr_session_options(
            struct_size: UInt32(MemoryLayout<fr_session_options>.size), device: Int32(options.device),
            threads: threads, reserved: 0, memory_limit_bytes: options.memoryLimit ?? 0)
        var opened: OpaquePointer?
        let (status, words) = BackendTable.withReason { open(&asked, &opened, $0, $1) }
        guard status == FR_OK else { throw BackendError(status, words: words, from: table.name) }
        guard let opened else { throw .internal("\(table.name): opened no session and gave no reason") }
        name = table.name
        device = devices[options.device].description
        self.threads = options.threads > 0 ? options.threads : Processors.available
        self.options = options
        self.table = table
        functions = table.functions
        session = opened
    }

    deinit { functions.close(session) }

    public func cancel() {
        functions.cancel?(session)
        workingCPU?.cancel()
    }

    private var workingCPU: CBackend? { host.withLock { $0.isWorking ? $0.cpu : nil } }

    /// Lets the CPU do a call of this backend's, with as many threads.
    func withCPU<Answer>(_ body: (CBackend) throws(BackendError) -> Answer) throws(BackendError) -> Answer {
        let cpu: CBackend
        if let opened = host.withLock({ $0.cpu }) {
            cpu = opened
        } else {
            var options = options
            options.device = 0
            cpu = try CBackend(try .cpu(), options: options)
        }
        host.withLock { $0 = (cpu, true) }
        defer { host.withLock { $0.isWorking = false } }
        return try body(cpu)
    }

    public var progress: Double {
        if let cpu = workingCPU { return cpu.progress }
        guard let progress = functions.progress else { return 0 }
        let share = progress(session)
        return share >= 0 ? min(share, 1) : 0  // a NaN too is 0
    }

    /// One call on the session, alone; `last_error` is read before anyone else's turn.
    func call(_ body: (OpaquePointer) -> fr_status) throws(BackendError) {
        let (status, words) = turn.withLock { _ -> (fr_status, String) in
            let status = body(session)
            guard status != FR_OK, let words = functions.last_error?(session) else { return (status, "") }
            return (status, String(cString: words))
        }
        guard status == FR_OK else { throw BackendError(status, words: words, from: name) }
    }

    /// A table's function, or `unsupported` if its entry is empty.
    func require<Function>(_ function: Function?, _ what: String) throws(BackendError) -> Function {
        guard let function else { throw .unsupported("\(name): has no \(what)") }
        return function
    }
}
