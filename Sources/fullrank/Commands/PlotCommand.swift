import FullrankModel
import FullrankReport
import FullrankStatistics
import FullrankSweep
import Glibc

/// Draws the figures of a sweep's folder, or its diagram here.
func runPlot(_ options: PlotOptions, _ context: CommandContext) throws(CommandFailure) {
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
    let figures = try sweep.figures(
        digest, diagram: diagram, compared: options.compared, theme: options.isDark ? .dark : .light)
    if figures.isEmpty { throw .usage("\(options.folder.printable()) has too few n and d1 for a figure") }
    var names = [String]()
    do throws(SweepFolderError) {
        let folder = try FigureFolder(options.output)
        for figure in figures {
            // A table of its own for a dark figure: another run's light one may show other cells.
            let suffix = options.isDark ? "-dark" : ""
            let name = "figure-\(figure.name)\(suffix).svg"
            try folder.write(name: name, contents: figure.svg)
            for table in figure.tables {
                try folder.write(name: "figure-\(table.name)\(suffix).csv", contents: table.csv)
            }
            names.append("\(options.output)/\(name)\n")
        }
    } catch {
        throw CommandFailure(error)
    }
    try writeOutput(names.joined())
}
