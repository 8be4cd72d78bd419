import FullrankBackends
import FullrankFiles
import FullrankModel
import FullrankNetworks
import FullrankPlatform
import FullrankReport
import FullrankRuns
import FullrankSweep

/// A plan over networks and its folder.
typealias NetworkSweepJob = RunJob<NetworkSweepPlan>

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
    if options.json { try NetworkSweepPlan.printJSON(tallies) }
    job.showDiagram(NetworkSweepFigure.panels(job.plan, tallies.cells).map(\.panel))
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

extension NetworkSweepTally: TrialTally {}

extension NetworkSweepPlan: TalliedPlan {
    static let command = "sweep"

    func tallies() -> [NetworkSweepTally] { [NetworkSweepTally](self) }
    var liveQuantity: String? { hasDiagram ? NetworkSweepFigure.quantity : nil }
    func livePanels(_ tallies: [NetworkSweepTally]) -> [PhaseDiagram.Panel] { tallies.livePanels(self) }

    static func printJSON(_ tallies: [NetworkSweepTally]) throws(CommandFailure) {
        var rows = JSONRows()
        try rows.append(tallies.cells)
        try rows.end()
    }

    /// cells.csv, ranks.csv and the diagrams.
    static func write(
        _ tallies: [NetworkSweepTally], of job: NetworkSweepJob, to folder: NetworkSweepFolder
    ) throws(SweepFolderError) {
        let plan = job.plan, cells = tallies.cells, caption = plan.caption, theme = job.figures.theme
        try folder.writeTable(name: "cells.csv", contents: NetworkSweepTable.cells(cells))
        try folder.writeTable(name: "ranks.csv", contents: NetworkSweepTable.ranks(cells))
        if plan.hasDiagram {
            let panels = NetworkSweepFigure.panels(plan, cells)
            for (name, panel) in panels {
                let svg = NetworkSweepFigure.svg([panel], caption: caption, theme: theme)
                try folder.writeTable(name: "diagram-\(name).svg", contents: svg)
            }
            if panels.count > 1 {
                let svg = NetworkSweepFigure.svg(panels.map(\.panel), caption: caption, theme: theme)
                try folder.writeTable(name: "diagram-all.svg", contents: svg)
            }
        }
        if let figure = NetworkSweepFigure.fractions(plan, cells, caption: caption, theme: theme) {
            try folder.writeTable(name: "diagram-fraction.svg", contents: figure.svg)
        }
        if let figure = RankFigure.figure(plan, cells, caption: caption, theme: theme) {
            try folder.writeTable(name: "diagram-ranks.svg", contents: figure.svg)
        }
    }
}

extension NetworkSweepJob {
    func execute(
        on backend: any NetworkBackend, _ context: CommandContext
    ) throws(CommandFailure) -> (RunSummary, [NetworkSweepTally]) {
        try execute(context) { () throws(SweepError) in
            try NetworkSweepRunner(plan: plan, data: data, backend: backend)
        }
    }

    /// "sweep: 100 cells from 140 trials in 0.12 s, in networks; 17 cells with all ranks at the bound".
    fileprivate func closingWords(_ summary: RunSummary, _ tallies: [NetworkSweepTally]) -> String {
        let cells = tallies.cells, reached = cells.count { $0.atBound == $0.trials }
        let reachedWords =
            cells.count == 1
            ? (reached == 1 ? "every rank is at the bound" : "not every rank is at the bound")
            : "in \(reached) of them every rank is at the bound"
        return "sweep: \(counted(cells.count, "cell")) from \(summary.newTrials) in \(summary.time), "
            + "in \(output.printable()); \(reachedWords)"
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
