import FullrankBackends
import FullrankModel
import FullrankStatistics
import FullrankSweep
import Synchronization

/// Finds the reasons why the cells of a sweep are deficient, from its plan and its trials' rank profiles. Each trial is
/// drawn again, and for each deficient cell the first dependent point is explained.
///
/// The first m points of a trial, m being the first dependent one, are independent within some first units; so the
/// relation that makes point m dependent is the same at all widths that leave m dependent and the points before it
/// independent. One small elimination of m + 1 rows for each of these ranges of widths is sufficient.
public final class ObstructionCensus: Sendable {
    private let plan: SweepPlan
    private let dataSet: DataSet?
    /// One for each thread: trials run side by side.
    private let backends: [CBackend]
    private let stopping = Atomic<Bool>(false)

    /// - Parameter threads: 0: all that the process may use.
    /// - Throws: what opening the CPU backend throws.
    public init(plan: SweepPlan, dataSet: DataSet?, threads: Int) throws(BackendError) {
        precondition(plan.method == .exact, "singular values tell no points apart")
        self.plan = plan
        self.dataSet = dataSet
        var backends = [CBackend]()
        for _ in 0..<(threads > 0 ? threads : Processors.available) {
            backends.append(try CBackend(.cpu(), options: BackendOptions(threads: 1)))
        }
        self.backends = backends
    }

    /// Makes the running call end soon with `BackendError.cancelled`. Safe from any thread.
    public func cancel() {
        stopping.store(true, ordering: .sequentiallyConsistent)
        for backend in backends { backend.cancel() }
    }

    /// The obstructions of each trial, in the trials' order.
    public func obstructions(of trials: [SweepTrial]) throws(BackendError) -> [[FoundObstruction]] {
        let next = Atomic<Int>(0)
        let results = Mutex([[FoundObstruction]?](repeating: nil, count: trials.count))
        let errors = concurrently(min(backends.count, trials.count)) { worker -> BackendError? in
            while true {
                let index = next.add(1, ordering: .relaxed).oldValue
                guard index < trials.count else { return nil }
                do throws(BackendError) {
                    if self.stopping.load(ordering: .sequentiallyConsistent) { throw .cancelled }
                    let found = try self.obstructions(of: trials[index], on: self.backends[worker])
                    results.withLock { $0[index] = found }
                } catch {
                    return error
                }
            }
        }
        if let error = errors.compactMap({ $0 }).first { throw error }
        return results.withLock { $0.map { $0 ?? [] } }
    }

    /// Listed widths with one first dependent point.
    struct Group: Hashable {
        var units: Range<Int>
        var point: Int
    }

    /// The first dependent point of each listed width that has one, ascending in width.
    static func groups(_ profile: RankProfile, units: [Int]) -> [Group] {
        // The first row whose pivot lies beyond a width moves down as the width grows.
        var groups = [Group]()
        var row = 0
        for (index, width) in units.enumerated() {
            let columns = Int64(width) * Int64(profile.columnsPerUnit)
            while row < profile.points, (0..<columns).contains(profile.pivotColumns[row]) { row += 1 }
            if row == profile.points { break }
            if groups.last?.point == row {
                groups[groups.count - 1].units = groups[groups.count - 1].units.lowerBound..<(index + 1)
            } else {
                groups.append(Group(units: index..<(index + 1), point: row))
            }
        }
        return groups
    }

    private func obstructions(
        of trial: SweepTrial, on backend: CBackend
    ) throws(BackendError) -> [FoundObstruction] {
        guard case .profile(var profile) = trial.result else { return [] }
        let problem = plan.problems[trial.problem]
        guard !Self.groups(profile, units: problem.units).isEmpty else { return [] }
        if plan.findsColumnsOnly(problem) { profile = try rowsOf(trial, of: problem, on: backend) }
        let groups = Self.groups(profile, units: problem.units)
        let numbers = try self.numbers(problem, UInt64(trial.trial), on: backend)
        var found = [FoundObstruction]()
        for group in groups {
            let width = problem.units[group.units.lowerBound]
            let block = TrialProblem(
                seed: plan.seed, points: group.point + 1, inputDimension: problem.inputDimension, units: width,
                bias: problem.bias,
                inputs: .given(
                    DataSet(
                        points: numbers.pattern.points, inputDimension: problem.inputDimension, values: numbers.inputs)),
                network: .pattern(numbers.pattern))
            guard let points = try circuit(of: block, on: backend) else {
                throw .internal("trial \(trial.trial): the journal's profile is not that of its samples")
            }
            found += ranges(of: points, group: group, problem: problem, numbers.pattern)
        }
        return found
    }

    /// The trial's profile with its rows, if the sweep found columns only.
    private func rowsOf(
        _ trial: SweepTrial, of problem: SweepProblem, on backend: CBackend
    ) throws(BackendError) -> RankProfile {
        let number = UInt64(trial.trial)
        var whole = plan.trialProblem(of: problem, dataSet: dataSet)
        if whole.needsRegions { whole = try whole.withRegions(trials: number..<(number + 1), on: backend)[0] }
        guard
            case .computed(let profile)? = try backend.rankProfiles(
                of: whole, trials: number..<(number + 1), prime: plan.prime
            ).first
        else { throw .cancelled }
        return profile
    }

    /// The relation of a block whose last point alone is dependent, modulo the first of the seed's primes that finds it
    /// so: the plan's first, unless it was outvoted by others. nil if none does.
    private func circuit(of block: TrialProblem, on backend: CBackend) throws(BackendError) -> [Int]? {
        for index in 0..<(plan.primeCount > 1 ? ProfileAgreement.mostPrimes : 1) {
            let prime = Prime.drawn(seed: plan.seed, index: index)
            let relations = try backend.dependencies(of: block, trial: 0, prime: prime).relations
            if relations.count == 1, relations[0].dependentPoint == block.points - 1 { return relations[0].points }
        }
        return nil
    }

    private func numbers(
        _ problem: SweepProblem, _ trial: UInt64, on backend: CBackend
    ) throws(BackendError) -> TrialNumbers {
        var whole = plan.trialProblem(of: problem, dataSet: dataSet)
        if whole.needsRegions { whole = try whole.withRegions(trials: trial..<(trial + 1), on: backend)[0] }
        return TrialNumbers(
            inputs: try backend.inputs(of: whole, trial: trial),
            pattern: try backend.activationPattern(of: whole, trial: trial),
            inputDimension: problem.inputDimension, bias: problem.bias)
    }

    /// The rank can only grow with the width. For generic data it does not, and testing the widest shows this.
    private func ranges(
        of points: [Int], group: Group, problem: SweepProblem, _ pattern: ActivationPattern
    ) -> [FoundObstruction] {
        func rank(_ index: Int) -> Int {
            let leading = ActivationPattern(
                units: problem.units[index], points: pattern.points,
                words: Array(pattern.words[..<(problem.units[index] * pattern.wordsPerUnit)]))
            let k = problem.columnsPerUnit
            // All but the last point are independent: |C| − 1 ≤ k rank.
            return ZeroOneRank(leading, points: points).rank(atLeast: (points.count - 1 + k - 1) / k)
        }
        func found(_ units: Range<Int>, _ rank: Int) -> FoundObstruction {
            FoundObstruction(
                units: units, point: group.point, obstruction: Obstruction(size: points.count, rank: rank))
        }
        let least = rank(group.units.lowerBound)
        if group.units.count == 1 || rank(group.units.upperBound - 1) == least { return [found(group.units, least)] }
        return group.units.map { found($0..<($0 + 1), rank($0)) }
    }
}
