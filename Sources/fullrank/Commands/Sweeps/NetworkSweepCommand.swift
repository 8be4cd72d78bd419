import FullrankBackends
import FullrankFiles
import FullrankModel
import FullrankNetworks
import FullrankPlatform
import FullrankReport
import FullrankRuns
import FullrankSweep

/// A plan over networks and its folder.
struct NetworkSweepJob: Sendable {
    var plan: NetworkSweepPlan
    var data: DataSet?
    /// What a user should know of the data.
    var notes: [String] = []
    var output: String
    var shard: Shard?
    var isExtending = false
    var isReplacing = false
    /// As in `SweepJob`.
    var isLive = false
    var figures = FigureOptions()
}

/// Runs the plan into its folder.
func runNetworkSweep(
    _ job: NetworkSweepJob, _ options: SweepOptions, _ context: CommandContext
) throws(CommandFailure) {
    if let format = options.dryRun {
        return try context.dryRun([job], on: options.backend, json: format == .json)
    }
    let backend = try openNetworkBackend(options.backend)
    let (summary, tallies) = try job.execute(on: backend, context)
    writeMessage(job.closingWords(summary, tallies))
    if options.json {
        var rows = JSONRows()
        try rows.append(tallies.cells)
        try rows.end()
    }
    if job.isLive, job.plan.hasDiagram, Screen(STDERR_FILENO).isTerminal {
        showDiagram(
            NetworkSweepFigure.panels(job.plan, tallies.cells).map(\.panel), quantity: NetworkSweepFigure.quantity)
    }
    try job.figures.convertDiagrams(in: job.output)
}

func openNetworkBackend(_ flags: BackendFlags) throws(CommandFailure) -> any NetworkBackend {
    let backend = try flags.openTelling()
    do throws(BackendError) { return try backend.havingNetworks() } catch { throw CommandFailure(error, signal: nil) }
}

extension RankBackend {
    /// - Throws: `unsupported` if it ranks no networks.
    func havingNetworks() throws(BackendError) -> any NetworkBackend {
        guard let backend = self as? any NetworkBackend else {
            throw .unsupported("\(name): ranks no networks of this kind; use --backend cpu")
        }
        return backend
    }
}

extension NetworkSweepJob {
    /// Computes what the folder lacks and writes tables and figures.
    func execute(
        on backend: any NetworkBackend, _ context: CommandContext
    ) throws(CommandFailure) -> (NetworkSweepRunner.Summary, [NetworkSweepTally]) {
        let summary: NetworkSweepRunner.Summary
        var tallies = [NetworkSweepTally](plan)
        do throws(SweepError) {
            let runner = try NetworkSweepRunner(plan: plan, data: data, backend: backend)
            let folder: NetworkSweepFolder
            do throws(SweepFolderError) {
                folder = try NetworkSweepFolder(
                    output, plan: plan, shard: shard, provenance: RunProvenance(fullrank: version, backend: backend),
                    extending: isExtending, replacing: isReplacing)
            } catch {
                throw .folder(error)
            }
            for note in notes { writeMessage(note) }
            summary = try context.follow(
                diagram: isLive && plan.hasDiagram ? NetworkSweepFigure.quantity : nil,
                progress: { runner.progress() }, cancel: { runner.cancel() }
            ) { (display) throws(SweepError) in
                try runner.run(in: folder) {
                    tallies[$0.problem].add($0)
                    display.offer(current: 0) { tallies.livePanels(plan) }
                } begin: { total, done in
                    if done > 0 { writeMessage("\(output.printable()): \(done) of \(total) trials are there already") }
                }
            }
            if summary.trials > 0 { WrittenFiles.noteJournal(in: output) }
            if summary.isCompleted {
                do throws(SweepFolderError) { try writeResults(tallies, to: folder) } catch { throw .folder(error) }
            }
        } catch {
            throw CommandFailure(error, signal: context.interruption.signal)
        }
        guard summary.isCompleted else {
            throw context.interrupted("\(summary.trials + summary.resumed) of \(summary.total) trials", in: output)
        }
        return (summary, tallies)
    }

    /// cells.csv, ranks.csv and the diagrams.
    func writeResults(_ tallies: [NetworkSweepTally], to folder: NetworkSweepFolder) throws(SweepFolderError) {
        let cells = tallies.cells, caption = plan.caption
        try folder.writeTable(name: "cells.csv", contents: NetworkSweepTable.cells(cells))
        try folder.writeTable(name: "ranks.csv", contents: NetworkSweepTable.ranks(cells))
        if plan.hasDiagram {
            let panels = NetworkSweepFigure.panels(plan, cells)
            for (name, panel) in panels {
                let svg = NetworkSweepFigure.svg([panel], caption: caption, theme: figures.theme)
                try folder.writeTable(name: "diagram-\(name).svg", contents: svg)
            }
            if panels.count > 1 {
                let svg = NetworkSweepFigure.svg(panels.map(\.panel), caption: caption, theme: figures.theme)
                try folder.writeTable(name: "diagram-all.svg", contents: svg)
            }
        }
        if let figure = NetworkSweepFigure.fractions(plan, cells, caption: caption, theme: figures.theme) {
            try folder.writeTable(name: "diagram-fraction.svg", contents: figure.svg)
        }
        if let figure = RankFigure.figure(plan, cells, caption: caption, theme: figures.theme) {
            try folder.writeTable(name: "diagram-ranks.svg", contents: figure.svg)
        }
    }

    /// "sweep: 100 cells from 140 trials in 0.12 s, in networks; 17 cells with all ranks at the bound".
    fileprivate func closingWords(_ summary: NetworkSweepRunner.Summary, _ tallies: [NetworkSweepTally]) -> String {
        let cells = tallies.cells, reached = cells.count { $0.atBound == $0.trials }
        let milliseconds = Int((summary.seconds * 1000).rounded())
        let time = milliseconds < 10_000 ? "\(Double(milliseconds) / 1000) s" : "\(Int(summary.seconds.rounded())) s"
        let trials = counted(summary.trials, summary.resumed > 0 ? "new trial" : "trial")
        return
            "sweep: \(counted(cells.count, "cell")) from \(trials) in \(time), in \(output.printable()); \(cells.count == 1 ? (reached == 1 ? "every rank is at the bound" : "not every rank is at the bound") : "in \(reached) of them every rank is at the bound")"
    }
}

extension NetworkSweepPlan {
    /// Below each figure.
    var caption: String {
        let layers = grid.hidden.map { "; \($0.map(\.words).joined(separator: "; "))" } ?? ""
        return
            "sweep: \(counted(grid.trials, "trial")), seed \(grid.seed), \(grid.inputs.caption), \(grid.initialization.rawValue) weights"
            + "\(grid.bias ? " and biases" : ", no biases")\(outputBias ? ", biases of outputs" : "")\(layers), \(activation), "
            + "\(counted(outputs, "output")), parameters trained: \(trained.rawValue). Exact rank modulo "
            + grid.primes.map { "\($0)" }.joined(separator: " and ")
            + "; a rank at its bound is proved. fullrank \(version)."
    }
}

extension [NetworkSweepTally] {
    /// While it fills: cells without a trial are blank.
    func livePanels(_ plan: NetworkSweepPlan) -> [PhaseDiagram.Panel] {
        NetworkSweepFigure.panels(plan, cells).map {
            PhaseDiagram.Panel(
                title: $0.panel.title,
                cells: LiveDiagram.withBlanks($0.panel.cells, points: plan.grid.points, units: plan.grid.units))
        }
    }
}
