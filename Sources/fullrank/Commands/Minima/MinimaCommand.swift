import FullrankBackends
import FullrankFiles
import FullrankMinima
import FullrankModel
import FullrankPlatform
import FullrankReport
import FullrankRuns
import FullrankSweep

/// A plan over global minima and its folder.
typealias MinimaJob = RunJob<MinimaPlan>

func runMinima(_ options: MinimaOptions, _ context: CommandContext) throws(CommandFailure) {
    if let format = options.dryRun {
        return try context.dryRun([options.job], on: options.backend, json: format == .json)
    }
    let backend = try openMinimaBackend(options.backend)
    let job = options.job
    let (summary, tallies) = try job.execute(on: backend, context)
    writeMessage(job.closingWords(summary, tallies))
    job.showDiagram(tallies.map(\.livePanel))
    try job.figures.convertDiagrams(in: job.output)
    if options.json { try MinimaPlan.printJSON(tallies) }
}

/// The published grids, each in a folder of its own, and a figure of all of them.
func runPublishedMinima(
    _ run: PublishedMinimaRun, backend flags: BackendFlags, json: Bool, _ context: CommandContext
) throws(CommandFailure) {
    let (output, trials, seed, look) = (run.output, run.trials, run.seed, run.figures)
    let backend = try openMinimaBackend(flags)
    var panels = [PhaseDiagram.Panel](), finished = [(figure: String, cells: [MinimaCell])]()
    for (place, job) in run.jobs(threads: flags.threads).enumerated() {
        // The bar below is about this one; their times differ a thousandfold.
        let name = PublishedMinima.allCases[place].name
        writeMessage("global-minima: \(name), \(place + 1) of \(PublishedMinima.allCases.count)")
        let (summary, tallies) = try job.execute(on: backend, context)
        writeMessage(job.closingWords(summary, tallies))
        panels += tallies.map { MinimaFigure.panel($0) }
        finished.append((name, tallies.flatMap(\.cells)))
    }
    let caption =
        "global-minima: \(trials.map { "\($0)" } ?? "140 (d0 = 1) or 100") trials, seed \(seed), inputs uniform on "
        + "[-1, 1), he-uniform weights and biases, alternating output weights. fullrank \(version)."
    // As published: a figure for each kind of labels. And one of all.
    var figures = LabelSource.allCases.enumerated().map { place, labels in
        (name: "diagram-\(labels.rawValue).svg", panels: Array(panels[3 * place..<3 * place + 3]))
    }
    figures.append((name: "diagram-all.svg", panels: panels))
    do throws(SweepFolderError) {
        for figure in figures {
            let svg = MinimaFigure.svg(figure.panels, caption: caption, columns: 3, theme: look.theme)
            try Files.writeWhole(Array(svg.utf8), folder: output, name: figure.name)
        }
    } catch {
        throw CommandFailure(error)
    }
    if json {
        var rows = JSONRows()
        for (figure, cells) in finished { try rows.append(cells, leading: [("figure", .string(figure))]) }
        try rows.end()
    } else {
        try writePaths(figures.map { "\(output)/\($0.name)" })
    }
    showDiagram(panels, quantity: MinimaFigure.quantity)
    for folder in PublishedMinima.allCases.map({ "\(output)/\($0.name)" }) + [output] {
        try look.convertDiagrams(in: folder)
    }
}

func openMinimaBackend(_ flags: BackendFlags) throws(CommandFailure) -> any MinimaBackend {
    let backend = try flags.openTelling()
    do throws(BackendError) { return try backend.withMinima() } catch { throw CommandFailure(error, signal: nil) }
}

extension RankBackend {
    /// - Throws: `unsupported` if it decides no regions.
    func withMinima() throws(BackendError) -> any MinimaBackend {
        guard let minima = self as? any MinimaBackend else {
            throw .unsupported("\(name): has no minima; use --backend cpu")
        }
        return minima
    }
}

extension PublishedMinimaRun {
    /// The nine grids, in the order of `PublishedMinima.allCases`, each with a folder of its own.
    ///
    /// - Parameter threads: nil: one for each processor.
    func jobs(threads: Int?) -> [MinimaJob] {
        PublishedMinima.allCases.map { figure in
            MinimaJob(
                title: "global-minima, \(figure.name)", plan: figure.plan(trials: trials, seed: seed), data: nil,
                output: output.isEmpty ? "" : "\(output)/\(figure.name)", shard: shard, isReplacing: isReplacing,
                threads: threads, isLive: isLive, figures: figures)
        }
    }
}

extension MinimaTally: TrialTally {}

extension MinimaPlan: TalliedPlan {
    static let command = "minima"
    /// Whether there are rows and columns to draw.
    var hasDiagram: Bool { points.count > 1 && units.count > 1 }

    func tallies() -> [MinimaTally] { inputDimensions.indices.map { MinimaTally(plan: self, problem: $0) } }
    var liveQuantity: String? { hasDiagram ? MinimaFigure.quantity : nil }
    func livePanels(_ tallies: [MinimaTally]) -> [PhaseDiagram.Panel] { tallies.map(\.livePanel) }
    func livePanel(of trial: MinimaTrial) -> Int { trial.problem }

    static func printJSON(_ tallies: [MinimaTally]) throws(CommandFailure) {
        var rows = JSONRows()
        try rows.append(tallies.flatMap(\.cells))
        try rows.end()
    }

    /// cells.csv, widths.csv, a diagram a d0 and one of all.
    static func write(
        _ tallies: [MinimaTally], of job: MinimaJob, to folder: MinimaFolder
    ) throws(SweepFolderError) {
        let plan = job.plan, theme = job.figures.theme
        try folder.writeTable(name: "cells.csv", contents: MinimaTable.csv(tallies.flatMap(\.cells)))
        let widths = tallies.flatMap(\.widths)
        let caption = job.caption(tallies)
        if plan.labels != .teacher { try folder.writeTable(name: "widths.csv", contents: WidthTable.csv(widths)) }
        if plan.hasDiagram {
            let panels = tallies.filter { $0.trials > 0 }.map { MinimaFigure.panel($0) }
            for (panel, dimension) in zip(panels, plan.inputDimensions) {
                let svg = MinimaFigure.svg([panel], caption: caption, theme: theme)
                try folder.writeTable(name: "diagram-d0-\(dimension).svg", contents: svg)
            }
            if panels.count > 1 {
                let svg = MinimaFigure.svg(panels, caption: caption, theme: theme)
                try folder.writeTable(name: "diagram-all.svg", contents: svg)
            }
        }
        if !plan.hasDiagram, let figure = MinimaFigure.fractions(tallies, caption: caption) {
            try folder.writeTable(name: "diagram-fraction.svg", contents: figure.svg)
        }
        if plan.labels != .teacher, plan.points.count > 1 {
            let curve = ThresholdCurve.svg(
                series: ThresholdCurve.series(widths, largestUnits: plan.units.last),
                title: "Width from which the region holds a zero-loss minimum", caption: caption, theme: theme)
            try folder.writeTable(name: "diagram-widths.svg", contents: curve)
        }
    }
}

extension MinimaJob {
    func execute(
        on backend: any MinimaBackend, _ context: CommandContext
    ) throws(CommandFailure) -> (RunSummary, [MinimaTally]) {
        try execute(context) { () throws(SweepError) in
            try MinimaRunner(plan: plan, data: data, backend: backend, threads: threads ?? Processors.available)
        }
    }

    func caption(_ tallies: [MinimaTally]) -> String {
        let undecided = tallies.flatMap(\.cells).reduce(0) { $0 + $1.undecided }
        let inputs = plan.inputs.caption
        let regions =
            plan.regions == .regions
            ? "regions uniform over the non-empty ones"
            : "\(plan.initialization.rawValue) weights\(plan.bias ? " and biases" : ", no biases")"
        let trials = tallies.map(\.trials), fewest = trials.min() ?? 0, most = trials.max() ?? 0
        let count =
            plan.target.map {
                "\(fewest == most ? "\(most)" : "\(fewest) to \(most)") trials for a half-width of \($0.halfWidth)"
            } ?? counted(plan.trials, "trial")
        return "\(title): \(count), seed \(plan.seed), \(inputs)\(plan.fixedData ? ", fixed data" : ""), "
            + "\(plan.labels.rawValue) labels, \(regions), \(plan.outputs.rawValue) output weights"
            + "\(undecided > 0 ? "; \(counted(undecided, "verdict")) undecided, left out" : ""). fullrank \(version)."
    }

    /// "minima: 100 cells from 140 trials in 0.12 s, in minima; 3 verdicts undecided".
    func closingWords(_ summary: RunSummary, _ tallies: [MinimaTally]) -> String {
        let cells = plan.inputDimensions.count * plan.points.count * plan.units.count
        let undecided = tallies.flatMap(\.cells).reduce(0) { $0 + $1.undecided }
        return "\(title): \(counted(cells, "cell")) from \(summary.newTrials) in \(summary.time), in \(output.printable())"
            + (undecided > 0 ? "; \(counted(undecided, "verdict")) undecided" : "") + precision(tallies)
    }

    /// "; 300 to 9600 trials of each d0, no half-width above 0.01".
    fileprivate func precision(_ tallies: [MinimaTally]) -> String {
        guard let target = plan.target else { return "" }
        let trials = tallies.map(\.trials), fewest = trials.min() ?? 0, most = trials.max() ?? 0
        let range = fewest == most ? "\(most)" : "\(fewest) to \(most)"
        let wider = tallies.reduce(0) { $0 + $1.cells(widerThan: target.halfWidth) }
        let cells = plan.inputDimensions.count * plan.points.count * plan.units.count
        let words =
            wider == 0
            ? "no half-width above \(target.halfWidth)"
            : "\(wider) of \(counted(cells, "cell")) \(wider == 1 ? "has" : "have") a half-width above \(target.halfWidth)"
        return "; \(range) trials of each d0, \(words)"
    }
}
