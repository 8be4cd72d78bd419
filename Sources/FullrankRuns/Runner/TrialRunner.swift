import FullrankBackends
import FullrankFiles
import FullrankModel

/// Runs the trials of a plan that its folder lacks: calls of a backend → journal and consumer. Prints nothing.
///
/// `run` blocks its thread and is called once; `cancel` and `progress` may be called from any thread meanwhile.
public final class TrialRunner<Calls: TrialCalls>: Sendable {
    public typealias Record = PlanRecord<Calls.Plan>
    public typealias Trial = Calls.Plan.Trial
    public let calls: Calls
    private let meter = RunMeter()

    /// A call that took so many seconds is on disk before the next one begins; the disk would delay shorter ones.
    private static var longCall: Double { 0.1 }

    package init(_ calls: Calls) { self.calls = calls }

    /// Ends the run soon, with what is finished in the journal.
    public func cancel() {
        meter.stop()
        calls.backend.cancel()
    }

    /// A `cancel` that fell between two calls is repeated here.
    public func progress() -> RunProgress {
        if meter.isStopping { calls.backend.cancel() }
        return meter.progress(ofCall: calls.backend.progress)
    }

    /// Replays a folder's finished trials, then computes the others; `deliver` sees every trial that counts once.
    ///
    /// - Parameters:
    ///   - folder: nil: nothing is kept.
    ///   - begin: told how many trials there are, and how many of them are done.
    public func run(
        in folder: TrialFolder<Record>?, deliver: (Trial) -> Void,
        begin: (_ total: Int, _ done: Int) -> Void = { _, _ in }
    ) throws(SweepError) -> RunSummary {
        let plan = calls.plan, share = folder?.record.share ?? 0..<plan.trialsPerProblem
        var run = Run(
            share: share, finished: FinishedTrials(problems: plan.problemCount, trials: plan.mostTrialsPerProblem),
            selection: plan.selection(share: share))
        do throws(SweepFolderError) {
            if let folder { (run.finished, run.journal) = try folder.resume { run.selection.add($0, deliver) } }
        } catch {
            throw .folder(error)
        }
        let begun = run.selection.count, start = ContinuousClock.now
        measure(&run)
        meter.begin(begun, done: run.done, all: run.all)
        folder?.begin(trials: begun.done)
        begin(begun.total, begun.done)
        do throws(SweepError) {
            for problem in 0..<plan.problemCount { try fill(problem, &run, deliver) }
            try keep([], &run, isLong: true)
        } catch {
            try? run.journal?.flush()  // the first error is the one to tell
            throw error
        }
        let count = run.selection.count
        return RunSummary(
            isCompleted: count.done == count.total, trials: run.computed, resumed: begun.done, total: count.total,
            seconds: (ContinuousClock.now - start).seconds)
    }

    private struct Run {
        let share: Range<Int>
        var finished: FinishedTrials
        var selection: Calls.Plan.Selection
        var journal: TrialJournal<Record>?
        var computed = 0
        /// Work of the trials that count: done, and all.
        var done = 0.0, all = 0.0
    }

    private func measure(_ run: inout Run) {
        (run.done, run.all) = (0, 0)
        for problem in 0..<calls.plan.problemCount {
            let (start, bound) = (run.share.lowerBound, run.selection.bound(problem: problem))
            let all = calls.work(problem: problem, trials: start..<bound)
            var done = all, next = start
            while let gap = run.finished.nextGap(problem: problem, from: next, to: bound) {
                done -= calls.work(problem: problem, trials: gap)
                next = gap.upperBound
            }
            (run.done, run.all) = (run.done + done, run.all + all)
        }
    }

    /// Computes the missing trials of one problem, again until no interval asks for more; some of them if the run is
    /// cancelled.
    private func fill(_ problem: Int, _ run: inout Run, _ deliver: (Trial) -> Void) throws(SweepError) {
        var sizer = calls.sizer(problem: problem), bound = run.selection.bound(problem: problem)
        var next = run.share.lowerBound
        while let gap = run.finished.nextGap(problem: problem, from: next, to: bound) {
            let (numbers, work) = sizer.call(gap) { calls.cost(problem: problem, trial: $0) }
            next = numbers.upperBound
            if meter.isStopping { return }
            meter.beginCall(work: work)
            let start = ContinuousClock.now
            let trials: [Trial]
            do throws(BackendError) { trials = try calls.compute(numbers, problem: problem, meter) } catch {
                guard error != .cancelled else { return meter.stop() }
                throw .backend(error, during: calls.words(numbers, problem: problem))
            }
            let seconds = (ContinuousClock.now - start).seconds
            // The journal comes first, so that delivered trials are never lost.
            try keep(trials, &run, isLong: seconds >= Self.longCall)
            for trial in trials {
                run.finished.insert(problem: problem, trial: trial.trial)
                run.selection.add(trial, deliver)
            }
            run.computed += trials.count
            sizer.record(work: work, seconds: seconds)
            let before = bound
            bound = run.selection.bound(problem: problem)
            if bound == before { run.done += work } else { measure(&run) }
            meter.add(run.selection.count, done: run.done, all: run.all)
        }
    }

    private func keep(_ trials: [Trial], _ run: inout Run, isLong: Bool) throws(SweepError) {
        do throws(SweepFolderError) {
            try run.journal?.append(trials)
            if isLong { try run.journal?.flush() }
        } catch {
            throw .folder(error)
        }
    }
}

/// How a run ended, short of an error.
public struct RunSummary: Hashable, Sendable {
    /// Otherwise it was cancelled; the same command continues from there.
    public var isCompleted: Bool
    /// Computed by this run.
    public var trials: Int
    public var resumed: Int
    public var total: Int
    public var seconds: Double
}
