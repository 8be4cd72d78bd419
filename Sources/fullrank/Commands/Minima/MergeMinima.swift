import FullrankFiles
import FullrankMinima
import FullrankModel
import FullrankRuns
import FullrankSweep

/// `fullrank merge` of folders of `minima`.
func mergeMinima(_ options: MergeOptions) throws(CommandFailure) {
    let merge: MinimaMerge
    do throws(SweepFolderError) {
        merge = try MinimaMerge(options.folders)
    } catch {
        throw CommandFailure(error, option: nil)
    }
    let plan = merge.record.plan
    var tallies = plan.inputDimensions.indices.map { MinimaTally(plan: plan, problem: $0) }
    do throws(SweepFolderError) {
        let folder = try MinimaFolder(
            options.output, plan: plan, provenance: merge.record.provenance, replacing: options.isReplacing)
        try merge.write(to: folder)
        WrittenFiles.noteJournal(in: options.output)
        let count = try MinimaReader(options.output).readCounted { tallies[$0.problem].add($0) }
        try MinimaJob(title: "minima", plan: plan, output: options.output, figures: options.figures).writeResults(
            tallies, to: folder)
        let missing = merge.missingShards?.description ?? ""
        writeMessage(
            "merge: \(tallies.reduce(0) { $0 + $1.trials }) of \(count.total)\(count.mayGrow ? " or more" : "") trials, in \(options.output.printable())"
                + (missing.isEmpty ? "" : "; trials of shards \(missing) are missing"))
    } catch {
        throw CommandFailure(error)
    }
    try options.figures.convertDiagrams(in: options.output)
    guard options.json else { return }
    var rows = JSONRows()
    try rows.append(tallies.flatMap(\.cells))
    try rows.end()
}
