import FullrankStatistics

/// Runs each figure's plan into its folder.
func runReproduce(_ options: ReproduceOptions, _ context: CommandContext) throws(CommandFailure) {
    if let table = options.table { return try reproduceTable(table, backend: options.backend, context) }
    if let symmetries = options.symmetries {
        return try reproduceHiddenSymmetries(symmetries, backend: options.backend, context)
    }
    if let minima = options.minima {
        guard let format = options.dryRun else {
            return try runPublishedMinima(minima, backend: options.backend, json: options.json, context)
        }
        return try context.dryRun(
            minima.jobs(threads: options.backend.threads), on: options.backend, json: format == .json)
    }
    if let format = options.dryRun {
        return try context.dryRun(options.jobs, on: options.backend, json: format == .json)
    }
    var finished = [(figure: String, tallies: [SweepTally])]()
    try context.run(options.jobs, on: options.backend) { (job, result) throws(CommandFailure) in
        writeMessage(job.closingWords(result))
        // The picture's name for whoever reads standard output, the picture for whoever looks on.
        if options.json {
            finished.append((job.title, result.tallies))
        } else {
            try writePaths(["\(job.output)/diagram-all.svg"])
        }
        showDiagram(job.panels(result))
    }
    guard options.json else { return }
    var rows = JSONRows()
    for (figure, tallies) in finished { try rows.append(tallies, leading: [("figure", .string(figure))]) }
    try rows.end()
}
