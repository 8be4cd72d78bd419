import FullrankBackends
import FullrankMinima
import FullrankModel
import FullrankRuns
import FullrankSweep

extension MinimaPlan: DryRunPlan {
    static func dryRun(
        _ job: MinimaJob, on backend: any RankBackend, threads: Int
    ) throws(SweepError) -> DryRun {
        let minima: any MinimaBackend
        do throws(BackendError) { minima = try backend.withMinima() } catch {
            throw .backend(error, during: job.title)
        }
        let plan = job.plan, begun = try job.begun()
        let probe = try MinimaProbe(
            plan: plan, left: begun.left.map(\.most), data: job.data, backend: minima, threads: threads)
        let cells = plan.points.count * plan.units.count
        return DryRun(
            title: job.title, output: job.output, shard: job.shard, problems: plan.inputDimensions.count,
            cells: plan.inputDimensions.count * cells, each: (plan.trials, plan.mostTrials), there: begun.count,
            isRunning: begun.isRunning, left: begun.left, costs: probe.costs, work: .verdicts(cells),
            memory: probe.memory, elapsed: probe.elapsed, backend: backend)
    }
}
