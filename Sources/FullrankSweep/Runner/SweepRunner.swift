import FullrankBackends
import FullrankFiles
import FullrankModel
import FullrankRegions
import FullrankRuns
import FullrankStatistics
import Synchronization

/// Runs the unfinished trials of a sweep: plan → calls of a backend → journal and consumer. Prints
/// nothing.
///
/// `run` blocks its thread and is called once; `cancel` and `progress` may be called from any thread meanwhile.
public final class SweepRunner: Sendable {
    public let plan: SweepPlan
    public let problems: [SweepProblem]
    public let backend: any RankBackend
    let dataSet: DataSet?
    /// The index-th prime; nil: the seed's.
    let prime: (@Sendable (Int) -> UInt32)?
    /// This run's share of each problem; nil: all.
    let share: Range<Int>?
    let stopping = Atomic<Bool>(false)
    let meter = Mutex(SweepMeter())

    /// - Parameter dataSet: the file's points; needed exactly when the plan's inputs are a file.
    /// - Parameter shard: the share of the trials to run; nil: all. Not for a plan with a target.
    /// - Parameter prime: the index-th prime, in place of the seed's. Tests give small primes, which disagree.
    /// - Throws: `data` if they do not fit the plan.
    public init(
        plan: SweepPlan, shard: Shard? = nil, dataSet: DataSet? = nil, backend: any RankBackend,
        prime: (@Sendable (Int) -> UInt32)? = nil
    ) throws(SweepError) {
        self.plan = plan
        self.share = shard?.trials(of: plan.trials)
        self.problems = plan.problems
        self.dataSet = dataSet
        self.backend = backend
        self.prime = prime
        guard case .file(let path, let fingerprint) = plan.inputs else { return }
        guard let dataSet else { throw .data("\(path): its data points are needed") }
        guard dataSet.fingerprint == fingerprint else { throw .data("\(path): holds other data than the plan's") }
        if plan.patterns == .regions {
            try Self.checkPosition(dataSet, problems, path: path, threads: backend.threads)
        }
        for problem in problems
        where problem.inputDimension != dataSet.inputDimension || problem.largestPoints > dataSet.points {
            throw .data(
                "\(path): holds \(dataSet.points) points of \(dataSet.inputDimension) numbers; the plan needs "
                    + "\(problem.largestPoints) of \(problem.inputDimension)")
        }
    }

    /// Regions of a file's points require general position. If there are too many sets of points to check, a
    /// dependency may be found only when a trial meets it.
    private static func checkPosition(
        _ dataSet: DataSet, _ problems: [SweepProblem], path: String, threads: Int
    ) throws(SweepError) {
        guard let problem = problems.max(by: { $0.largestPoints < $1.largestPoints }) else { return }
        let points = min(problem.largestPoints, dataSet.points)
        let arrangement = PointArrangement(
            inputs: dataSet.values, points: points, inputDimension: dataSet.inputDimension, bias: problem.bias)
        do throws(ArrangementError) {
            _ = try arrangement.isInGeneralPosition(limit: 100_000, threads: threads)
        } catch {
            throw .data("\(path): \(error.words)")
        }
    }

    /// Ends the run soon; finished trials are in the journal. Safe from any thread (but not from a signal
    /// handler: wait for signals on a separate thread).
    public func cancel() {
        stopping.store(true, ordering: .sequentiallyConsistent)
        backend.cancel()
    }

    /// The progress of the run, including the running call. A `cancel` that came between two calls is repeated here, so
    /// that polling makes the run stop promptly, however long a call is.
    public func progress() -> SweepProgress {
        if stopping.load(ordering: .sequentiallyConsistent) { backend.cancel() }
        let share = backend.progress
        return meter.withLock { $0.progress(runningShare: share) }
    }

    /// Replays a folder's finished trials, then computes the others: `deliver` sees every trial that counts once.
    ///
    /// - Parameter widest: the cell of a problem with the widest interval after all delivered trials; called
    ///   if the plan has a target and all trials of a checkpoint were delivered.
    public func run(
        in folder: SweepFolder, deliver: (SweepTrial) -> Void,
        widest: (Int) -> WidestCell = { _ in preconditionFailure("a target needs the widest cells") },
        event: (SweepEvent) -> Void = { _ in }
    ) throws(SweepError) -> SweepSummary {
        var counted = CountedTrials(plan, share: share)
        let resumed: (finished: FinishedTrials, journal: SweepJournal)
        do throws(SweepFolderError) {
            resumed = try folder.resume { counted.offer($0, deliver, widest: widest) }
        } catch {
            throw .folder(error)
        }
        let run = Run(journal: resumed.journal, folder: folder, finished: resumed.finished, counted: counted)
        return try finish(run, deliver, widest, event)
    }

    /// Computes the trials that are not in `finished`, problem by problem, trials ascending.
    ///
    /// - Parameters:
    ///   - journal: gets each call's trials before `deliver` does; nil keeps nothing.
    ///   - deliver: gets each computed trial once, on this thread.
    /// - Precondition: the plan has no target, because trials that are only known to be finished could not decide it.
    public func run(
        journal: SweepJournal? = nil, skipping finished: FinishedTrials? = nil, deliver: (SweepTrial) -> Void,
        event: (SweepEvent) -> Void = { _ in }
    ) throws(SweepError) -> SweepSummary {
        precondition(plan.target == nil, "a target needs the trials that are finished")
        let run = Run(
            journal: journal, folder: nil, finished: finished ?? FinishedTrials(of: plan),
            counted: CountedTrials(plan, share: share))
        return try finish(run, deliver, { _ in preconditionFailure("there is no target") }, event)
    }
}
