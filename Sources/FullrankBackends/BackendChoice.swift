import FullrankModel
import FullrankPlatform

/// `--backend auto|cpu|cuda`.
public enum BackendChoice: String, CaseIterable, Hashable, Sendable {
    /// CUDA if its library loads and a device answers, else the CPU.
    case auto
    case cpu
    /// CUDA or nothing.
    case cuda

    /// Opens the chosen backend.
    ///
    /// - Parameters:
    ///   - options: `device` is overruled by `devices`.
    ///   - devices: CUDA devices by number, which compute different trials at the same time. nil: the one of
    ///     `options`; empty: all that answer. The CPU has device 0 only, which `auto` falls back to.
    ///   - search: where the CUDA library is searched.
    ///   - deviceNodes: files; one of them exists if a driver has NVIDIA devices.
    /// - Throws: `cuda`: why it is not available. `auto`: only errors of the CPU backend, and errors of CUDA for
    ///   a device that was chosen by number.
    public func open(
        options: BackendOptions = BackendOptions(), devices: [Int]? = nil, search: LibrarySearch = .cuda,
        deviceNodes: [String] = ChosenBackend.nvidiaNodes
    ) throws(BackendError) -> ChosenBackend {
        let devices = devices ?? [options.device]
        switch self {
        case .cpu:
            guard devices.allSatisfy({ $0 == 0 }) else { throw .unavailable("cpu: its only device is 0") }
            return try Self.openCPU(options, reason: "asked for")
        case .cuda: return try Self.openCUDA(options, devices, search, reason: "asked for")
        case .auto:
            do throws(BackendError) {
                return try Self.openCUDA(options, devices, search, reason: "a CUDA device answers")
            } catch {
                // A device chosen by number means CUDA, because the CPU has only one.
                guard devices.allSatisfy({ $0 == 0 }) else { throw error }
                var chosen = try Self.openCPU(options, reason: "no CUDA: \(error.words)")
                // Without a GPU not every run needs a message about it. A library that the user named was meant to
                // load.
                chosen.leavesCUDAUnused =
                    search.exactPath != nil || deviceNodes.contains { access($0.fileName, F_OK) == 0 }
                return chosen
            }
        }
    }

    private static func openCPU(_ options: BackendOptions, reason: String) throws(BackendError) -> ChosenBackend {
        ChosenBackend(backend: try CBackend(try .cpu(), options: options), reason: reason, notes: [])
    }

    private static func openCUDA(
        _ options: BackendOptions, _ devices: [Int], _ search: LibrarySearch, reason: String
    ) throws(BackendError) -> ChosenBackend {
        let library = try BackendLibrary.load(search)
        let numbers = devices.isEmpty ? Array(try library.table.devices().indices) : devices
        var members = [any RankBackend]()
        for number in numbers {
            var options = options
            options.device = number
            members.append(try CBackend(library.table, options: options))
        }
        return ChosenBackend(
            backend: members.count == 1 ? members[0] : DeviceGroup(members), reason: "\(reason) (\(library.path))",
            notes: library.notes)
    }
}

/// An open backend and the reason for its choice.
public struct ChosenBackend: Sendable {
    public let backend: any RankBackend
    /// "asked for", "no CUDA: libfullrank_cuda.so: cannot open shared object file ...".
    public let reason: String
    /// Further messages for the user: rival libraries.
    public let notes: [String]
    /// `auto` took the CPU on a machine that has a CUDA device, or whose CUDA library was named by the environment.
    public internal(set) var leavesCUDAUnused = false

    /// The NVIDIA driver's files on Linux, and on Linux under Windows.
    public static let nvidiaNodes = ["/dev/nvidiactl", "/dev/dxg"]
}

extension BackendError: CustomStringConvertible {
    /// The backend's message, without the kind of error.
    public var words: String {
        switch self {
        case .invalidArgument(let words), .unsuitableData(let words), .outOfMemory(let words), .unavailable(let words),
            .deviceLost(let words),
            .unsupported(let words), .internal(let words):
            words
        case .cancelled: "cancelled"
        }
    }

    /// A sentence for a person.
    public var description: String {
        switch self {
        case .invalidArgument: "invalid argument: \(words)"
        case .unsuitableData: "unsuitable data: \(words)"
        case .outOfMemory: "out of memory: \(words)"
        case .unavailable: "backend unavailable: \(words)"
        case .deviceLost: "device lost: \(words)"
        case .cancelled: "cancelled"
        case .unsupported: "unsupported: \(words)"
        case .internal: "a bug in the backend, please report: \(words)"
        }
    }
}
