import FullrankBackends
import FullrankFiles
import FullrankMinima
import FullrankModel
import FullrankRuns
import FullrankSweep

extension MinimaJob: DryRunnable {
    func dryRun(on backend: any RankBackend, threads: Int) throws(SweepError) -> DryRun {
        let minima: any MinimaBackend
        do throws(BackendError) { minima = try backend.withMinima() } catch { throw .backend(error, during: title) }
        var counted: CountedMinima?, isRunning = false
        do throws(SweepFolderError) {
            let reader =
                output.isEmpty
                ? nil
                : try MinimaReader(output, plan: plan, shard: shard, extending: isExtending, replacing: isReplacing)
            counted = try reader?.counted()
            isRunning = reader?.isRunning ?? false
        } catch {
            throw .folder(error)
        }
        let share = shard?.trials(of: plan.trials) ?? 0..<plan.trials
        let left = (counted ?? CountedMinima(plan, share: share)).left
        let probe = try MinimaProbe(
            plan: plan, left: left.map(\.most), data: data, backend: minima, threads: threads)
        let cells = plan.points.count * plan.units.count
        return DryRun(
            title: title, output: output, shard: shard, problems: plan.inputDimensions.count,
            cells: plan.inputDimensions.count * cells, each: (plan.trials, plan.mostTrials), there: counted?.count,
            isRunning: isRunning, left: left, costs: probe.costs, work: .verdicts(cells), memory: probe.memory,
            elapsed: probe.elapsed, backend: backend)
    }
}
