import FullrankFiles
import FullrankReport
import FullrankRuns
import FullrankSweep

/// Writes a folder, or each of those in it, as one page.
func runReport(_ options: ReportOptions, _ context: CommandContext) throws(CommandFailure) {
    let folders = RunFolders.drawn(options.folder)
    let given = options.sweepFlags + (options.isOutputGiven ? ["--output"] : [])
    try RunFolders.refuse(["--output", "--compare", "--against"], of: given, in: options.folder, folders)
    try RunFolders.forEach(folders, command: "report") { (folder) throws(CommandFailure) in
        var one = options
        one.folder = folder
        if folders.count > 1 { one.output = "\(folder)/report.html" }
        try reportOne(one)
    }
}

private func reportOne(_ options: ReportOptions) throws(CommandFailure) {
    if ReadTraining.holds(options.folder) {
        return try options.write(
            ReadTraining(drawing: options.folder).page(refusing: options.sweepFlags, theme: options.theme))
    }
    if let minima = try ReadMinima(options.folder, refusing: options.sweepFlags) {
        return try options.write(minima.page(theme: options.theme))
    }
    if let landscape = try ReadLandscape(options.folder, refusing: options.sweepFlags) {
        return try options.write(landscape.page(theme: options.theme))
    }
    if let dimension = try ReadDimension(options.folder, refusing: options.sweepFlags) {
        return try options.write(dimension.page(theme: options.theme))
    }
    if let networks = try ReadNetworkSweep(options.folder, refusing: options.sweepFlags) {
        return try options.write(networks.page(theme: options.theme))
    }
    if let networks = try ReadNetworks(options.folder, refusing: options.sweepFlags) {
        return try options.write(networks.page(theme: options.theme))
    }
    let sweep = try ReadSweep(options.folder)
    let (digest, figures) = try sweep.allFigures(options.drawing)
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
        try writePaths([output])
    }
}

extension ReadSweep {
    fileprivate var provenance: [(name: String, value: String)] {
        (record.shard.map { [("shard", $0.description)] } ?? [])
            + RunProvenance.rows([record.provenance] + record.resumedOn)
    }
}

extension RunProvenance {
    /// The backend and device that computed, for a table.
    static func rows(_ runs: [RunProvenance]) -> [(name: String, value: String)] {
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
