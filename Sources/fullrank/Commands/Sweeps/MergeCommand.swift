import FullrankFiles
import FullrankModel
import FullrankPlatform
import FullrankRuns
import FullrankStatistics
import FullrankSweep

/// `fullrank merge`.
struct MergeOptions: Sendable {
    var folders: [String]
    var output: String
    var isReplacing: Bool
    var isPerTrial: Bool
    /// The cells go to standard output.
    var json: Bool
    var figures: FigureOptions

    static let spec = CommandSpec(
        name: "merge", summary: "merge the shards of a sweep",
        usage: "DIR... --output DIR [options]",
        details: """
            Reads the folders of one sweep's shards (or of several runs of one plan) and writes the folder that a
            single run would have written: the same tables, byte for byte. Folders whose plans differ are refused,
            and so are two folders that have different results for one trial. If trials are missing, a message names
            their shards, and the tables contain the trials that are there. To complete the merged folder, run the
            sweep's own command there without --shard, or merge the missing shards into it.
            """,
        operand: OptionSpec(
            "DIR", nil, "folders of sweep, threshold, minima, landscape sample or dimension, with or\nwithout --shard"),
        takesSeveral: true,
        options: [.replace, .perTrial, .mergedJSON, .output] + FigureOptions.specs,
        example: "fullrank merge shard-1 shard-2 --output merged")

    init(_ arguments: ParsedArguments) throws(CommandFailure) {
        folders = arguments.operands
        output = try arguments.requiredPath("--output")
        isReplacing = arguments.has("--replace")
        isPerTrial = arguments.has("--per-trial")
        json = arguments.has("--json")
        figures = try FigureOptions(arguments)
    }
}

func runMerge(_ options: MergeOptions, _ context: CommandContext) throws(CommandFailure) {
    if options.isReplacing, options.folders.contains(where: { Files.isSame($0, options.output) }) {
        throw .usage(
            "--output: \(options.output.printable()) is one of the folders to merge, and --replace would delete it")
    }
    let kind = try options.kind()
    if options.isPerTrial, let kind {
        throw .usage("--per-trial goes with sweeps of full rank, not with folders of \(kind.format)")
    }
    // What is finished stays in the merged folder, and its journal is read by the next merge.
    context.interruption.onSignal {
        writeError("merge: interrupted; the same command goes on")
        _exit(128 + (context.interruption.signal ?? SIGINT))
    }
    defer { context.interruption.onSignal(nil) }
    if let kind { try kind.merge(options) } else { try mergeSweeps(options) }
}

private func mergeSweeps(_ options: MergeOptions) throws(CommandFailure) {
    let merge: SweepMerge
    do throws(SweepFolderError) {
        merge = try SweepMerge(options.folders + options.trialsThere(SweepRecord.self))
    } catch {
        throw CommandFailure(error, option: nil)
    }
    var tallies = merge.record.plan.problems.map { SweepTally(problem: $0) }
    var count = TrialCount(done: merge.count, total: merge.total, mayGrow: false)
    do throws(SweepFolderError) {
        let plan = merge.record.plan
        let folder = try SweepFolder(
            options.output, plan: plan, provenance: merge.record.provenance, replacing: options.isReplacing)
        // Which of the trials count where intervals are to be narrow is known when all are there.
        try merge.write(to: folder) { if plan.target == nil { tallies.add($0) } }
        WrittenFiles.noteJournal(in: options.output)
        if plan.target != nil {
            count = try SweepReader(options.output).readCounted({ tallies.add($0) }, widest: { tallies[$0].widest })
                .count
        }
        let job = SweepJob(
            title: "sweep", plan: plan, data: nil, output: options.output, isPerTrial: options.isPerTrial,
            figures: options.figures)
        try job.writeResults(tallies, to: folder)
    } catch {
        throw CommandFailure(error)
    }
    options.report(count, missing: merge.missingShards)
    try options.figures.convertDiagrams(in: options.output)
    if options.json { try JSONRows.write(tallies) }
}

extension MergeOptions {
    /// The kind of the folders, which is one; nil: sweeps of full rank.
    ///
    /// - Throws: if they are of several kinds, naming the odd one.
    fileprivate func kind() throws(CommandFailure) -> RunKind? {
        let kinds = folders.map { RunKind.of($0) }, formats = kinds.map { $0?.format ?? SweepRecord.format }
        guard Set(formats).count > 1 else { return kinds[0] }
        do throws(SweepFolderError) {
            // What can't be read at all is said first.
            for (folder, kind) in zip(folders, kinds) where kind == nil { _ = try SweepReader(folder) }
            try UnlikeFolder.check(folders) { folder, other in
                guard formats[folder] != formats[other] else { return [] }
                return [PlanDifference(field: "format", recorded: formats[folder], asked: formats[other])]
            }
        } catch {
            throw CommandFailure(error, option: nil)
        }
        return kinds[0]
    }
}
