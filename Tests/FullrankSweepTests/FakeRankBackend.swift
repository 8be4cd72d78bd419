import FullrankBackends
import FullrankModel
import FullrankPlatform
import Synchronization

/// Answers that are a function of seed, problem and trial, with planted misfortunes.
final class FakeRankBackend: RankBackend {
    struct Behaviour: Sendable {
        /// More trials than this in a call are out of memory.
        var memory = Int.max
        var notFiniteTrial: UInt64?
        /// Cells of each trial whose index divides by this do not converge.
        var notConvergedEvery: Int?
        var error: BackendError?
        /// Every trial takes this long.
        var microsecondsPerTrial: UInt32 = 0
        /// A call lasts until it is cancelled, from this call on.
        var blocksFromCall = Int.max
        /// Trials of the blocked call that come back computed instead of an error; nil: the call throws.
        var computedWhenCancelled: Int?
    }
    struct Log: Sendable {
        var calls = [Range<UInt64>]()
        var seconds = [Double]()
    }

    let name: String
    let device = "a fake device"
    let libraryVersion = "none"
    let behaviour: Behaviour
    let log = Mutex(Log())
    private let cancelled = Atomic<Bool>(false)

    init(_ behaviour: Behaviour = Behaviour(), name: String = "fake") {
        self.behaviour = behaviour
        self.name = name
    }

    func cancel() { cancelled.store(true, ordering: .relaxed) }
    var progress: Double { 0.5 }

    /// What `trial` must become, whatever the batch.
    static func profile(_ problem: TrialProblem, _ trial: UInt64) -> RankProfile {
        var state = problem.seed &+ trial &* 0x9e37_79b9_7f4a_7c15 &+ UInt64(problem.inputDimension) << 32
        let columns = UInt64(max(1, problem.columns))
        var taken = Set<UInt64>()
        let pivots = (0..<problem.points).map { _ -> Int64 in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            guard (state >> 60) > 0, taken.count < problem.columns else { return -1 }
            // A column holds one pivot.
            var column = (state >> 20) % columns
            while !taken.insert(column).inserted { column = (column + 1) % columns }
            return Int64(column)
        }
        return RankProfile(
            pivotColumns: pivots, columnsPerUnit: problem.hidden.isEmpty ? problem.columnsPerUnit : problem.columns)
    }

    static func summary(_ problem: TrialProblem, _ cell: Cell, _ trial: UInt64) -> SingularSummary {
        let scale = Double(problem.seed % 1000) + Double(trial) / 3 + 0.1
        return SingularSummary(
            largest: scale * Double(cell.points), smallest: 1e-300 / scale / Double(cell.units),
            rank: min(cell.points, cell.units))
    }

    private func begin(_ trials: Range<UInt64>) throws(BackendError) -> Int {
        let count = log.withLock { log in
            log.calls.append(trials)
            return log.calls.count
        }
        if let error = behaviour.error { throw error }
        if trials.count > behaviour.memory { throw .outOfMemory("a fake device has little") }
        if count >= behaviour.blocksFromCall {
            while !cancelled.load(ordering: .relaxed) { usleep(500) }
            guard let computed = behaviour.computedWhenCancelled else { throw .cancelled }
            return computed
        }
        if behaviour.microsecondsPerTrial > 0 { usleep(behaviour.microsecondsPerTrial * UInt32(trials.count)) }
        return trials.count
    }

    func rankProfiles(
        of problem: TrialProblem, trials: Range<UInt64>, prime: UInt32
    ) throws(BackendError) -> [Outcome<RankProfile>] {
        let computed = try begin(trials)
        return trials.enumerated().map { place, trial in
            if trial == behaviour.notFiniteTrial { return .notFinite }
            return place < computed ? .computed(Self.profile(problem, trial)) : .notComputed
        }
    }

    func singularValues(
        of problem: TrialProblem, cells: [Cell], trials: Range<UInt64>, precision: Precision
    ) throws(BackendError) -> [Outcome<SingularSummary>] {
        let computed = try begin(trials)
        return trials.enumerated().flatMap { place, trial in
            cells.enumerated().map { index, cell -> Outcome<SingularSummary> in
                if trial == behaviour.notFiniteTrial { return .notFinite }
                if let every = behaviour.notConvergedEvery, index % every == 0 { return .notConverged }
                return place < computed ? .computed(Self.summary(problem, cell, trial)) : .notComputed
            }
        }
    }

    // A sweep asks for nothing else.
    func inputs(of problem: TrialProblem, trial: UInt64) throws(BackendError) -> [Double] { throw .unsupported("") }
    func weights(
        of problem: TrialProblem, trial: UInt64
    ) throws(BackendError) -> (weights: [Double], biases: [Double]) { throw .unsupported("") }
    func activationPattern(
        of problem: TrialProblem, trial: UInt64
    ) throws(BackendError) -> ActivationPattern { throw .unsupported("") }
    func jacobian(of problem: TrialProblem, trial: UInt64) throws(BackendError) -> [Double] { throw .unsupported("") }
    func rankProfiles(
        ofMatrices matrices: [Double], batch: Int, rows: Int, columns: Int, prime: UInt32
    ) throws(BackendError) -> [Outcome<RankProfile>] { throw .unsupported("") }
    func singularValues(
        ofMatrices matrices: [Double], batch: Int, rows: Int, columns: Int, precision: Precision
    ) throws(BackendError) -> [Outcome<SingularSummary>] { throw .unsupported("") }
}
