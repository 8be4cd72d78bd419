import FullrankFiles
import FullrankModel
import FullrankRuns

/// `fullrank merge` of folders of one kind.
func mergeRuns<Plan: TalliedPlan>(of _: Plan.Type, _ options: MergeOptions) throws(CommandFailure) {
    let merge: TrialMerge<PlanRecord<Plan>>
    do throws(SweepFolderError) {
        merge = try TrialMerge(options.folders + options.trialsThere(PlanRecord<Plan>.self))
    } catch {
        throw CommandFailure(error, option: nil)
    }
    let plan = merge.record.plan
    var tallies = try plan.tallies(), selection = plan.selection(share: 0..<plan.trialsPerProblem)
    do throws(SweepFolderError) {
        let folder = try TrialFolder<PlanRecord<Plan>>(
            options.output, plan: plan, provenance: merge.record.provenance, replacing: options.isReplacing)
        try merge.write(to: folder) { selection.add($0) { tallies[plan.tally(of: $0)].add($0) } }
        WrittenFiles.noteJournal(in: options.output)
        let job = RunJob(plan: plan, output: options.output, figures: options.figures)
        try Plan.write(tallies, of: job, to: folder)
    } catch {
        throw CommandFailure(error)
    }
    options.report(selection.count, missing: merge.missingShards)
    try options.figures.convertDiagrams(in: options.output)
    if options.json { try Plan.printJSON(tallies) }
}

extension MergeOptions {
    /// The output folder, if it contains trials of its own that are kept: of an earlier merge, say.
    func trialsThere<Record: RunRecord>(_: Record.Type) throws(SweepFolderError) -> [String] {
        if isReplacing || folders.contains(where: { Files.isSame($0, output) }) { return [] }
        do throws(SweepFolderError) { _ = try TrialReader<Record>(output) } catch {
            if case .notASweep = error { return [] }
            throw error
        }
        return [output]
    }

    /// "merge: 64 of 86 trials, in merged; trials of shards 3/4 are missing".
    func report(_ count: TrialCount, missing: ShardRuns?) {
        let shards = missing?.description ?? ""
        writeMessage(
            "merge: \(count.done) of \(count.total)\(count.mayGrow ? " or more" : "") trials, in \(output.printable())"
                + (shards.isEmpty ? "" : "; trials of shards \(shards) are missing"))
    }
}
