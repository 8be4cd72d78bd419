import FullrankFiles
import FullrankLandscape
import FullrankMinima
import FullrankModel
import FullrankNetworks
import FullrankPlatform
import FullrankReport
import FullrankStatistics
import FullrankSweep

/// Draws the figures of a folder, or of those in it: each into itself, or into one of its name in `--output`.
func runPlot(_ options: PlotOptions, _ context: CommandContext) throws(CommandFailure) {
    let folders = RunFolders.drawn(options.folder)
    try RunFolders.refuse(["--compare", "--against"], of: options.drawing.sweepFlags, in: options.folder, folders)
    try RunFolders.forEach(folders, command: "plot") { (folder) throws(CommandFailure) in
        var one = options
        one.folder = folder
        one.output = options.output + folder.dropFirst(options.folder.count)
        if options.terminal, folders.count > 1 { try writeOutput("\(folder.printable())\n") }
        try plotOne(one)
    }
}

/// Draws the figures of a run's folder, or its diagram here.
private func plotOne(_ options: PlotOptions) throws(CommandFailure) {
    if ReadTraining.holds(options.folder) {
        if options.terminal {
            throw .usage(
                "--terminal draws grids; \(options.folder.printable()) is one of train: plot without it writes its figure"
            )
        }
        let training = try ReadTraining(drawing: options.folder)
        return try options.write(training.figures(refusing: options.drawing.sweepFlags, theme: options.figures.theme))
    }
    if let minima = try ReadMinima(options.folder, refusing: options.drawing.sweepFlags) {
        if options.terminal {
            let diagram = TerminalDiagram(minima.tallies.map(\.livePanel), quantity: MinimaFigure.quantity)
            return try writeOutput(diagram.text(Screen(STDOUT_FILENO).format()))
        }
        return try options.write(minima.figures(theme: options.figures.theme))
    }
    if let landscape = try ReadLandscape(options.folder, refusing: options.drawing.sweepFlags) {
        guard options.terminal else { return try options.write(landscape.figures(theme: options.figures.theme)) }
        let diagram = TerminalDiagram(landscape.panels, quantity: LandscapeSampleFigure.scale)
        return try writeOutput(diagram.text(Screen(STDOUT_FILENO).format()))
    }
    if let dimension = try ReadDimension(options.folder, refusing: options.drawing.sweepFlags) {
        if options.terminal {
            throw .usage(
                "--terminal draws grids of full rank; \(options.folder.printable()) is one of dimension: plot without it"
            )
        }
        let figures = dimension.figures(theme: options.figures.theme)
        if figures.isEmpty {
            throw .usage(
                "\(options.folder.printable()): a figure needs a grid of two free widths; 'fullrank report' has its table"
            )
        }
        return try options.write(figures)
    }
    if let networks = try ReadNetworkSweep(options.folder, refusing: options.drawing.sweepFlags) {
        guard options.terminal else { return try options.write(networks.figures(theme: options.figures.theme)) }
        let diagram = TerminalDiagram(networks.panels, quantity: NetworkSweepFigure.quantity)
        return try writeOutput(diagram.text(Screen(STDOUT_FILENO).format()))
    }
    if let networks = try ReadNetworks(options.folder, refusing: options.drawing.sweepFlags) {
        if options.terminal {
            throw .usage(
                "--terminal draws grids; \(options.folder.printable()) is one of network: plot without it writes its figure"
            )
        }
        return try options.write(networks.figures(theme: options.figures.theme))
    }
    let sweep = try ReadSweep(options.folder)
    if options.terminal {
        var drawing = options.drawing
        drawing.overlays = []
        let (diagram, digest) = try sweep.diagram(drawing)
        return try writeOutput(TerminalDiagram(diagram.panels(digest)).text(Screen(STDOUT_FILENO).format()))
    }
    try options.write(sweep.allFigures(options.drawing).figures)
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
        try writePaths(self.figures.convert(names))
    }
}
