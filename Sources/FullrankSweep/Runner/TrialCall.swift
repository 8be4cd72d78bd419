import FullrankBackends
import FullrankModel

/// Calls of a backend for the trials of one problem.
struct TrialCall {
    let plan: SweepPlan
    let index: Int
    let problem: SweepProblem
    private let trialProblem: TrialProblem
    /// For the svd method only; a rank profile needs no list of perhaps 10^7 cells.
    private let cells: [Cell]
    /// Whether only the columns of pivots are found (`SweepPlan.findsColumnsOnly`).
    private let columnsOnly: Bool
    private let isProvedByOrder: Bool
    /// The index-th prime.
    private let prime: @Sendable (Int) -> UInt32

    /// The result of a call: the finished trials, in order.
    struct Batch {
        var trials = [SweepTrial]()
        /// The first trial that holds a NaN or an infinity, and what of it is not finite.
        var notFinite: Int?
        var notFiniteWords = "its numbers hold a NaN or an infinity"
        /// Some trials' turn never came.
        var cancelled = false
        /// Trials on which primes disagreed.
        var disagreements = [PrimeDisagreement]()
        /// Trials whose ranks are proved over the rationals.
        var proved = 0
    }

    /// - Parameters:
    ///   - columnsOnly: if nil, as the plan says of the problem.
    ///   - prime: the index-th prime; if nil, that of the seed.
    init(
        plan: SweepPlan, index: Int, problem: SweepProblem, dataSet: DataSet?, columnsOnly: Bool? = nil,
        prime: (@Sendable (Int) -> UInt32)? = nil
    ) {
        self.columnsOnly = columnsOnly ?? plan.findsColumnsOnly(problem)
        // A prime that tests plant may be too small: the elimination modulo it is then asked for.
        isProvedByOrder = prime == nil && plan.isProvedByOrder(problem)
        let seed = plan.seed
        self.prime = prime ?? { Prime.drawn(seed: seed, index: $0) }
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
        // Patterns are drawn for as many trials at a time as there are threads.
        var batch = Batch()
        let width = backend.threads
        for start in stride(from: trials.lowerBound, to: trials.upperBound, by: width) {
            let part = start..<min(start + width, trials.upperBound)
            let problems = try trialProblem.withRegions(
                trials: UInt64(part.lowerBound)..<UInt64(part.upperBound), on: backend)
            for (trial, problem) in zip(part, problems) {
                let one = try run(trial..<trial + 1, of: problem, on: backend)
                batch.trials += one.trials
                if batch.notFinite == nil { batch.notFiniteWords = one.notFiniteWords }
                batch.notFinite = batch.notFinite ?? one.notFinite
                batch.cancelled = batch.cancelled || one.cancelled
                batch.disagreements += one.disagreements
                batch.proved += one.proved
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
            let outcomes =
                columnsOnly
                ? try columnProfiles(range, of: trialProblem, on: backend, proved: &batch.proved)
                : try backend.rankProfiles(of: trialProblem, trials: range, prime: prime(0))
            try check(outcomes.count, trials.count)
            let others = try otherPrimes(range, of: trialProblem, on: backend)
            for (place, (trial, outcome)) in zip(trials, outcomes).enumerated() {
                switch outcome {
                case .computed(var profile):
                    guard profile.points == problem.largestPoints else {
                        throw .internal("a rank profile has \(profile.points) rows, not \(problem.largestPoints)")
                    }
                    if plan.primeCount > 1 {
                        guard
                            let agreement = try agreement(
                                profile, others.map { $0[place] }, of: trialProblem, UInt64(trial), on: backend)
                        else {
                            batch.cancelled = true
                            continue
                        }
                        if agreement.disagreed {
                            batch.disagreements.append(PrimeDisagreement(problem, trial: trial, agreement))
                        }
                        profile = agreement.profile
                    }
                    batch.trials.append(SweepTrial(problem: index, trial: trial, result: .profile(profile)))
                    if isProvedByOrder { batch.proved += 1 }
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

    /// The profiles of a sweep that finds columns only, put together from those of each listed n. Adds to `proved` the
    /// trials in which all of them are.
    private func columnProfiles(
        _ range: Range<UInt64>, of trialProblem: TrialProblem, on backend: any RankBackend, proved: inout Int
    ) throws(BackendError) -> [Outcome<RankProfile>] {
        var byPoints = [[Outcome<ColumnProfile>]]()
        for points in problem.points {
            var leading = trialProblem
            leading.points = points
            byPoints.append(try backend.columnProfiles(of: leading, trials: range, prime: prime(0)))
            try check(byPoints[byPoints.count - 1].count, range.count)
        }
        var outcomes = [Outcome<RankProfile>]()
        outcomes.reserveCapacity(range.count)
        for (place, trial) in range.enumerated() {
            var profiles = [ColumnProfile]()
            var other: Outcome<RankProfile>?
            for outcomes in byPoints {
                if case .computed(let profile) = outcomes[place] {
                    profiles.append(profile)
                } else {
                    other = other ?? outcomes[place].map { _ in RankProfile(pivotColumns: [], columnsPerUnit: 1) }
                }
            }
            if let other {
                outcomes.append(other)
            } else if let profile = RankProfile(
                profiles: profiles, points: problem.points, columnsPerUnit: problem.columnsPerUnit)
            {
                outcomes.append(.computed(profile))
                if profiles.allSatisfy(\.isProved) { proved += 1 }
            } else {
                // A prime that falls short for one n and not, or proved, for another: all of one prime then.
                outcomes += try backend.rankProfiles(of: trialProblem, trials: trial..<(trial + 1), prime: prime(0))
                    .map { $0.map { $0.grouped(by: problem.points) } }
            }
        }
        return outcomes
    }

    /// The results modulo the plan's primes except the first: outcomes by prime and trial.
    private func otherPrimes(
        _ range: Range<UInt64>, of trialProblem: TrialProblem, on backend: any RankBackend
    ) throws(BackendError) -> [[Outcome<RankProfile>]] {
        var others = [[Outcome<RankProfile>]]()
        for index in 1..<max(plan.primeCount, 1) {
            others.append(try backend.rankProfiles(of: trialProblem, trials: range, prime: prime(index)))
            try check(others[index - 1].count, range.count)
        }
        return others
    }

    /// Combines the profiles modulo the plan's primes into one, with further primes if they differ; nil if the profile
    /// modulo one of the plan's primes was not computed.
    private func agreement(
        _ first: RankProfile, _ others: [Outcome<RankProfile>], of trialProblem: TrialProblem, _ trial: UInt64,
        on backend: any RankBackend
    ) throws(BackendError) -> ProfileAgreement? {
        var known = [prime(0): first]
        for (index, outcome) in others.enumerated() {
            guard case .computed(let profile) = outcome else { return nil }
            known[prime(index + 1)] = profile
        }
        return try ProfileAgreement(primes: plan.primeCount, prime: prime) { (prime) throws(BackendError) in
            if let profile = known[prime] { return profile }
            let outcomes = try backend.rankProfiles(of: trialProblem, trials: trial..<(trial + 1), prime: prime)
            guard case .computed(let profile)? = outcomes.first else { throw .cancelled }
            return profile
        }
    }

    /// A trial counts only when each of its cells was tried.
    private func append(_ outcomes: ArraySlice<Outcome<SingularSummary>>, of trial: Int, to batch: inout Batch) {
        var summaries = [SingularSummary?]()
        summaries.reserveCapacity(outcomes.count)
        for outcome in outcomes {
            switch outcome {
            case .computed(let summary) where summary.largest.isFinite && summary.smallest.isFinite:
                summaries.append(summary)
            case .computed:
                if batch.notFinite == nil {
                    batch.notFiniteWords =
                        "a singular value is beyond float64 (1.8e+308), which the journal cannot hold: scale the points down"
                }
                batch.notFinite = batch.notFinite ?? trial
                return
            case .notFinite:
                if batch.notFinite == nil, plan.method == .svd(.float32) {
                    batch.notFiniteWords = "a number of its Jacobian is beyond float32 (3.4e+38): take float64"
                }
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
        let hidden = problem.hidden.map { "hidden = \($0), " } ?? ""
        return hidden
            + "d0 = \(problem.inputDimension), n = \(problem.largestPoints), d1 = \(problem.largestUnits), \(numbers)"
    }
}
