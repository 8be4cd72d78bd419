import FullrankBackends
import FullrankFiles
import FullrankLandscape
import FullrankModel
import FullrankRuns
import FullrankSweep

extension LandscapePlan: DryRunPlan {
    static func dryRun(
        _ job: LandscapeSampleJob, on backend: any RankBackend, threads: Int
    ) throws(SweepError) -> DryRun {
        let minima: any MinimaBackend
        do throws(BackendError) { minima = try backend.withMinima() } catch {
            throw .backend(error, during: job.title)
        }
        let plan = job.plan, begun = try job.begun(), problems = plan.inputDimensions.count
        let probe = try LandscapeProbe(plan: plan, left: begun.left.map(\.most), backend: minima, threads: threads)
        return DryRun(
            title: job.title, output: job.output, shard: job.shard, problems: problems,
            cells: problems * plan.cellCount, each: (plan.trials, plan.trials), there: begun.count,
            isRunning: begun.isRunning, left: begun.left, costs: probe.costs,
            work: .combinations(plan.cellCount * plan.draws), memory: probe.memory, elapsed: probe.elapsed,
            backend: backend)
    }
}
