import FullrankBackends
import FullrankModel
import FullrankPlatform
import FullrankRuns
import FullrankSweep

/// What a plan's trials cost here, measured by running some of them for about half a second. Writes nothing.
public struct DimensionProbe {
    /// By architecture.
    public private(set) var costs: [SpeedProbe.Cost] = []
    /// Peak memory, in bytes.
    public private(set) var memory = 0.0
    /// What the probe took.
    public private(set) var elapsed = 0.0

    private static let budget = 0.5
    /// Architectures that are run together.
    private static let batch = 8

    /// From small architectures to large ones, as far as the next is likely to be short.
    public init(plan: DimensionPlan, problems: [DimensionProblem], on backend: any DimensionBackend) throws(SweepError)
    {
        let start = ContinuousClock.now, ranking = DimensionRanking(plan: plan)
        let work = problems.map { plan.work($0) }
        let order = problems.indices.sorted { (work[$0], $0) < (work[$1], $1) }
        var rate = 0.0, least = Double.infinity, measured = Set<Int>()
        for step in 0...16 {
            let last = (order.count - 1) * step / 16
            let chosen = order[max(0, last + 1 - Self.batch)...last].filter { !measured.contains($0) }
            let size = chosen.reduce(0) { $0 + work[$1] }
            let left = Self.budget - (ContinuousClock.now - start).seconds
            guard !chosen.isEmpty, measured.isEmpty || size * rate < left else { continue }
            let begun = ContinuousClock.now
            do throws(BackendError) {
                _ = try ranking.trials(
                    of: chosen.map { DrawGroup(architecture: $0, draws: 0..<1) }, problems: chosen.map { problems[$0] },
                    on: backend)
            } catch {
                throw .backend(error, during: "probing \(plan.architectures[chosen[0]])")
            }
            let seconds = (ContinuousClock.now - begun).seconds
            measured.formUnion(chosen)
            // Large ones run at the rate of the largest that was run, small ones take as long as the shortest call.
            rate = seconds / max(size, 1)
            least = min(least, seconds / Double(chosen.count))
        }
        let largest = measured.map { work[$0] }.max() ?? 1
        for index in problems.indices {
            let line = 160 + 8 * Double(plan.architectures[index].widths.count)
            costs.append(
                SpeedProbe.Cost(
                    seconds: max(least, work[index] * rate), bytes: line, isMeasured: measured.contains(index),
                    spread: work[index] > 2 * largest ? 3 : 1.5))
        }
        let heaviest = problems.map { plan.memory($0) }.max() ?? 0
        memory = peakMemory() + heaviest
        elapsed = (ContinuousClock.now - start).seconds
    }
}
