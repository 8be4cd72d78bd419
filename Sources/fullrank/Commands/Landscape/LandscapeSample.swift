import FullrankBackends
import FullrankFiles
import FullrankLandscape
import FullrankModel
import FullrankRuns
import FullrankSweep

/// Computes what the folder lacks and writes its table and figures.
func runLandscapeSample(_ options: LandscapeSampleOptions, _ context: CommandContext) throws(CommandFailure) {
    let job = options.job
    let bytes = job.plan.bytes(threads: job.threads ?? Processors.available)
    guard AvailableMemory.holds(bytes) else {
        throw .memory("--draws: the combinations of a trial take \(AvailableMemory.shortage(bytes)): lower it")
    }
    if let format = options.dryRun {
        return try context.dryRun([job], on: options.backend, json: format == .json)
    }
    let backend: any MinimaBackend
    do throws(BackendError) {
        let chosen = try BackendChoice.cpu.open(options: BackendOptions(threads: job.threads ?? 0), devices: [])
        backend = try chosen.backend.withMinima()
    } catch {
        throw CommandFailure(error, signal: nil)
    }
    let (summary, tallies) = try job.execute(context) { () throws(SweepError) in
        LandscapeRunner(plan: job.plan, backend: backend, threads: job.threads ?? Processors.available)
    }
    writeMessage(job.closingWords(summary, tallies))
    try job.figures.convertDiagrams(in: job.output)
}

extension LandscapeTally: TrialTally {}

extension LandscapePlan: TalliedPlan {
    static let command = "landscape sample"

    func tallies() -> [LandscapeTally] { inputDimensions.indices.map { LandscapeTally(plan: self, problem: $0) } }

    /// cells.csv and the diagrams.
    static func write(
        _ tallies: [LandscapeTally], of job: LandscapeSampleJob, to folder: LandscapeFolder
    ) throws(SweepFolderError) {
        try folder.writeTable(name: "cells.csv", contents: LandscapeTable.csv(tallies))
        let caption = job.caption(tallies)
        for figure in LandscapeSampleFigure.files(tallies, caption: caption, theme: job.figures.theme) {
            try folder.writeTable(name: figure.name, contents: figure.svg)
        }
    }
}

extension LandscapeSampleJob {
    private func undecided(_ tallies: [LandscapeTally]) -> Int {
        tallies.flatMap(\.counts).reduce(0) { $0 + $1.minimumOpen + $1.saddleOpen }
    }

    func caption(_ tallies: [LandscapeTally]) -> String {
        let open = undecided(tallies)
        let cells =
            plan.cells == .regions
            ? "cells uniform over the non-empty ones"
            : "cells of \(plan.initialization.rawValue) weights\(plan.bias ? " and biases" : ", no biases")"
        let outputs =
            plan.frozen.map { $0 == .all ? "output weights 1" : "output weights 1, -1, 1, ..." }
            ?? "output weights trained"
        let draws = plan.draws > 1 ? " of \(plan.draws) combinations each" : ""
        return "\(title): \(counted(plan.trials, "trial"))\(draws), seed \(plan.seed), normal inputs, "
            + "\(plan.labels == .random ? "normal" : plan.labels.rawValue) labels, \(cells), \(outputs)"
            + "\(open > 0 ? "; \(counted(open, "verdict")) undecided, left out" : ""). fullrank \(version)."
    }

    /// "landscape sample: 12 cells from 300 trials in 1.2 s (3,600 combinations), in sample; 3 verdicts undecided".
    fileprivate func closingWords(_ summary: RunSummary, _ tallies: [LandscapeTally]) -> String {
        let cells = plan.inputDimensions.count * plan.cellCount, open = undecided(tallies)
        return "\(title): \(counted(cells, "cell")) from \(summary.newTrials) in \(summary.time) "
            + "(\(counted(summary.trials * plan.cellCount * plan.draws, "combination"))), in \(output.printable())"
            + (open > 0 ? "; \(counted(open, "verdict")) undecided" : "")
    }
}
