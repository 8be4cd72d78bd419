import FullrankBackends
import FullrankModel
import FullrankRuns

/// Runs the trials of a plan that its folder lacks.
public typealias MinimaRunner = TrialRunner<MinimaCalls>

extension TrialRunner where Calls == MinimaCalls {
    /// - Parameter threads: that the backend uses.
    /// - Throws: `data` if the file's points are not the plan's.
    public convenience init(
        plan: MinimaPlan, data: DataSet? = nil, backend: any MinimaBackend, threads: Int = 1
    ) throws(SweepError) {
        try plan.inputs.check(data)
        self.init(
            MinimaCalls(
                plan: plan, data: data, minima: backend, width: Self.sideBySide(threads: threads, on: backend)))
    }

    /// Trials of a first call: a device takes the regions of many at a time.
    static func sideBySide(threads: Int, on backend: any MinimaBackend) -> Int {
        max(1, threads, backend.name == "cuda" ? 64 : 1)
    }
}

/// A call decides the regions of some trials of one d0.
public struct MinimaCalls: TrialCalls {
    public let plan: MinimaPlan
    let data: DataSet?
    let minima: any MinimaBackend
    /// Trials that run side by side.
    let width: Int
    public var backend: any RankBackend { minima }

    public func sizer(problem: Int) -> CallSizer { CallSizer(first: Double(width), least: Double(4 * width)) }

    public func compute(
        _ trials: Range<Int>, problem: Int, _ meter: RunMeter
    ) throws(BackendError) -> [MinimaTrial] {
        let asked = plan.problem(inputDimension: plan.inputDimensions[problem], data: data)
        return try minima.trials(trials, of: asked, plan.query, index: problem)
    }

    public func words(_ trials: Range<Int>, problem: Int) -> String {
        "d0 = \(plan.inputDimensions[problem]), trials \(trials)"
    }
}

extension MinimaBackend {
    /// Trials of a problem with their regions, drawn here where the backend can't.
    ///
    /// - Parameter index: of the problem in its plan.
    func trials(
        _ numbers: Range<Int>, of problem: TrialProblem, _ query: MinimaQuery, index: Int
    ) throws(BackendError) -> [MinimaTrial] {
        let range = UInt64(numbers.lowerBound)..<UInt64(numbers.upperBound)
        let regions =
            problem.needsRegions(query)
            ? try problem.regions(query, trials: range, threads: threads, on: self) : []
        var trials = [MinimaTrial]()
        for (trial, outcome) in zip(numbers, try minima(of: problem, query, trials: range, regions: regions)) {
            guard case .computed(let answer) = outcome else { throw .internal("trial \(trial) was left out") }
            trials.append(MinimaTrial(problem: index, trial: trial, answer: answer))
        }
        return trials
    }
}
