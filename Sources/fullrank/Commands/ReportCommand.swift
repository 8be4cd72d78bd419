import FullrankReport
import FullrankSweep

/// Writes a sweep's folder as one page.
func runReport(_ options: ReportOptions, _ context: CommandContext) throws(CommandFailure) {
    let sweep = try ReadSweep(options.folder)
    let diagram = try sweep.diagramFigure(overlays: options.overlays, epsilon: options.epsilon, resolution: nil)
    let digest = try sweep.digest(points: diagram.points(sweep.plan))
    let figures = try sweep.figures(digest, diagram: diagram, compared: options.compared, theme: .light)
    let report = Report(
        title: sweep.title, digest: digest, figures: figures, command: sweep.plan.commandLine,
        provenance: sweep.provenance)
    let parts = options.output.split(separator: "/", omittingEmptySubsequences: false)
    let folder = parts.count == 1 ? "." : parts.dropLast().joined(separator: "/")
    do throws(SweepFolderError) {
        try FigureFolder(folder.isEmpty ? "/" : folder).write(name: String(parts[parts.count - 1]), contents: report.html())
    } catch {
        throw CommandFailure(error)
    }
    try writeOutput("\(options.output)\n")
}

extension ReadSweep {
    /// What computed, for a table.
    fileprivate var provenance: [(name: String, value: String)] {
        var rows = [(name: String, value: String)]()
        if let shard = record.shard { rows.append(("shard", shard.description)) }
        for (index, run) in ([record.provenance] + record.resumedOn).enumerated() {
            let prefix = index == 0 ? "" : "later run \(index): "
            rows.append((prefix + "fullrank", run.fullrank))
            rows.append((prefix + "backend", "\(run.backend), \(run.device)"))
            rows.append((prefix + "library", run.library))
        }
        return rows
    }
}
