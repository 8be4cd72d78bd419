import FullrankBackends
import FullrankModel
import FullrankPlatform
import FullrankRuns
import FullrankSweep

/// What a plan's trials cost here, measured by running some of them, or smaller ones of the same kind, for about half a
/// second. Writes nothing.
public struct MinimaProbe {
    /// In the plan's order.
    public private(set) var costs: [SpeedProbe.Cost] = []
    /// Peak memory of a run in this process, in bytes; of the host where a GPU computes.
    public private(set) var memory = 0.0
    /// What the probe took.
    public private(set) var elapsed = 0.0

    private let plan: MinimaPlan
    private let data: DataSet?
    private let backend: any MinimaBackend
    private let threads: Int

    /// Seconds for all problems together; more problems than `mostProblems` are interpolated between.
    private static let budget = 0.5
    private static let mostProblems = 12
    /// A call that takes longer than this many seconds is cancelled.
    private static let patience = 1.0

    /// - Parameters:
    ///   - left: trials of each problem: no more go side by side.
    ///   - threads: of the CPU, as the run will have them.
    /// - Throws: what the run's own first calls would throw.
    public init(
        plan: MinimaPlan, left: [Int], data: DataSet? = nil, backend: any MinimaBackend, threads: Int
    ) throws(SweepError) {
        (self.plan, self.data, self.backend, self.threads) = (plan, data, backend, threads)
        let start = ContinuousClock.now
        let width = MinimaRunner.sideBySide(threads: threads, on: backend)
        let probed = ProbedProblems(of: plan.inputDimensions.count, atMost: Self.mostProblems)
        // Threads start once, not in a measurement.
        _ = try time(
            MinimaProbeShape(plan, problem: 0, data: data, factor: 1e-9), trials: 0..<min(width, plan.mostTrials))
        let idle = peakMemory()
        costs = try probed.costs(seconds: Self.budget, since: start) { (index, seconds) throws(SweepError) in
            try measure(index, width: min(width, max(1, left[index])), seconds: seconds)
        }
        let counters = 48 * Double(plan.inputDimensions.count * plan.points.count * plan.units.count)
        let largest =
            plan.inputDimensions.indices.map { index in
                MinimaProbeShape(plan, problem: index, data: data, factor: 1).bytesPerTrial
                    * Double(min(width, max(1, left[index])))
            }.max() ?? 0
        memory = max(peakMemory(), idle + largest + counters)
        elapsed = (ContinuousClock.now - start).seconds
    }

    private struct Run {
        var factor: Double
        /// The time of a trial while others run beside it.
        var seconds: Double
        /// Of the whole trial's line, as this one's answer has it.
        var bytes: Double
    }

    /// Runs small trials, then larger ones while the next is likely to be short, then as many of the last size as there
    /// is time for.
    private func measure(_ index: Int, width: Int, seconds: Double) throws(SweepError) -> SpeedProbe.Cost {
        var left = seconds, runs = [Run](), isCut = false
        var factor = MinimaProbeShape.least(plan, problem: index)
        while true {
            let shape = MinimaProbeShape(plan, problem: index, data: data, factor: factor)
            let run = try time(shape, trials: 0..<width)
            left -= run.seconds
            runs.append(Run(factor: factor, seconds: run.seconds / Double(width), bytes: run.bytes))
            isCut = run.isCut
            guard factor < 1, !isCut, left > 0 else { break }
            // One more degree than observed, because small trials do not yet show what makes large ones slow.
            let degree = max(3, (Self.degree(runs) ?? 3) + 1)
            let next = min(1, factor * min(2, pow(left * 0.6 / max(run.seconds, 1e-7), 1 / degree)))
            if next < factor * 1.2 { break }
            factor = next
        }
        var times = [runs[runs.count - 1].seconds], bytes = [runs[runs.count - 1].bytes]
        let shape = MinimaProbeShape(plan, problem: index, data: data, factor: factor)
        var first = width
        while !isCut, left > times[times.count - 1] * Double(width), first + width <= plan.mostTrials, times.count < 64
        {
            let run = try time(shape, trials: first..<first + width)
            (left, first, isCut) = (left - run.seconds, first + width, run.isCut)
            times.append(run.seconds / Double(width))
            bytes.append(run.bytes)
        }
        // The mean of the times, because a few slow trials take most of a run's time.
        let count = Double(times.count), mean = times.reduce(0, +) / count
        runs[runs.count - 1].seconds = mean
        let deviation = (times.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count).squareRoot()
        // Two standard errors, of one call as much as it took, and a fifth for a machine that is never the same.
        let error = times.count == 1 ? 1 : 2 * deviation / (mean * count.squareRoot())
        let stretch = 1 / factor
        // Half a degree either way of the growth that was seen; unseen after a call that was cut off.
        return SpeedProbe.Cost(
            seconds: mean * pow(stretch, min(max(Self.degree(runs) ?? 3, 2), 4)),
            bytes: bytes.reduce(0, +) / Double(bytes.count), isMeasured: factor == 1 && !isCut,
            spread: (1.2 + min(error, 1)) * pow(stretch, 0.5) * (isCut ? 4 : 1))
    }

    /// The power of the factor that the last three runs' times grow with, or two if there are no more: times of
    /// neighbouring sizes are noise in part. nil before there are two.
    private static func degree(_ runs: [Run]) -> Double? {
        guard runs.count > 1 else { return nil }
        let (last, before) = (runs[runs.count - 1], runs[max(0, runs.count - 3)])
        return log(max(last.seconds, 1e-9) / max(before.seconds, 1e-9)) / log(last.factor / before.factor)
    }

    /// Runs trials as a run does, except for the disk; a call cut off counts as long as it was given.
    private func time(
        _ shape: MinimaProbeShape, trials: Range<Int>
    ) throws(SweepError) -> (seconds: Double, bytes: Double, isCut: Bool) {
        let start = ContinuousClock.now
        let deadline = CallDeadline(Self.patience) { [backend] in backend.cancel() }
        defer { deadline.lift() }
        do throws(BackendError) {
            let answers = try backend.trials(trials, of: shape.problem, shape.plan.query, index: shape.index)
            let bytes = answers.reduce(0) { $0 + shape.bytes(of: $1, in: plan) }
            return ((ContinuousClock.now - start).seconds, Double(bytes) / Double(max(1, trials.count)), false)
        } catch {
            guard error == .cancelled, deadline.hasPassed else {
                throw .backend(error, during: "probing d0 = \(plan.inputDimensions[shape.index])")
            }
            return ((ContinuousClock.now - start).seconds, Double(shape.bytesWithoutAnswer(in: plan)), true)
        }
    }
}
