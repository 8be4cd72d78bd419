import FullrankMinima
import FullrankModel
import FullrankSweep

/// `fullrank merge` of folders of `minima`.
func mergeMinima(_ options: MergeOptions) throws(CommandFailure) {
    let merge: MinimaMerge
    do throws(SweepFolderError) {
        merge = try MinimaMerge(options.folders)
    } catch {
        throw CommandFailure(error, option: nil)
    }
    do throws(SweepFolderError) {
        let plan = merge.record.plan
        let folder = try MinimaFolder(
            options.output, plan: plan, provenance: merge.record.provenance, replacing: options.isReplacing)
        try merge.write(to: folder)
        var tallies = plan.inputDimensions.indices.map { MinimaTally(plan: plan, problem: $0) }
        try MinimaReader(options.output).readTrials { tallies[$0.problem].add($0) }
        try MinimaJob(title: "minima", plan: plan, output: options.output).writeResults(tallies, to: folder)
        let missing = merge.missingShards.map(\.description).joined(separator: ", ")
        writeMessage(
            "merge: \(tallies.reduce(0) { $0 + $1.trials }) of \(merge.total) trials, in \(options.output.printable())"
                + (missing.isEmpty ? "" : "; shards \(missing) are missing"))
    } catch {
        throw CommandFailure(error)
    }
}
