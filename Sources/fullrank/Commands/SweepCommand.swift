import FullrankModel

/// Runs a plan into its folder.
func runSweep(_ options: SweepOptions, _ context: CommandContext) throws(CommandFailure) {
    try context.run([options.job], on: options.backend) { (job, result) throws(CommandFailure) in
        writeMessage(job.closingWords(result))
    }
}

extension SweepJob {
    /// "fixed-input: 400 cells from 400 trials in 0.12 s, in figures/fixed-input".
    func closingWords(_ result: SweepResult) -> String {
        let cells = plan.problems.reduce(0) { $0 + $1.points.count * $1.units.count }
        let seconds = result.summary.elapsed / .seconds(1)
        let milliseconds = Int((seconds * 1000).rounded())
        let time = milliseconds < 10_000 ? "\(Double(milliseconds) / 1000) s" : "\(Int(seconds.rounded())) s"
        let trials = result.summary.trials
        let new = result.summary.resumed > 0 ? "\(trials) new trials" : "\(trials) trials"
        return "\(title): \(cells) cells from \(new) in \(time), in \(output.printable())"
    }
}
