import FullrankBackends
import FullrankFiles
import FullrankModel
import FullrankRuns
import FullrankStatistics

// The runner's loop: rounds, problems, calls. One call's results are entered (journal, then consumer) during the next.
extension SweepRunner {
    /// A run's state.
    struct Run {
        let journal: SweepJournal?
        /// The journal's; nil without one.
        let folder: SweepFolder?
        var finished: FinishedTrials
        var counted: CountedTrials
        var notConverged = 0, proved = 0
        var sizer = BatchSizer()
        /// The last call's results, to be entered during the next call, and its work per trial.
        var pending: (batch: TrialCall.Batch, work: Double)?
    }

    /// Computes the missing trials.
    func finish(
        _ begun: Run, _ deliver: (SweepTrial) -> Void, _ widest: (Int) -> WidestCell, _ event: (SweepEvent) -> Void
    ) throws(SweepError) -> SweepSummary {
        var run = begun
        meter.withLock { $0 = SweepMeter() }
        do throws(SweepError) {
            try catchUp(&run, deliver, widest)
            let (total, resumed) = meter.withLock { ($0.total, $0.resumed) }
            run.folder?.begin(trials: resumed)
            event(.started(total: total, resumed: resumed))
            let end = try compute(&run, deliver, widest, event)
            try keepPending(&run, deliver, widest, event)
            try flush(run.journal)
            return meter.withLock {
                SweepSummary(
                    end: end, trials: $0.computed, resumed: $0.resumed, total: $0.total, mayGrow: $0.mayGrow,
                    notConvergedCells: run.notConverged, proved: run.proved, elapsed: ContinuousClock.now - $0.start)
            }
        } catch {
            try? run.journal?.flush()  // the first error is the one to tell
            throw error
        }
    }

    /// Offers the journal's trials again while some of them count now that did not count before, and counts the
    /// remaining work anew. Journals of one run without gaps never need this.
    private func catchUp(
        _ run: inout Run, _ deliver: (SweepTrial) -> Void, _ widest: (Int) -> WidestCell
    ) throws(SweepError) {
        while let folder = run.folder, run.counted.isBehind(run.finished) {
            do throws(SweepFolderError) {
                _ = try folder.readTrials { run.counted.offer($0, deliver, widest: widest) }
            } catch {
                throw .folder(error)
            }
        }
        let works = problems.map { $0.work(plan.method) }
        let bounds = run.counted.bounds, start = share?.lowerBound ?? 0
        var count = run.counted.count(run.finished)
        if share != nil { (count.done, count.total) = (run.finished.count, count.total - start * problems.count) }
        func sum(_ trials: (Int) -> Int) -> Double {
            works.indices.reduce(0) { $0 + works[$1] * Double(trials($1)) }
        }
        let done = sum { run.finished.count(problem: $0, below: bounds[$0]) }
        let total = sum { bounds[$0] - start }
        meter.withLock { $0.set(count, workDone: done, workTotal: total) }
    }

    /// In each round every problem gets the trials below its checkpoint: after the first round it is known about how
    /// many there will be. Without a target there is one round.
    private func compute(
        _ run: inout Run, _ deliver: (SweepTrial) -> Void, _ widest: (Int) -> WidestCell,
        _ event: (SweepEvent) -> Void
    ) throws(SweepError) -> SweepSummary.End {
        let works = plan.target == nil ? [] : problems.map { $0.work(plan.method) }
        var round = 0
        repeat {
            for index in problems.indices where run.counted.rounds[index] == round {
                let bound = run.counted.bounds[index]
                guard try fill(index, &run, deliver, widest, event) == .completed else { return .cancelled }
                guard plan.target != nil else { continue }
                if run.counted.isBehind(run.finished, problem: index) {
                    try catchUp(&run, deliver, widest)
                } else {
                    let more = run.counted.bounds[index] - bound, mayGrow = run.counted.mayGrow
                    meter.withLock { $0.grow(by: more, work: works[index] * Double(more), mayGrow: mayGrow) }
                }
                if run.counted.bounds[index] > bound { event(.extended(total: meter.withLock { $0.total })) }
            }
            round += 1
        } while run.counted.rounds.contains { $0 >= round }
        return .completed
    }

    /// Computes the missing trials of one problem below its present bound. Without a target the last of them may be
    /// pending still: they are entered during the next problem's first call.
    private func fill(
        _ index: Int, _ run: inout Run, _ deliver: (SweepTrial) -> Void, _ widest: (Int) -> WidestCell,
        _ event: (SweepEvent) -> Void
    ) throws(SweepError) -> SweepSummary.End {
        let call = TrialCall(plan: plan, index: index, problem: problems[index], dataSet: dataSet, prime: prime)
        let work = call.problem.work(plan.method)
        // 16 MB of results per call; there are two calls' results at a time.
        run.sizer.begin(workPerTrial: work, ceiling: (16 << 20) / call.problem.resultBytes(plan.method))
        var next = share?.lowerBound ?? 0
        let bound = run.counted.bounds[index]
        while let gap = run.finished.nextGap(problem: index, from: next, to: bound) {
            if stopping.load(ordering: .sequentiallyConsistent) { return .cancelled }
            let count = run.sizer.next(remaining: gap.count)
            let trials = gap.lowerBound..<(gap.lowerBound + count)
            let (result, seconds) = try compute(trials, by: call, work, &run, deliver, widest, event)
            let batch: TrialCall.Batch
            switch result {
            case .success(let computed): batch = computed
            case .failure(.cancelled): return .cancelled
            case .failure(.outOfMemory(let words)) where count > 1:
                run.sizer.halve(count)
                event(.outOfMemory(problem: index, trials: count, words: words))
                continue
            case .failure(let error): throw .backend(error, during: call.describe(trials))
            }
            run.sizer.record(trials: count, seconds: seconds)
            run.pending = (batch, work)
            if let trial = batch.notFinite {
                try keepPending(&run, deliver, widest, event)
                throw .notFinite("\(call.describe(trial..<(trial + 1))): \(batch.notFiniteWords)")
            }
            if batch.cancelled {
                guard stopping.load(ordering: .sequentiallyConsistent) else {
                    try keepPending(&run, deliver, widest, event)
                    throw .backend(.internal("trials were left out"), during: call.describe(trials))
                }
                return .cancelled
            }
            next = trials.upperBound
        }
        // The checkpoint must take all of them into account.
        if plan.target != nil { try keepPending(&run, deliver, widest, event) }
        return .completed
    }

    /// Makes a call. If results are pending, the call runs on its own thread, and they are entered meanwhile. Otherwise
    /// journal and tally would occupy one processor while all others wait, which with many processors is most of a
    /// small trial's time. Returns the call's results and its seconds.
    private func compute(
        _ trials: Range<Int>, by call: TrialCall, _ work: Double, _ run: inout Run, _ deliver: (SweepTrial) -> Void,
        _ widest: (Int) -> WidestCell, _ event: (SweepEvent) -> Void
    ) throws(SweepError) -> (Result<TrialCall.Batch, BackendError>, Double) {
        let backend = backend
        let body = { @Sendable () -> (Result<TrialCall.Batch, BackendError>, Double) in
            let start = ContinuousClock.now
            let result: Result<TrialCall.Batch, BackendError>
            do throws(BackendError) { result = .success(try call.run(trials, on: backend)) } catch {
                result = .failure(error)
            }
            return (result, (ContinuousClock.now - start).seconds)
        }
        // The journal syncs when it is written to; during a long call nothing may wait for the next time.
        let isLong = run.sizer.seconds(trials.count) > 0.5
        meter.withLock { $0.begin(work: work * Double(trials.count)) }
        let answer: (Result<TrialCall.Batch, BackendError>, Double)
        if run.pending == nil {
            if isLong { try flush(run.journal) }
            answer = body()
        } else {
            answer = try overlapping(body) { () throws(SweepError) in
                do throws(SweepError) {
                    try keepPending(&run, deliver, widest, event)
                    if isLong { try flush(run.journal) }
                } catch {
                    cancel()  // no use computing what can't be kept
                    throw error
                }
            }
        }
        let computed = (try? answer.0.get().trials.count) ?? 0
        meter.withLock { $0.end(work: work * Double(computed)) }
        return answer
    }

    private func keepPending(
        _ run: inout Run, _ deliver: (SweepTrial) -> Void, _ widest: (Int) -> WidestCell, _ event: (SweepEvent) -> Void
    ) throws(SweepError) {
        guard let (batch, work) = run.pending else { return }
        run.pending = nil
        try keep(batch, work, &run, deliver, widest, event)
    }

    private func flush(_ journal: SweepJournal?) throws(SweepError) {
        do throws(SweepFolderError) { try journal?.flush() } catch { throw .folder(error) }
    }

    /// The journal comes first, so that delivered trials are never lost.
    private func keep(
        _ batch: TrialCall.Batch, _ work: Double, _ run: inout Run, _ deliver: (SweepTrial) -> Void,
        _ widest: (Int) -> WidestCell, _ event: (SweepEvent) -> Void
    ) throws(SweepError) {
        // This comes first: after a crash a disagreement is reported and computed again, but never lost.
        if !batch.disagreements.isEmpty {
            do throws(SweepFolderError) { try run.folder?.record(batch.disagreements) } catch { throw .folder(error) }
            for one in batch.disagreements { event(.disagreed(one)) }
        }
        if let journal = run.journal {
            do throws(SweepFolderError) { try journal.append(batch.trials) } catch { throw .folder(error) }
        }
        run.proved += batch.proved
        for trial in batch.trials {
            if case .summaries(let summaries) = trial.result {
                let missing = summaries.count { $0 == nil }
                run.notConverged += missing
                if missing > 0 { event(.notConverged(problem: trial.problem, trial: trial.trial, cells: missing)) }
            }
            run.finished.insert(problem: trial.problem, trial: trial.trial)
            run.counted.offer(trial, deliver, widest: widest)
        }
        let progress = meter.withLock { meter in
            meter.add(trials: batch.trials.count, work: work * Double(batch.trials.count))
            return meter.progress(runningShare: 0)
        }
        event(.finished(progress))
    }
}
