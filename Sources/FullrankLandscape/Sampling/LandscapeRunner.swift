import FullrankBackends
import FullrankRuns

/// Runs the trials of a plan that its folder lacks.
public typealias LandscapeRunner = TrialRunner<LandscapeCalls>

extension TrialRunner where Calls == LandscapeCalls {
    public convenience init(plan: LandscapePlan, backend: any MinimaBackend, threads: Int) {
        self.init(LandscapeCalls(plan: plan, minima: backend, threads: max(1, threads)))
    }
}

/// A call decides the combinations of some data sets of one d0.
public struct LandscapeCalls: TrialCalls {
    public let plan: LandscapePlan
    let minima: any MinimaBackend
    let threads: Int
    public var backend: any RankBackend { minima }

    public func sizer(problem: Int) -> CallSizer {
        let fewest = Double(plan.sideBySide(threads: threads))
        return CallSizer(first: fewest, least: fewest, growth: 8)
    }

    public func compute(
        _ trials: Range<Int>, problem: Int, _ meter: RunMeter
    ) throws(BackendError) -> [LandscapeTrial] {
        // The backend computes but a part of it.
        meter.note(finished: 0, measured: 0)
        var call = try LandscapeCall(
            trials, of: plan, index: problem, on: minima, threads: threads, isCancelled: { meter.isStopping })
        return try call.run()
    }

    public func words(_ trials: Range<Int>, problem: Int) -> String {
        "d0 = \(plan.inputDimensions[problem]), trials \(trials)"
    }
}
