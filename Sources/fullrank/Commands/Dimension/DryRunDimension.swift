import FullrankBackends
import FullrankDimension
import FullrankFiles
import FullrankModel
import FullrankRuns
import FullrankSweep

extension DimensionJob: DryRunnable {
    func dryRun(on backend: any RankBackend, threads: Int) throws(SweepError) -> DryRun {
        guard let networks = backend as? any DimensionBackend else {
            throw .backend(.unsupported("\(backend.name): has no networks; use --backend cpu"), during: title)
        }
        let share = shard?.trials(of: plan.allTrials) ?? 0..<plan.allTrials
        var left = [Int](repeating: 0, count: plan.architectures.count),
            done = FinishedTrials(problems: 1, trials: plan.allTrials)
        var isThere = false, isRunning = false
        do throws(SweepFolderError) {
            if let output,
                let reader = try DimensionReader(
                    output, plan: plan, shard: shard, extending: isExtending, replacing: isReplacing)
            {
                (done, isThere, isRunning) = (try reader.readTrials { _ in }, true, reader.isRunning)
            }
        } catch {
            throw .folder(error)
        }
        for trial in share where !done.contains(problem: 0, trial: trial) {
            left[plan.architecture(ofTrial: trial)] += 1
        }
        var problems = [DimensionProblem]()
        for index in plan.architectures.indices {
            do throws(DimensionError) { problems.append(try plan.problem(index)) } catch { throw .data("\(error)") }
        }
        let probe = try DimensionProbe(plan: plan, problems: problems, on: networks)
        return DryRun(
            title: title, output: output ?? "", shard: shard, problems: problems.count, cells: problems.count,
            each: (plan.trials, plan.trials),
            there: isThere ? TrialCount(done: done.count, total: share.count, mayGrow: false) : nil,
            isRunning: isRunning,
            left: left.map { ($0, $0) }, costs: probe.costs,
            work: .multiplyAdds(problems.map { plan.work($0) }, formula: DimensionPlan.workFormula),
            memory: probe.memory,
            elapsed: probe.elapsed, backend: backend)
    }
}
