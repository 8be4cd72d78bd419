import FullrankMinima
import FullrankModel
import FullrankReport
import FullrankStatistics
import FullrankSweep
import Glibc

/// Draws the figures of a sweep's folder, or its diagram here.
func runPlot(_ options: PlotOptions, _ context: CommandContext) throws(CommandFailure) {
    if let minima = try ReadMinima(options.folder, refusing: options.sweepFlags) {
        if options.terminal {
            let diagram = TerminalDiagram(minima.tallies.map(\.livePanel), quantity: MinimaFigure.quantity)
            return try writeOutput(diagram.text(Screen(STDOUT_FILENO).format()))
        }
        return try options.write(minima.figures(theme: options.isDark ? .dark : .light))
    }
    let sweep = try ReadSweep(options.folder)
    if options.resolution != nil, sweep.plan.method != .exact {
        throw .usage(
            "--resolution goes with the exact method; \(options.folder.printable()) is a sweep of \(sweep.plan.method.name)")
    }
    if options.resolution != nil, sweep.plan.hidden != nil {
        throw .usage(
            "--resolution: trials of deep networks tell of the listed d1 alone; \(options.folder.printable()) is drawn at its cells")
    }
    let diagram = try sweep.diagramFigure(
        overlays: options.terminal ? [] : options.overlays, epsilon: options.epsilon, resolution: options.resolution)
    let digest = try sweep.digest(points: diagram.points(sweep.plan))
    if options.terminal {
        try writeOutput(TerminalDiagram(diagram.panels(digest)).text(Screen(STDOUT_FILENO).format()))
        return
    }
    let theme = options.isDark ? FigureTheme.dark : .light
    var figures = try sweep.figures(digest, diagram: diagram, compared: options.compared, theme: theme)
    if !options.against.isEmpty { figures.append(try sweep.ensembles(digest, against: options.against, theme: theme)) }
    try options.write(figures)
}

extension PlotOptions {
    /// Each with its tables, and their names on standard output.
    fileprivate func write(_ figures: [Figure]) throws(CommandFailure) {
        if figures.isEmpty { throw .usage("\(folder.printable()) has too few n and d1 for a figure") }
        var names = [String]()
        do throws(SweepFolderError) {
            let figureFolder = try FigureFolder(output)
            for figure in figures {
                // A table of its own for a dark figure: another run's light one may show other cells.
                let suffix = isDark ? "-dark" : ""
                let name = "figure-\(figure.name)\(suffix).svg"
                try figureFolder.write(name: name, contents: figure.svg)
                for table in figure.tables {
                    try figureFolder.write(name: "figure-\(table.name)\(suffix).csv", contents: table.csv)
                }
                names.append("\(output)/\(name)")
            }
        } catch {
            throw CommandFailure(error)
        }
        try writePaths(names)
    }
}
