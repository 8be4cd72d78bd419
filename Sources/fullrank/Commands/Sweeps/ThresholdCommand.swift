import FullrankModel
import FullrankStatistics

/// Runs the plan into its folder: widths.csv is the answer, its last line per problem also goes to standard
/// output.
func runThreshold(_ options: ThresholdOptions, _ context: CommandContext) throws(CommandFailure) {
    if let format = options.dryRun {
        return try context.dryRun([options.job], on: options.backend, json: format == .json)
    }
    try context.run([options.job], on: options.backend) { (job, result) throws(CommandFailure) in
        writeMessage(job.closingWords(result))
        if options.json {
            var rows = JSONRows()
            try rows.append(result.tallies.criticalWidths)
            return try rows.end()
        }
        let exact = ExactChances(plan: job.plan, data: job.data)
        for widths in result.tallies.compactMap(\.widths.last) {
            let known = exact?.widths(
                inputDimension: widths.inputDimension, points: widths.points, levels: [0.05, 0.5, 0.95])
            let words = known.map { "; exactly \($0[1]), \($0[0]) to \($0[2])" } ?? ""
            try writeOutput(widths.words(job.plan) + words + "\n")
        }
    }
}

extension WidthStatistics {
    /// "d0 = 10, n = 1000: median width 94, 5% to 95% of 100 trials: 93 to 95".
    fileprivate func words(_ plan: SweepPlan) -> String {
        let beyond = "more than \(plan.units.last ?? 0)"
        func width(_ value: Int?) -> String { value.map { "\($0)" } ?? beyond }
        let missed = reached < trials ? "; \(trials - reached) did not reach full rank" : ""
        return "d0 = \(inputDimension), n = \(points): median width \(width(q50)), "
            + "5% to 95% of \(counted(trials, "trial")): \(width(q05)) to \(width(q95))\(missed)"
    }
}
