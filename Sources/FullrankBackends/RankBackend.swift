import FullrankModel

/// One leading block of a Jacobian: the first `points` data points, the first `units` units.
public struct Cell: Hashable, Sendable {
    public let points: Int
    public let units: Int
    public init(points: Int, units: Int) {
        self.points = points
        self.units = units
    }
}

/// The outcome of one item of a batch. "Not computed" never means rank 0.
public enum Outcome<Value: Sendable>: Sendable {
    case computed(Value)
    /// The item contains a NaN or an infinity.
    case notFinite
    /// The singular value iteration did not converge.
    case notConverged
    /// The call was cancelled before this item's turn.
    case notComputed

    public func map<Other>(_ body: (Value) -> Other) -> Outcome<Other> {
        switch self {
        case .computed(let value): .computed(body(value))
        case .notFinite: .notFinite
        case .notConverged: .notConverged
        case .notComputed: .notComputed
        }
    }
}

/// Computes ranks of many Jacobians, on one device.
///
/// Results depend on the arguments alone, to the bit: not on threads, batch sizes or, for the exact method, the
/// backend. Calls block until they are finished. Only one thread may use a backend at a time, except for `cancel` and
/// `progress`.
public protocol RankBackend: AnyObject, Sendable {
    /// The name that plan.json records: "cpu", "cuda".
    var name: String { get }
    /// The device in words: "AMD EPYC, 2 cores", "NVIDIA H100 80GB HBM3".
    var device: String { get }
    /// Libraries and versions in use: "OpenBLAS 0.3.21 ...".
    var libraryVersion: String { get }

    /// The number of threads that other work may use: that with which the backend was opened.
    var threads: Int { get }

    /// Makes the running call, if any, end soon with `BackendError.cancelled`. Safe from any thread.
    func cancel()
    /// Share of the running call that is done, 0 to 1. Safe from any thread.
    var progress: Double { get }

    /// n × d0, row-major.
    func inputs(of problem: TrialProblem, trial: UInt64) throws(BackendError) -> [Double]
    /// weights: units × d0, row-major; biases: units, empty without bias.
    func weights(of problem: TrialProblem, trial: UInt64) throws(BackendError) -> (weights: [Double], biases: [Double])
    func activationPattern(of problem: TrialProblem, trial: UInt64) throws(BackendError) -> ActivationPattern
    /// n × d1 k, row-major, float64.
    func jacobian(of problem: TrialProblem, trial: UInt64) throws(BackendError) -> [Double]

    /// Rank profiles mod `prime`, one per trial.
    func rankProfiles(
        of problem: TrialProblem, trials: Range<UInt64>, prime: UInt32
    ) throws(BackendError) -> [Outcome<RankProfile>]

    /// Column rank profiles, one per trial, proved or mod `prime`. The columns are those of `rankProfiles`, unless the
    /// rank modulo the prime is too low there.
    func columnProfiles(
        of problem: TrialProblem, trials: Range<UInt64>, prime: UInt32
    ) throws(BackendError) -> [Outcome<ColumnProfile>]

    /// Trial-major: `cells.count` summaries for each trial.
    func singularValues(
        of problem: TrialProblem, cells: [Cell], trials: Range<UInt64>, precision: Precision
    ) throws(BackendError) -> [Outcome<SingularSummary>]

    /// Rank profiles mod `prime` of `batch` dense matrices, each rows × columns, row-major, as exact rationals. The
    /// profiles count columns one by one (k = 1).
    func rankProfiles(
        ofMatrices matrices: [Double], batch: Int, rows: Int, columns: Int, prime: UInt32
    ) throws(BackendError) -> [Outcome<RankProfile>]

    func singularValues(
        ofMatrices matrices: [Double], batch: Int, rows: Int, columns: Int, precision: Precision
    ) throws(BackendError) -> [Outcome<SingularSummary>]

    /// One trial's rank profile mod `prime`, and for each point without a pivot its relation to points with pivots.
    ///
    /// - Throws: `unsupported` if the backend does not implement it.
    func dependencies(of problem: TrialProblem, trial: UInt64, prime: UInt32) throws(BackendError) -> Dependencies
}

extension RankBackend {
    public var threads: Int { Processors.available }

    /// For backends without a quicker way.
    public func columnProfiles(
        of problem: TrialProblem, trials: Range<UInt64>, prime: UInt32
    ) throws(BackendError) -> [Outcome<ColumnProfile>] {
        try rankProfiles(of: problem, trials: trials, prime: prime).map { $0.map(\.columnProfile) }
    }
}

/// Why a backend could not return a result.
public enum BackendError: Error, Hashable, Sendable {
    /// A bug in the caller, or an argument that a user chose; the backend's text names the argument.
    case invalidArgument(String)
    /// The numbers of a file are unsuitable for the request.
    case unsuitableData(String)
    case outOfMemory(String)
    /// No library, no device, no driver, another ABI version; with the loader's or driver's own text.
    case unavailable(String)
    /// The device was lost during a run. Earlier results remain valid.
    case deviceLost(String)
    case cancelled
    case unsupported(String)
    case `internal`(String)
}
