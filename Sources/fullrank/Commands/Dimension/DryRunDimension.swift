import FullrankBackends
import FullrankDimension
import FullrankFiles
import FullrankModel
import FullrankRuns
import FullrankSweep

extension DimensionPlan: DryRunPlan {
    static func dryRun(
        _ job: DimensionJob, on backend: any RankBackend, threads: Int
    ) throws(SweepError) -> DryRun {
        guard let networks = backend as? any DimensionBackend else {
            throw .backend(.unsupported("\(backend.name): has no networks; use --backend cpu"), during: job.title)
        }
        let plan = job.plan, share = job.shard?.trials(of: plan.allTrials) ?? 0..<plan.allTrials
        var left = [Int](repeating: 0, count: plan.architectures.count)
        var done = FinishedTrials(problems: 1, trials: plan.allTrials)
        let reader: DimensionReader?
        do throws(SweepFolderError) {
            reader = try job.readFolder()
            if let reader { done = try reader.readTrials { _ in } }
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
            title: job.title, output: job.output, shard: job.shard, problems: problems.count, cells: problems.count,
            each: (plan.trials, plan.trials),
            there: reader.map { _ in TrialCount(done: done.count, total: share.count, mayGrow: false) },
            isRunning: reader?.isRunning ?? false, left: left.map { ($0, $0) }, costs: probe.costs,
            work: .multiplyAdds(problems.map { plan.work($0) }, formula: DimensionPlan.workFormula),
            memory: probe.memory, elapsed: probe.elapsed, backend: backend)
    }
}
