import FullrankBackends
import FullrankModel
import FullrankPlatform
import FullrankRuns
import FullrankSweep

/// What a plan's trials cost here, measured by running some of them, or smaller ones of the same kind, for about half a
/// second. Writes nothing.
public struct LandscapeProbe {
    /// By d0.
    public private(set) var costs: [SpeedProbe.Cost] = []
    /// Peak memory, in bytes.
    public private(set) var memory = 0.0
    /// What the probe took.
    public private(set) var elapsed = 0.0

    private let plan: LandscapePlan
    private let backend: any MinimaBackend
    private let threads: Int

    /// Seconds for all d0 together; more of them than `mostProblems` are interpolated between.
    private static let budget = 0.5
    private static let mostProblems = 12
    /// A call that takes longer than this many seconds is cancelled.
    private static let patience = 1.0
    /// Draws of the first calls.
    private static let fewestDraws = 64

    /// - Parameter left: trials of each d0: no more go side by side.
    /// - Throws: what the run's own first calls would throw.
    public init(plan: LandscapePlan, left: [Int], backend: any MinimaBackend, threads: Int) throws(SweepError) {
        (self.plan, self.backend, self.threads) = (plan, backend, threads)
        let start = ContinuousClock.now
        let probed = ProbedProblems(of: plan.inputDimensions.count, atMost: Self.mostProblems)
        costs = try probed.costs(seconds: Self.budget, since: start) { (index, seconds) throws(SweepError) in
            try measure(index, most: max(1, left[index]), seconds: seconds)
        }
        memory = peakMemory() + plan.bytes(threads: threads) + plan.rayBytes(threads: threads)
        elapsed = (ContinuousClock.now - start).seconds
    }

    private struct Run {
        var size: Size
        /// Of the call.
        var whole: Double
        /// For each trial.
        var seconds: Double
        var bytes: Double
        var isCut: Bool
    }

    /// A smaller plan of the same kind.
    private struct Size {
        /// Of n and d1.
        var side: Double
        /// Of the draws.
        var draws: Double
        var isWhole: Bool { side == 1 && draws == 1 }
    }

    /// Runs small trials, then larger ones while the next is likely to be short: n and d1 first, then the draws. Then as
    /// many whole ones as there is time for.
    private func measure(_ index: Int, most: Int, seconds: Double) throws(SweepError) -> SpeedProbe.Cost {
        let width = min(most, plan.sideBySide(threads: threads))
        var left = seconds, sides = [Run](), draws = [Run]()
        var size = Size(side: least(index), draws: min(1, Double(Self.fewestDraws) / Double(plan.draws)))
        while true {
            let run = try time(size, index, trials: 0..<width)
            left -= run.whole
            sides.append(run)
            guard size.side < 1, !run.isCut, left > 0 else { break }
            // One degree more than observed: small trials do not yet show what makes large ones slow.
            let degree = max(3, (Self.degree(sides, \.side) ?? 3) + 1)
            let next = min(1, size.side * min(2, pow(left * 0.6 / max(run.whole, 1e-7), 1 / degree)))
            if next < size.side * 1.1 { break }
            size.side = next
        }
        var last = sides[sides.count - 1]
        draws.append(last)
        while last.size.side == 1, size.draws < 1, !last.isCut, left > 0 {
            let next = min(1, size.draws * min(8, left * 0.6 / max(last.whole, 1e-7)))
            if next < size.draws * 1.5 { break }
            size.draws = next
            last = try time(size, index, trials: 0..<width)
            left -= last.whole
            draws.append(last)
        }
        var times = [last.seconds], first = width, count = width
        // Calls that grow as the run's own do.
        while last.size.isWhole, !last.isCut, left > 0, first < most, times.count < 64 {
            count = max(1, min(count * 2, most - first, Int(left / max(last.seconds, 1e-6))))
            let run = try time(size, index, trials: first..<first + count)
            (left, first) = (left - run.whole, first + count)
            times.append(run.seconds)
            if run.isCut { last.isCut = true }
        }
        let mean = times.reduce(0, +) / Double(times.count)
        let deviation = (times.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(times.count)).squareRoot()
        let error = times.count == 1 ? 0.5 : 2 * deviation / (mean * Double(times.count).squareRoot())
        // Rays are as many as a power of n by the dimension. Draws of one combination are decided once.
        let degree = min(max(Self.degree(sides, \.side) ?? 3, 1), Double(plan.columns(index)) + 2)
        let power = min(max(Self.degree(draws, \.draws) ?? 1, 0.3), 1)
        let (side, draw) = (1 / last.size.side, 1 / last.size.draws)
        return SpeedProbe.Cost(
            seconds: mean * pow(side, degree) * pow(draw, power), bytes: last.bytes,
            isMeasured: last.size.isWhole && !last.isCut,
            spread: (1.2 + min(error, 1)) * pow(side, 0.5) * pow(draw, 0.15) * (last.isCut ? 4 : 1))
    }

    /// The power of a size that the last three runs' times grow with; nil before there are two.
    private static func degree(_ runs: [Run], _ size: KeyPath<Size, Double>) -> Double? {
        guard runs.count > 1 else { return nil }
        let (last, before) = (runs[runs.count - 1], runs[max(0, runs.count - 3)])
        let growth = log(last.size[keyPath: size] / before.size[keyPath: size])
        return log(max(last.seconds, 1e-9) / max(before.seconds, 1e-9)) / growth
    }

    /// The smallest side: with fewer points than coordinates nothing is decided.
    private func least(_ index: Int) -> Double {
        min(1, Double(plan.columns(index) + 2) / Double(max(1, plan.points.last ?? 1)))
    }

    private func scaled(_ size: Size) -> LandscapePlan {
        func part(_ value: Int, _ factor: Double) -> Int {
            factor == 1 ? value : max(1, Int((Double(value) * factor).rounded(.up)))
        }
        var small = plan
        small.points = Set(plan.points.map { part($0, size.side) }).sorted()
        small.units = Set(plan.units.map { part($0, size.side) }).sorted()
        small.draws = part(plan.draws, size.draws)
        return small
    }

    /// Runs trials as a run does, except for the disk; a call that was cut counts as long as it was given.
    private func time(_ size: Size, _ index: Int, trials: Range<Int>) throws(SweepError) -> Run {
        let plan = scaled(size), start = ContinuousClock.now, end = start + .seconds(Self.patience)
        var found = [LandscapeTrial](), isCut = false
        do throws(BackendError) {
            var call = try LandscapeCall(
                trials, of: plan, index: index, on: backend, threads: threads,
                isCancelled: { ContinuousClock.now > end })
            found = try call.run()
        } catch {
            guard error == .cancelled, ContinuousClock.now > end else {
                throw .backend(error, during: "probing d0 = \(plan.inputDimensions[index])")
            }
            isCut = true
        }
        let whole = (ContinuousClock.now - start).seconds, count = Double(trials.count)
        return Run(
            size: size, whole: whole, seconds: whole / count,
            bytes: found.isEmpty ? line(nil) : found.map { line($0) }.reduce(0, +) / count, isCut: isCut)
    }

    /// Bytes of a whole trial's line: one list for each property that occurs, with a number for each cell.
    private func line(_ trial: LandscapeTrial?) -> Double {
        if let trial, trial.counts.count == plan.cellCount {
            var line = [UInt8]()
            plan.encoder(isSealed: true).append(trial, to: &line)
            return Double(line.count)
        }
        let occurring = CombinationCounts.names.count { name in
            trial?.counts.contains { $0[keyPath: name.path] != 0 } ?? true
        }
        return 60 + Double(occurring) * (14 + Double(plan.cellCount) * Double("\(plan.draws)".utf8.count + 1))
    }
}
