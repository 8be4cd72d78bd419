import FullrankBackends
import FullrankFiles
import FullrankModel
import FullrankRuns
import FullrankSweep
import Synchronization

/// Runs the trials of a plan that its folder lacks. Prints nothing.
///
/// `run` blocks its thread and is called once; `cancel` and `progress` may be called from any thread meanwhile.
public final class LandscapeRunner: Sendable {
    public let plan: LandscapePlan
    private let backend: any MinimaBackend
    private let threads: Int
    private let stopping = Atomic<Bool>(false)

    private struct State {
        var done = 0
        var total = 0
        var resumed = 0
        var start = ContinuousClock.now
    }
    private let state = Mutex(State())

    public struct Summary: Hashable, Sendable {
        public var isCompleted: Bool
        /// Computed by this run.
        public var trials: Int
        public var resumed: Int
        public var total: Int
        public var seconds: Double
    }

    public init(plan: LandscapePlan, backend: any MinimaBackend, threads: Int) {
        (self.plan, self.backend, self.threads) = (plan, backend, max(1, threads))
    }

    /// Ends the run soon, with what is finished in the journal.
    public func cancel() {
        stopping.store(true, ordering: .sequentiallyConsistent)
        backend.cancel()
    }

    public func progress() -> RunProgress {
        if stopping.load(ordering: .sequentiallyConsistent) { backend.cancel() }
        return state.withLock {
            RunProgress(
                done: $0.done, total: $0.total, seconds: (ContinuousClock.now - $0.start).seconds, resumed: $0.resumed)
        }
    }

    /// Replays a folder's finished trials, then computes the others; `deliver` sees every trial once.
    ///
    /// - Parameter begin: told how many trials there are, and how many of them are done.
    public func run(
        in folder: LandscapeFolder, deliver: (LandscapeTrial) -> Void, begin: (_ total: Int, _ done: Int) -> Void
    ) throws(SweepError) -> Summary {
        let share = folder.record.share, total = share.count * plan.inputDimensions.count
        var missing = plan.inputDimensions.map { _ in Set(share) }
        let journal: JournalWriter
        var done = 0
        do throws(SweepFolderError) {
            journal = try folder.resume {
                if missing[$0.problem].remove($0.trial) != nil { done += 1 }
                deliver($0)
            }.journal
        } catch {
            throw .folder(error)
        }
        let begun = done
        state.withLock { ($0.done, $0.total, $0.resumed, $0.start) = (begun, total, begun, .now) }
        folder.begin(trials: begun)
        begin(total, begun)
        let start = ContinuousClock.now
        for problem in plan.inputDimensions.indices {
            var rest = missing[problem].sorted()[...]
            let fewest = plan.sideBySide(threads: threads)
            var size = fewest
            while let first = rest.first, !stopping.load(ordering: .sequentiallyConsistent) {
                var count = 1
                while count < min(size, rest.count), rest[rest.startIndex + count] == first + count { count += 1 }
                let began = ContinuousClock.now
                guard let trials = try compute(first..<first + count, problem) else { break }
                do throws(SweepFolderError) {
                    try journal.append(trials, plan: plan)
                    try journal.flush()
                } catch {
                    throw .folder(error)
                }
                trials.forEach(deliver)
                done += count
                let now = done
                state.withLock { $0.done = now }
                rest = rest.dropFirst(count)
                // Calls of about a third of a second, for progress and prompt stopping.
                let seconds = max((ContinuousClock.now - began).seconds, 1e-6)
                size = max(fewest, min(size * 8, Int(0.3 / seconds * Double(count))))
            }
        }
        return Summary(
            isCompleted: done == total, trials: done - begun, resumed: begun, total: total,
            seconds: (ContinuousClock.now - start).seconds)
    }

    /// nil if it was cancelled.
    private func compute(_ numbers: Range<Int>, _ problem: Int) throws(SweepError) -> [LandscapeTrial]? {
        do throws(BackendError) {
            var call = try LandscapeCall(
                numbers, of: plan, index: problem, on: backend, threads: threads,
                isCancelled: { [self] in stopping.load(ordering: .relaxed) })
            return try call.run()
        } catch {
            guard error != .cancelled else { return nil }
            let words = "d0 = \(plan.inputDimensions[problem]), trials \(numbers.lowerBound)..<\(numbers.upperBound)"
            throw .backend(error, during: words)
        }
    }
}
