import FullrankBackends
import FullrankModel
import FullrankPlatform
import FullrankRuns
import FullrankStatistics

// How long trials of one problem take: whole ones if there is time, else smaller ones.
extension SpeedProbe {
    /// From small trials to large ones, as far as the next is sure to be short; whole ones as the sweep itself would.
    func measure(_ problem: SweepProblem, seconds: Double) throws(SweepError) -> Measurement {
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

    /// Does everything with trials that a sweep does, except writing to disk.
    func time(
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
        let encoder = JournalEncoder(problems: [small])
        var lines = [UInt8]()
        var tallies = [SweepTally(problem: small)]
        let start = ContinuousClock.now
        let batch: TrialCall.Batch
        do throws(BackendError) {
            batch = try call.run(trials, on: backend)
        } catch {
            throw .backend(error, during: call.describe(trials))
        }
        for trial in batch.trials {
            encoder.append(trial, to: &lines)
            tallies.add(trial)
        }
        return ((ContinuousClock.now - start).seconds, Double(lines.count))
    }
}
