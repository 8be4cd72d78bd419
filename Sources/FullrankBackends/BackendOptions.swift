/// How a session is opened. None of these decides an answer.
public struct BackendOptions: Hashable, Sendable {
    /// Index into the backend's devices; 0 for a CPU.
    public var device: Int
    /// Host threads; 0: all the process may use.
    public var threads: Int
    /// Bytes of device (CPU: host) memory a call may take; nil: no limit of ours.
    public var memoryLimit: UInt64?

    public init(device: Int = 0, threads: Int = 0, memoryLimit: UInt64? = nil) {
        self.device = device
        self.threads = threads
        self.memoryLimit = memoryLimit
    }
}

/// A device that answered.
public struct BackendDevice: Hashable, Sendable {
    public let name: String
    /// Bytes; nil if unknown.
    public let memory: UInt64?
    /// Bytes free when asked; nil if unknown.
    public let freeMemory: UInt64?
    /// Cores of a CPU, multiprocessors of a GPU.
    public let computeUnits: Int
    /// 10 major + minor of a CUDA device's compute capability, nil for a CPU.
    public let architecture: Int?

    public init(name: String, memory: UInt64?, freeMemory: UInt64?, computeUnits: Int, architecture: Int?) {
        self.name = name
        self.memory = memory
        self.freeMemory = freeMemory
        self.computeUnits = computeUnits
        self.architecture = architecture
    }

    /// The device in words: "AMD EPYC, 2 cores", "NVIDIA H100 80GB HBM3".
    public var description: String {
        guard architecture == nil, computeUnits > 0 else { return name }
        return "\(name), \(computeUnits) \(computeUnits == 1 ? "core" : "cores")"
    }
}
