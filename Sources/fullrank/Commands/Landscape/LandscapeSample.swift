import FullrankBackends
import FullrankFiles
import FullrankLandscape
import FullrankModel
import FullrankRuns
import FullrankSweep

/// Computes what the folder lacks and writes its table and figures.
func runLandscapeSample(_ job: LandscapeSampleJob, _ context: CommandContext) throws(CommandFailure) {
    let bytes = job.plan.bytes(threads: job.threads ?? Processors.available)
    guard AvailableMemory.holds(bytes) else {
        throw .memory("--draws: the combinations of a trial take \(AvailableMemory.shortage(bytes)): lower it")
    }
    if let format = job.dryRun, let flags = job.backend {
        return try context.dryRun([job], on: flags, json: format == .json)
    }
    let backend: any MinimaBackend
    do throws(BackendError) {
        let chosen = try BackendChoice.cpu.open(options: BackendOptions(threads: job.threads ?? 0), devices: [])
        backend = try chosen.backend.withMinima()
    } catch {
        throw CommandFailure(error, signal: nil)
    }
    let runner = LandscapeRunner(plan: job.plan, backend: backend, threads: job.threads ?? Processors.available)
    var tallies = job.plan.inputDimensions.indices.map { LandscapeTally(plan: job.plan, problem: $0) }
    let summary: LandscapeRunner.Summary
    do throws(SweepError) {
        let folder: LandscapeFolder
        do throws(SweepFolderError) {
            folder = try LandscapeFolder(
                job.output, plan: job.plan, shard: job.shard,
                provenance: RunProvenance(fullrank: version, backend: backend), extending: job.isExtending,
                replacing: job.isReplacing)
        } catch {
            throw .folder(error)
        }
        summary = try context.follow(
            diagram: nil, progress: { runner.progress() }, cancel: { runner.cancel() }
        ) { (_) throws(SweepError) in
            try runner.run(in: folder, deliver: { tallies[$0.problem].add($0) }) { total, done in
                if done > 0 { writeMessage("\(job.output.printable()): \(done) of \(total) trials are there already") }
            }
        }
        if summary.trials > 0 { WrittenFiles.noteJournal(in: job.output) }
        if summary.isCompleted {
            do throws(SweepFolderError) { try job.writeResults(tallies, to: folder) } catch { throw .folder(error) }
        }
    } catch {
        throw CommandFailure(error, signal: context.interruption.signal)
    }
    guard summary.isCompleted else {
        throw context.interrupted("\(summary.trials + summary.resumed) of \(summary.total) trials", in: job.output)
    }
    writeMessage(job.closingWords(summary, tallies))
    try job.figures.convertDiagrams(in: job.output)
}

extension LandscapeSampleJob {
    /// cells.csv and the diagrams.
    func writeResults(_ tallies: [LandscapeTally], to folder: LandscapeFolder) throws(SweepFolderError) {
        try folder.writeTable(name: "cells.csv", contents: LandscapeTable.csv(tallies))
        for figure in LandscapeSampleFigure.files(tallies, caption: caption(tallies), theme: figures.theme) {
            try folder.writeTable(name: figure.name, contents: figure.svg)
        }
    }

    private func undecided(_ tallies: [LandscapeTally]) -> Int {
        tallies.flatMap(\.counts).reduce(0) { $0 + $1.minimumOpen + $1.saddleOpen }
    }

    func caption(_ tallies: [LandscapeTally]) -> String {
        let open = undecided(tallies)
        let cells =
            plan.cells == .regions
            ? "cells uniform over the non-empty ones"
            : "cells of \(plan.initialization.rawValue) weights\(plan.bias ? " and biases" : ", no biases")"
        let outputs =
            plan.frozen.map { $0 == .all ? "output weights 1" : "output weights 1, -1, 1, ..." }
            ?? "output weights trained"
        let draws = plan.draws > 1 ? " of \(plan.draws) combinations each" : ""
        return "landscape sample: \(counted(plan.trials, "trial"))\(draws), seed \(plan.seed), normal inputs, "
            + "\(plan.labels == .random ? "normal" : plan.labels.rawValue) labels, \(cells), \(outputs)"
            + "\(open > 0 ? "; \(counted(open, "verdict")) undecided, left out" : ""). fullrank \(version)."
    }

    /// "landscape sample: 12 cells from 300 trials in 1.2 s (3,600 combinations), in sample; 3 verdicts undecided".
    fileprivate func closingWords(_ summary: LandscapeRunner.Summary, _ tallies: [LandscapeTally]) -> String {
        let milliseconds = Int((summary.seconds * 1000).rounded()), open = undecided(tallies)
        let time = milliseconds < 10_000 ? "\(Double(milliseconds) / 1000) s" : "\(Int(summary.seconds.rounded())) s"
        let trials = counted(summary.trials, summary.resumed > 0 ? "new trial" : "trial")
        return
            "landscape sample: \(counted(plan.inputDimensions.count * plan.cellCount, "cell")) from \(trials) in \(time) "
            + "(\(counted(summary.trials * plan.cellCount * plan.draws, "combination"))), in \(output.printable())"
            + (open > 0 ? "; \(counted(open, "verdict")) undecided" : "")
    }
}

/// `fullrank merge` of folders of `landscape sample`.
func mergeLandscape(_ options: MergeOptions) throws(CommandFailure) {
    let merge: LandscapeMerge
    do throws(SweepFolderError) { merge = try LandscapeMerge(options.folders) } catch {
        throw CommandFailure(error, option: nil)
    }
    do throws(SweepFolderError) {
        let plan = merge.record.plan
        let folder = try LandscapeFolder(
            options.output, plan: plan, provenance: merge.record.provenance, replacing: options.isReplacing)
        var tallies = plan.inputDimensions.indices.map { LandscapeTally(plan: plan, problem: $0) }
        try merge.write(to: folder) { tallies[$0.problem].add($0) }
        WrittenFiles.noteJournal(in: options.output)
        try LandscapeSampleJob(plan: plan, output: options.output, figures: options.figures)
            .writeResults(tallies, to: folder)
        let missing = merge.missingShards?.description ?? ""
        writeMessage(
            "merge: \(tallies.reduce(0) { $0 + $1.trials }) of \(merge.total) trials, in \(options.output.printable())"
                + (missing.isEmpty ? "" : "; trials of shards \(missing) are missing"))
    } catch {
        throw CommandFailure(error)
    }
    try options.figures.convertDiagrams(in: options.output)
}
