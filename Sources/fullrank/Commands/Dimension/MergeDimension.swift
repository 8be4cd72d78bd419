import FullrankDimension
import FullrankFiles
import FullrankModel
import FullrankRuns
import FullrankSweep

/// `fullrank merge` of folders of `dimension`.
func mergeDimension(_ options: MergeOptions) throws(CommandFailure) {
    let merge: DimensionMerge
    do throws(SweepFolderError) { merge = try DimensionMerge(options.folders) } catch {
        throw CommandFailure(error, option: nil)
    }
    let plan = merge.record.plan
    var job = DimensionJob(title: "dimension", plan: plan, output: options.output)
    job.figures = options.figures
    var summaries = try job.summaries()
    do throws(SweepFolderError) {
        let folder = try DimensionFolder(
            options.output, plan: plan, provenance: merge.record.provenance, replacing: options.isReplacing)
        try merge.write(to: folder)
        WrittenFiles.noteJournal(in: options.output)
        let done = try DimensionReader(options.output).readTrials {
            summaries[plan.architecture(ofTrial: $0.trial)].add($0)
        }.count
        try job.writeResults(summaries, to: folder)
        let missing = merge.missingShards?.description ?? ""
        writeMessage(
            "merge: \(done) of \(plan.allTrials) trials, in \(options.output.printable())"
                + (missing.isEmpty ? "" : "; trials of shards \(missing) are missing"))
    } catch {
        throw CommandFailure(error)
    }
    try options.figures.convertDiagrams(in: options.output)
}
