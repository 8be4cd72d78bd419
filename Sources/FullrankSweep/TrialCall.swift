import FullrankBackends
import FullrankModel

/// Calls of a backend for the trials of one problem.
struct TrialCall {
    let plan: SweepPlan
    let index: Int
    let problem: SweepProblem
    private let trialProblem: TrialProblem
    /// Of the svd method; a rank profile needs no list of perhaps 10^7 cells.
    private let cells: [Cell]

    /// What a call gave: the finished trials, in order.
    struct Batch {
        var trials = [SweepTrial]()
        /// The first trial that holds a NaN or an infinity.
        var notFinite: Int?
        /// Some trials' turn never came.
        var cancelled = false
    }

    init(plan: SweepPlan, index: Int, problem: SweepProblem, dataSet: DataSet?) {
        self.plan = plan
        self.index = index
        self.problem = problem
        // The runner checked that a file's points are there.
        trialProblem = plan.trialProblem(of: problem, dataSet: dataSet)
        cells =
            plan.method == .exact
            ? [] : problem.points.flatMap { points in problem.units.map { Cell(points: points, units: $0) } }
    }

    func run(_ trials: Range<Int>, on backend: any RankBackend) throws(BackendError) -> Batch {
        guard trialProblem.needsRegions else { return try run(trials, of: trialProblem, on: backend) }
        // Patterns are drawn for as many trials at a time as there are processors.
        var batch = Batch()
        let width = Processors.available
        for start in stride(from: trials.lowerBound, to: trials.upperBound, by: width) {
            let part = start..<min(start + width, trials.upperBound)
            let problems = try trialProblem.withRegions(
                trials: UInt64(part.lowerBound)..<UInt64(part.upperBound), on: backend)
            for (trial, problem) in zip(part, problems) {
                let one = try run(trial..<trial + 1, of: problem, on: backend)
                batch.trials += one.trials
                batch.notFinite = batch.notFinite ?? one.notFinite
                batch.cancelled = batch.cancelled || one.cancelled
            }
        }
        return batch
    }

    private func run(
        _ trials: Range<Int>, of trialProblem: TrialProblem, on backend: any RankBackend
    ) throws(BackendError) -> Batch {
        let range = UInt64(trials.lowerBound)..<UInt64(trials.upperBound)
        var batch = Batch()
        batch.trials.reserveCapacity(trials.count)
        switch plan.method {
        case .exact:
            let outcomes = try backend.rankProfiles(of: trialProblem, trials: range, prime: plan.prime)
            try check(outcomes.count, trials.count)
            for (trial, outcome) in zip(trials, outcomes) {
                switch outcome {
                case .computed(let profile):
                    guard profile.points == problem.largestPoints else {
                        throw .internal("a rank profile has \(profile.points) rows, not \(problem.largestPoints)")
                    }
                    batch.trials.append(SweepTrial(problem: index, trial: trial, result: .profile(profile)))
                case .notFinite: batch.notFinite = batch.notFinite ?? trial
                case .notComputed: batch.cancelled = true
                case .notConverged: throw .internal("an exact rank cannot fail to converge (trial \(trial))")
                }
            }
        case .svd(let precision):
            let outcomes = try backend.singularValues(
                of: trialProblem, cells: cells, trials: range, precision: precision)
            try check(outcomes.count, trials.count * cells.count)
            for (place, trial) in trials.enumerated() {
                let slice = outcomes[(place * cells.count)..<((place + 1) * cells.count)]
                append(slice, of: trial, to: &batch)
            }
        }
        return batch
    }

    /// A trial counts only when each of its cells was tried.
    private func append(_ outcomes: ArraySlice<Outcome<SingularSummary>>, of trial: Int, to batch: inout Batch) {
        var summaries = [SingularSummary?]()
        summaries.reserveCapacity(outcomes.count)
        for outcome in outcomes {
            switch outcome {
            case .computed(let summary) where summary.largest.isFinite && summary.smallest.isFinite:
                summaries.append(summary)
            case .computed, .notFinite:
                batch.notFinite = batch.notFinite ?? trial
                return
            case .notConverged: summaries.append(nil)
            case .notComputed:
                batch.cancelled = true
                return
            }
        }
        batch.trials.append(SweepTrial(problem: index, trial: trial, result: .summaries(summaries)))
    }

    private func check(_ count: Int, _ expected: Int) throws(BackendError) {
        guard count == expected else { throw .internal("\(count) results came back for \(expected) items") }
    }

    /// "d0 = 3, n = 100, d1 = 300, trials 4 to 7"
    func describe(_ trials: Range<Int>) -> String {
        let first = trials.lowerBound
        let numbers = trials.count == 1 ? "trial \(first)" : "trials \(first) to \(trials.upperBound - 1)"
        return "d0 = \(problem.inputDimension), n = \(problem.largestPoints), d1 = \(problem.largestUnits), \(numbers)"
    }
}
