import FullrankBackends
import FullrankModel
import FullrankPlatform
import FullrankStatistics

/// The cost of a sweep's trials on this machine, measured by running a few of them, or smaller ones, for about half
/// a second.
public struct SpeedProbe {
    /// The cost of one trial of a problem.
    public struct Cost: Hashable, Sendable {
        /// Wall time, with as many trials side by side as in the sweep; includes writing and counting.
        public var seconds: Double
        /// Bytes of the journal.
        public var bytes: Double
        /// Whether the trial itself was run; otherwise its cost is extrapolated from smaller trials.
        public var isMeasured: Bool
        /// The seconds may be more or less by this factor, beyond what a probe of sweeps is held to.
        public var spread = 1.0

        package init(seconds: Double, bytes: Double, isMeasured: Bool, spread: Double = 1) {
            (self.seconds, self.bytes, self.isMeasured, self.spread) = (seconds, bytes, isMeasured, spread)
        }
    }

    /// In the plan's order.
    public private(set) var costs: [Cost] = []
    /// Peak memory of the sweep in this process, in bytes; host memory if a GPU computes.
    public private(set) var memory = 0.0
    /// GPU memory of the largest trial, in bytes; nil on the CPU, and if it is not known.
    public private(set) var deviceMemory: Double?
    /// Seconds that the probe took.
    public private(set) var elapsed = 0.0

    private let plan: SweepPlan
    private let dataSet: DataSet?
    private let backend: any RankBackend
    private let threads: Int

    /// Seconds for all problems together; more problems than `mostProblems` are interpolated between.
    private static let budget = 0.5
    private static let mostProblems = 48
    /// The assumption before anything is measured: multiply-adds per second on a slow core.
    private static let slowRate = 1e9

    /// Runs the probe.
    ///
    /// - Parameter threads: of the CPU, as the sweep will have them.
    public init(
        plan: SweepPlan, dataSet: DataSet? = nil, backend: any RankBackend, threads: Int
    ) throws(SweepError) {
        (self.plan, self.dataSet, self.backend, self.threads) = (plan, dataSet, backend, threads)
        let start = ContinuousClock.now
        let problems = plan.problems
        let probed = ProbedProblems(of: problems.count, atMost: Self.mostProblems)
        let chosen = probed.chosen
        // Threads and libraries start once, not in a measurement.
        let tiny = ProbeShape(problems[0], method: plan.method).scaled(1e-9, givenInputs: dataSet != nil)
        _ = try time(tiny, of: problems[0], trials: 0..<threads)
        let idle = peakMemory()

        var measured = [Measurement]()
        for (place, index) in chosen.enumerated() {
            let left = Self.budget - (ContinuousClock.now - start).seconds
            measured.append(try measure(problems[index], seconds: max(0, left) / Double(chosen.count - place)))
        }
        // Between measured problems the cost of a multiply-add changes evenly.
        for (index, problem) in problems.enumerated() {
            let (before, after, share) = probed.neighbours(of: index)
            if share == 0 {
                costs.append(measured[before].cost)
                continue
            }
            func between(_ value: (Measurement) -> Double) -> Double {
                value(measured[before]) * (1 - share) + value(measured[after]) * share
            }
            costs.append(
                Cost(
                    seconds: between { $0.cost.seconds / $0.work } * problem.work(plan.method),
                    bytes: between { $0.cost.bytes / Double($0.problem.resultBytes(plan.method)) }
                        * Double(problem.resultBytes(plan.method)),
                    isMeasured: false))
        }
        let cells = Double(problems.reduce(0) { $0 + $1.points.count * $1.units.count })
        memory = max(peakMemory(), idle + (measured.map(\.memory).max() ?? 0) + 4 * cells)
        if backend.name != "cpu" {
            deviceMemory = problems.compactMap {
                DeviceMemory.ofTrial(ProbeShape($0, method: plan.method), $0, plan)
            }.max()
        }
        elapsed = (ContinuousClock.now - start).seconds
    }

    private struct Measurement {
        let problem: SweepProblem
        let work: Double
        var cost: Cost
        /// Bytes of the call that needs most.
        var memory: Double
    }

    /// From small trials to large ones, as far as the next is sure to be short; whole ones as the sweep itself would.
    private func measure(_ problem: SweepProblem, seconds: Double) throws(SweepError) -> Measurement {
        let whole = ProbeShape(problem, method: plan.method)
        func shape(_ factor: Double) -> ProbeShape {
            factor == 1 ? whole : whole.scaled(factor, givenInputs: dataSet != nil)
        }
        func work(_ factor: Double) -> Double { shape(factor).work(bias: problem.bias, method: plan.method) }
        var factor = 1.0
        while factor > 1e-6, work(factor) / Self.slowRate > seconds / 8 { factor /= 2 }
        var runs = [(factor: Double, seconds: Double, bytes: Double)]()
        var left = seconds
        while factor < 1 {
            var (shortest, bytes) = (Double.infinity, 0.0)
            // A first run may be slow for other reasons, and would end the series too early.
            for _ in 0..<2 {
                let run = try time(shape(factor), of: problem, trials: 0..<1)
                left -= run.seconds
                (shortest, bytes) = (min(shortest, run.seconds), run.bytes)
                if run.seconds > left / 4 { break }
            }
            runs.append((factor, shortest, bytes))
            // Costs grow as the cube.
            let next = min(1, factor * min(2, pow(max(0, left) * 0.6 / shortest, 1 / 3)))
            if next < factor * 1.2 { break }
            factor = next
        }
        let result =
            if factor == 1 {
                try wholeTrials(whole, problem, seconds: left)
            } else {
                try smallTrials(shape(factor), problem, runs, work: work, seconds: left)
            }
        return Measurement(
            problem: problem, work: work(1), cost: result.cost,
            memory: memory(whole, problem, secondsPerTrial: result.single))
    }

    /// Runs the sweep's first calls; the later half of them gives the estimate for the rest.
    private func wholeTrials(
        _ shape: ProbeShape, _ problem: SweepProblem, seconds: Double
    ) throws(SweepError) -> (cost: Cost, single: Double) {
        var sizer = BatchSizer()
        let work = problem.work(plan.method)
        sizer.begin(workPerTrial: work, ceiling: (32 << 20) / problem.resultBytes(plan.method))
        var calls = [(trials: Int, seconds: Double)]()
        var (done, left, bytes) = (0, seconds, 0.0)
        while done < plan.mostTrials {
            let usual = calls.last.map { $0.seconds / Double($0.trials) } ?? work / Self.slowRate
            let room = max(0, min(left / usual, 1e9))
            if room < 1, !calls.isEmpty { break }
            let count = min(sizer.next(remaining: plan.mostTrials - done), max(1, Int(room)))
            let run: (seconds: Double, bytes: Double)
            do throws(SweepError) {
                run = try time(shape, of: problem, trials: done..<(done + count))
            } catch {
                guard case .backend(.outOfMemory, _) = error, count > 1 else { throw error }
                sizer.halve(count)
                continue
            }
            sizer.record(trials: count, seconds: run.seconds)
            calls.append((count, run.seconds))
            (done, left, bytes) = (done + count, left - run.seconds, bytes + run.bytes)
        }
        var late = (trials: 0, seconds: 0.0)
        for call in calls.reversed() where late.trials * 2 < done {
            late = (late.trials + call.trials, late.seconds + call.seconds)
        }
        let spent = calls.reduce(0) { $0 + $1.seconds }
        let rest = Double(plan.mostTrials - done) * late.seconds / Double(late.trials)
        let cost = Cost(
            seconds: (spent + rest) / Double(plan.mostTrials), bytes: bytes / Double(done), isMeasured: true)
        return (cost, late.seconds / Double(late.trials))
    }

    /// More of the largest small trials that there is time for, the middle one of them, and how costs grow.
    private func smallTrials(
        _ shape: ProbeShape, _ problem: SweepProblem, _ before: [(factor: Double, seconds: Double, bytes: Double)],
        work: (Double) -> Double, seconds: Double
    ) throws(SweepError) -> (cost: Cost, single: Double) {
        var (left, times) = (seconds, [before[before.count - 1].seconds])
        repeat {
            let trial = times.count
            let run = try time(shape, of: problem, trials: trial..<(trial + 1))
            times.append(run.seconds)
            left -= run.seconds
        } while times.count < 9 && left > times[times.count - 1]
        var runs = before
        runs[runs.count - 1].seconds = times.sorted()[times.count / 2]
        let whole = runs[runs.count - 1].seconds * growth(runs, work: work)
        let cost = Cost(seconds: whole, bytes: bytes(runs, of: problem), isMeasured: false)
        return (cost, whole)
    }

    /// How much longer a whole trial takes than the largest one run: between the growth of the work, which large
    /// eliminations keep to, and that of the last two runs, where small ones still gain on it. Singular values gain
    /// until their matrix leaves the cache and lose then; 3.3 is what they have between n = 600 and 2400 (2 cores of
    /// a Zen 4, OpenBLAS 0.3.21, Scripts/check/estimates).
    private func growth(_ runs: [(factor: Double, seconds: Double, bytes: Double)], work: (Double) -> Double) -> Double {
        let last = runs[runs.count - 1]
        guard plan.method == .exact else { return pow(1 / last.factor, 3.3) }
        let byWork = work(1) / work(last.factor)
        guard runs.count > 1 else { return byWork }
        let before = runs[runs.count - 2]
        let exponent = log(last.seconds / before.seconds) / log(last.factor / before.factor)
        return (byWork * pow(1 / last.factor, max(0, exponent))).squareRoot()
    }

    /// A whole trial's line, by how lines grow from one run to the next: repeated steps take no room
    /// (docs/file-formats.md), so that the growth depends on the problem.
    private func bytes(_ runs: [(factor: Double, seconds: Double, bytes: Double)], of problem: SweepProblem) -> Double {
        let last = runs[runs.count - 1]
        guard plan.method == .exact, runs.count > 1 else { return last.bytes }
        let before = runs[runs.count - 2]
        let exponent = log(last.bytes / before.bytes) / log(last.factor / before.factor)
        // By order steps are large and do not repeat: a line grows with the points at least.
        return last.bytes * pow(1 / last.factor, min(max(problem.isByOrder ? 1 : 0, exponent), 1.2))
    }

    /// Of a call: what each trial or matrix that is under way takes, and results in their several forms.
    private func memory(_ shape: ProbeShape, _ problem: SweepProblem, secondsPerTrial: Double) -> Double {
        // A longer trial always has a call of its own (BatchSizer).
        let trials = secondsPerTrial > BatchSizer.patience
            ? 1 : min(Double(plan.mostTrials), max(2, BatchSizer.target / max(secondsPerTrial, 1e-7)))
        let results = 3 * min(trials * Double(problem.resultBytes(plan.method)), Double(32 << 20))
        let points = Double(shape.points)
        guard backend.name == "cpu" else {
            // Proofs of column profiles keep the patterns of all units on the host, twice, in lists that double; of two
            // trials or more at a time.
            guard plan.findsColumnsOnly(problem) else { return results }
            let units = min(Double(shape.units), points / Double(problem.columnsPerUnit) + 32)
            return results + 4 * units * points / 8 * min(2, trials)
        }
        switch plan.method {
        case .exact where plan.isProvedByOrder(problem):
            return results + BufferSize.orderBytes(points: shape.points) * min(Double(threads), trials)
        case .exact:
            let samples = shape.hidden?.trialBytes(
                points: shape.points, inputDimension: shape.inputDimension, units: shape.units)
            let one = BufferSize.rankBytes(
                points: shape.points, columnsPerUnit: problem.columnsPerUnit, columnsOnly: plan.findsColumnsOnly(problem))
            return results + (one + (samples ?? 24 * points * Double(shape.inputDimension + 1))) * min(Double(threads), trials)
        case .svd:
            let largest = shape.cells.map {
                8 * Double($0.points) * Double(shape.columns(units: $0.units, bias: problem.bias))
            }.max() ?? 0
            return results + largest * min(Double(threads), trials * Double(shape.cells.count))
        }
    }

    /// Does everything with trials that a sweep does, except writing to disk.
    private func time(
        _ shape: ProbeShape, of problem: SweepProblem, trials: Range<Int>
    ) throws(SweepError) -> (seconds: Double, bytes: Double) {
        let columnsOnly = plan.findsColumnsOnly(problem)
        let scale = Double(shape.points) / Double(max(1, problem.largestPoints))
        let points =
            if columnsOnly {
                Array(Set(problem.points.map { max(1, Int((Double($0) * scale).rounded())) })).sorted()
            } else if plan.method == .exact {
                [shape.points]
            } else {
                Array(Set(shape.cells.map(\.points))).sorted()
            }
        let units = plan.method == .exact ? [shape.units] : Array(Set(shape.cells.map(\.units))).sorted()
        let small = SweepProblem(
            ratio: problem.ratio, inputDimension: shape.inputDimension, points: points, units: units,
            bias: problem.bias, hidden: shape.hidden)
        let call = TrialCall(plan: plan, index: 0, problem: small, dataSet: dataSet, columnsOnly: columnsOnly)
        var lines = JournalLines(problems: [small])
        var tallies = [SweepTally(problem: small)]
        let start = ContinuousClock.now
        let batch: TrialCall.Batch
        do throws(BackendError) {
            batch = try call.run(trials, on: backend)
        } catch {
            throw .backend(error, during: call.describe(trials))
        }
        for trial in batch.trials {
            lines.append(trial)
            tallies.add(trial)
        }
        return ((ContinuousClock.now - start).seconds, Double(lines.bytes.count))
    }
}
