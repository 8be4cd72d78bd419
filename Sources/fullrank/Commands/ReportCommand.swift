import FullrankReport
import FullrankSweep

/// Writes a sweep's folder as one page.
func runReport(_ options: ReportOptions, _ context: CommandContext) throws(CommandFailure) {
    if let minima = try ReadMinima(options.folder, refusing: options.sweepFlags) { return try options.write(minima.page) }
    let sweep = try ReadSweep(options.folder)
    let diagram = try sweep.diagramFigure(overlays: options.overlays, epsilon: options.epsilon, resolution: nil)
    let digest = try sweep.digest(points: diagram.points(sweep.plan))
    let figures = try sweep.figures(digest, diagram: diagram, compared: options.compared, theme: .light)
    let report = Report(
        title: sweep.title, digest: digest, figures: figures, command: sweep.plan.commandLine,
        provenance: sweep.provenance)
    try options.write(report.html())
}

extension ReportOptions {
    fileprivate func write(_ page: String) throws(CommandFailure) {
        let folder = output.parentFolder ?? "."
        do throws(SweepFolderError) {
            try FigureFolder(folder.isEmpty ? "/" : folder).write(name: output.lastPathComponent, contents: page)
        } catch {
            throw CommandFailure(error)
        }
        try writeOutput("\(output)\n")
    }
}

extension ReadSweep {
    fileprivate var provenance: [(name: String, value: String)] {
        (record.shard.map { [("shard", $0.description)] } ?? []) + SweepProvenance.rows([record.provenance] + record.resumedOn)
    }
}

extension SweepProvenance {
    /// What computed, for a table.
    static func rows(_ runs: [SweepProvenance]) -> [(name: String, value: String)] {
        var rows = [(name: String, value: String)]()
        for (index, run) in runs.enumerated() {
            let prefix = index == 0 ? "" : "later run \(index): "
            rows.append((prefix + "fullrank", run.fullrank))
            rows.append((prefix + "backend", "\(run.backend), \(run.device)"))
            rows.append((prefix + "library", run.library))
        }
        return rows
    }
}
