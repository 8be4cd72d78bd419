import FullrankBackends
import FullrankFiles
import FullrankLandscape
import FullrankModel
import FullrankRuns
import FullrankSweep

extension LandscapeSampleJob: DryRunnable {
    func dryRun(on backend: any RankBackend, threads: Int) throws(SweepError) -> DryRun {
        let minima: any MinimaBackend
        do throws(BackendError) { minima = try backend.withMinima() } catch {
            throw .backend(error, during: "landscape sample")
        }
        let share = shard?.trials(of: plan.trials) ?? 0..<plan.trials
        var done: FinishedTrials?, isRunning = false
        do throws(SweepFolderError) {
            if !output.isEmpty,
                let reader = try LandscapeFolderReader(
                    output, plan: plan, shard: shard, extending: isExtending, replacing: isReplacing)
            {
                (done, isRunning) = (try reader.readTrials { _ in }, reader.isRunning)
            }
        } catch {
            throw .folder(error)
        }
        let left = plan.inputDimensions.indices.map { share.count - (done?.count(problem: $0) ?? 0) }
        let probe = try LandscapeProbe(plan: plan, left: left, backend: minima, threads: threads)
        let problems = plan.inputDimensions.count
        return DryRun(
            title: "landscape sample", output: output, shard: shard, problems: problems,
            cells: problems * plan.cellCount, each: (plan.trials, plan.trials),
            there: done.map { TrialCount(done: $0.count, total: share.count * problems, mayGrow: false) },
            isRunning: isRunning, left: left.map { ($0, $0) }, costs: probe.costs,
            work: .combinations(plan.cellCount * plan.draws), memory: probe.memory, elapsed: probe.elapsed,
            backend: backend)
    }
}
