import FullrankBackends
import FullrankModel
import Synchronization

/// Runs the trials of a sweep that are not done yet: plan → calls of a backend → journal and consumer. Prints
/// nothing.
///
/// `run` blocks its thread and is called once; `cancel` and `progress` may be called from any thread meanwhile.
public final class SweepRunner: Sendable {
    public let plan: SweepPlan
    public let problems: [SweepProblem]
    public let backend: any RankBackend
    let dataSet: DataSet?
    /// Of each problem, this run's share.
    private let share: Range<Int>
    private let stopping = Atomic<Bool>(false)
    private let meter = Mutex(SweepMeter())

    /// - Parameter dataSet: the file's points; needed exactly when the plan's inputs are a file.
    /// - Parameter shard: the share of the trials to run; nil: all.
    /// - Throws: `data` where they do not fit the plan.
    public init(
        plan: SweepPlan, shard: Shard? = nil, dataSet: DataSet? = nil, backend: any RankBackend
    ) throws(SweepError) {
        self.plan = plan
        self.share = shard?.trials(of: plan.trials) ?? 0..<plan.trials
        self.problems = plan.problems
        self.dataSet = dataSet
        self.backend = backend
        guard case .file(let path, let fingerprint) = plan.inputs else { return }
        guard let dataSet else { throw .data("\(path): its data points are needed") }
        guard dataSet.fingerprint == fingerprint else { throw .data("\(path): holds other data than the plan's") }
        for problem in problems
        where problem.inputDimension != dataSet.inputDimension || problem.largestPoints > dataSet.points {
            throw .data(
                "\(path): holds \(dataSet.points) points of \(dataSet.inputDimension) numbers; the plan needs "
                    + "\(problem.largestPoints) of \(problem.inputDimension)")
        }
    }

    /// Ends the run soon, with what is finished in the journal. Safe from any thread (not from inside a signal
    /// handler's stack: wait for signals on a thread of their own).
    public func cancel() {
        stopping.store(true, ordering: .sequentiallyConsistent)
        backend.cancel()
    }

    /// Where the run stands, the running call included. A `cancel` that fell between two calls is repeated here, so
    /// that a poller makes stopping prompt however long a call is.
    public func progress() -> SweepProgress {
        if stopping.load(ordering: .sequentiallyConsistent) { backend.cancel() }
        let share = backend.progress
        return meter.withLock { $0.progress(runningShare: share) }
    }

    /// Replays a folder's finished trials, then computes the others: `deliver` sees every trial of the sweep once.
    public func run(
        in folder: SweepFolder, deliver: (SweepTrial) -> Void, event: (SweepEvent) -> Void = { _ in }
    ) throws(SweepError) -> SweepSummary {
        let resumed: (finished: FinishedTrials, journal: TrialJournal)
        do throws(SweepFolderError) { resumed = try folder.resume(deliver) } catch { throw .folder(error) }
        return try run(journal: resumed.journal, skipping: resumed.finished, deliver: deliver, event: event)
    }

    /// Computes the trials that are not in `finished`, problem by problem, trials ascending.
    ///
    /// - Parameters:
    ///   - journal: gets each call's trials before `deliver` does; nil keeps nothing.
    ///   - deliver: gets each computed trial once, on this thread.
    public func run(
        journal: TrialJournal? = nil, skipping finished: FinishedTrials? = nil, deliver: (SweepTrial) -> Void,
        event: (SweepEvent) -> Void = { _ in }
    ) throws(SweepError) -> SweepSummary {
        let finished = finished ?? FinishedTrials(of: plan)
        start(finished)
        event(.started(total: share.count * problems.count, resumed: finished.count))
        var run = Run(journal: journal, finished: finished)
        do throws(SweepError) {
            let end = try compute(&run, deliver: deliver, event: event)
            try flush(journal)
            return meter.withLock {
                SweepSummary(
                    end: end, trials: $0.trials - $0.resumed, resumed: $0.resumed,
                    notConvergedCells: run.notConverged, elapsed: ContinuousClock.now - $0.start)
            }
        } catch {
            try? journal?.flush()  // the first error is the one to tell
            throw error
        }
    }

    private struct Run {
        let journal: TrialJournal?
        let finished: FinishedTrials
        var notConverged = 0
        var sizer = BatchSizer()
    }

    private func start(_ finished: FinishedTrials) {
        let works = problems.map { $0.work(plan.method) }
        let resumedWork = works.indices.reduce(0) { $0 + works[$1] * Double(finished.count(problem: $1)) }
        meter.withLock {
            $0 = SweepMeter()
            $0.total = share.count * problems.count
            $0.trials = finished.count
            $0.resumed = finished.count
            $0.workTotal = works.reduce(0, +) * Double(share.count)
            $0.workDone = resumedWork
            $0.workResumed = resumedWork
        }
    }

    private func compute(
        _ run: inout Run, deliver: (SweepTrial) -> Void, event: (SweepEvent) -> Void
    ) throws(SweepError) -> SweepSummary.End {
        for (index, problem) in problems.enumerated() {
            let call = TrialCall(plan: plan, index: index, problem: problem, dataSet: dataSet)
            let work = problem.work(plan.method)
            // 32 MB of results a call.
            run.sizer.begin(workPerTrial: work, ceiling: (32 << 20) / problem.resultBytes(plan.method))
            var next = share.lowerBound
            while let found = run.finished.nextGap(problem: index, from: next), found.lowerBound < share.upperBound {
                let gap = found.clamped(to: share)
                if stopping.load(ordering: .sequentiallyConsistent) { return .cancelled }
                let count = run.sizer.next(remaining: gap.count)
                let trials = gap.lowerBound..<(gap.lowerBound + count)
                meter.withLock { $0.workRunning = work * Double(count) }
                // The journal syncs when it is written to; before a long call nothing may wait for the next time.
                if run.sizer.seconds(count) > 0.5 { try flush(run.journal) }
                let start = ContinuousClock.now
                let batch: TrialCall.Batch
                do throws(BackendError) {
                    batch = try call.run(trials, on: backend)
                } catch {
                    meter.withLock { $0.workRunning = 0 }
                    switch error {
                    case .cancelled: return .cancelled
                    case .outOfMemory(let words) where count > 1:
                        run.sizer.halve(count)
                        event(.outOfMemory(problem: index, trials: count, words: words))
                        continue
                    default: throw .backend(error, during: call.describe(trials))
                    }
                }
                run.sizer.record(trials: count, seconds: (ContinuousClock.now - start).seconds)
                try keep(batch, of: call, in: &run, work: work, deliver: deliver, event: event)
                if let trial = batch.notFinite {
                    throw .notFinite("\(call.describe(trial..<(trial + 1))): its numbers hold a NaN or an infinity")
                }
                if batch.cancelled {
                    guard stopping.load(ordering: .sequentiallyConsistent) else {
                        throw .backend(.internal("trials were left out"), during: call.describe(trials))
                    }
                    return .cancelled
                }
                next = trials.upperBound
            }
        }
        return .completed
    }

    private func flush(_ journal: TrialJournal?) throws(SweepError) {
        do throws(SweepFolderError) { try journal?.flush() } catch { throw .folder(error) }
    }

    /// Journal first: what is delivered is never lost.
    private func keep(
        _ batch: TrialCall.Batch, of call: TrialCall, in run: inout Run, work: Double,
        deliver: (SweepTrial) -> Void, event: (SweepEvent) -> Void
    ) throws(SweepError) {
        if let journal = run.journal {
            do throws(SweepFolderError) { try journal.append(batch.trials) } catch { throw .folder(error) }
        }
        for trial in batch.trials {
            if case .summaries(let summaries) = trial.result {
                let missing = summaries.count { $0 == nil }
                run.notConverged += missing
                if missing > 0 { event(.notConverged(problem: trial.problem, trial: trial.trial, cells: missing)) }
            }
            deliver(trial)
        }
        let progress = meter.withLock { meter in
            meter.trials += batch.trials.count
            meter.workDone += work * Double(batch.trials.count)
            meter.workRunning = 0
            return meter.progress(runningShare: 0)
        }
        event(.finished(progress))
    }
}
