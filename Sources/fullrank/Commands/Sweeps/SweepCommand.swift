import FullrankModel
import FullrankPlatform
import FullrankReport
import FullrankRuns
import FullrankStatistics

/// Runs a plan into its folder.
func runSweep(_ options: SweepOptions, _ context: CommandContext) throws(CommandFailure) {
    if let job = options.networks { return try runNetworkSweep(job, options, context) }
    if let format = options.dryRun {
        return try context.dryRun([options.job], on: options.backend, json: format == .json)
    }
    try context.run([options.job], on: options.backend) { (job, result) throws(CommandFailure) in
        writeMessage(job.closingWords(result))
        if let exact = result.exact {
            writeMessage("exact.csv: " + exact.words)
            if exact.rows.count <= ExactTable.mostPrinted, !options.json { try writeOutput(exact.text) }
        }
        if options.json { try JSONRows.write(result.tallies) }
        if job.isLive, job.hasDiagram, Screen(STDERR_FILENO).isTerminal { showDiagram(job.panels(result)) }
    }
}

/// The picture for whoever looks on, on standard error.
func showDiagram(_ panels: [PhaseDiagram.Panel], quantity: String = TerminalDiagram.fullRank) {
    guard !Console.isQuiet else { return }
    Console.shared.write(TerminalDiagram(panels, quantity: quantity).text(Screen(STDERR_FILENO).format()))
}

extension ExactTable {
    /// More are looked at in the file.
    fileprivate static let mostPrinted = 50
}

extension SweepJob {
    var hasDiagram: Bool { plan.points.count > 1 && plan.units.count > 1 }

    func panels(_ result: SweepResult) -> [PhaseDiagram.Panel] {
        PhaseDiagram.panels(result.tallies.drawnCells(side: SweepDigest.diagramSide))
    }

    /// "fixed-input: 400 cells from 400 trials in 0.12 s, in figures/fixed-input"; "sweep: 3 cells from 100 trials (99
    /// proved) in 0.12 s, in large".
    func closingWords(_ result: SweepResult) -> String {
        let cells = plan.problems.reduce(0) { $0 + $1.points.count * $1.units.count }
        let time = RunSummary.words(seconds: result.summary.elapsed / .seconds(1))
        let trials = result.summary.trials
        let new = counted(trials, result.summary.resumed > 0 ? "new trial" : "trial")
        let proved = result.summary.proved > 0 ? " (\(result.summary.proved) proved)" : ""
        return
            "\(title): \(counted(cells, "cell")) from \(new)\(proved) in \(time), in \(output.printable())\(precision(result.tallies))"
    }

    /// "; 300 to 9600 trials per problem, no half-width above 0.01".
    func precision(_ tallies: [SweepTally]) -> String {
        guard let target = plan.target else { return "" }
        let trials = tallies.map(\.trials)
        let (fewest, most) = (trials.min() ?? 0, trials.max() ?? 0)
        let range = fewest == most ? "\(most)" : "\(fewest) to \(most)"
        let wider = tallies.reduce(0) { $0 + $1.cells(widerThan: target.halfWidth) }
        let cells = plan.problems.reduce(0) { $0 + $1.points.count * $1.units.count }
        let words =
            wider == 0
            ? "no half-width above \(target.halfWidth)"
            : "\(wider) of \(counted(cells, "cell")) \(wider == 1 ? "has" : "have") a half-width above \(target.halfWidth)"
        return "; \(range) trials a problem, \(words)"
    }
}
