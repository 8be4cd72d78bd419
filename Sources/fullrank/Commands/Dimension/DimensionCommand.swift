import FullrankBackends
import FullrankDimension
import FullrankModel

func runDimension(_ options: DimensionOptions, _ context: CommandContext) throws(CommandFailure) {
    guard let backend = try options.backend.openTelling() as? any DimensionBackend else {
        throw .usage("--backend \(options.backend.choice.rawValue) has no networks; --backend cpu has them")
    }
    let plan = options.plan, ranking = DimensionRanking(plan: plan)
    context.interruption.onSignal { backend.cancel() }
    defer { context.interruption.onSignal(nil) }
    for (index, problem) in options.problems.enumerated() {
        let group = DrawGroup(architecture: index, draws: 0..<plan.trials)
        var summary = DimensionSummary(problem, points: plan.points(of: problem))
        do throws(BackendError) {
            for trial in try ranking.trials(of: [group], problems: [problem], on: backend) { summary.add(trial) }
        } catch {
            throw CommandFailure(error, signal: context.interruption.signal)
        }
        try writeOutput(summary.words + "\n")
    }
}
