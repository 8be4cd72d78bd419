import FullrankBackends
import FullrankFiles
import FullrankModel
import FullrankReport
import FullrankRuns
import FullrankStatistics
import FullrankSweep

/// A plan, its folder, and the title of its figures: the common part of `sweep`, `reproduce` and `threshold`.
struct SweepJob: Sendable {
    /// First words of figures and messages: "fixed-input".
    var title: String
    var plan: SweepPlan
    var data: DataSet?
    /// Notes on the data for the user.
    var notes: [String] = []
    var output: String
    var isExtending = false
    var isReplacing = false
    var shard: Shard?
    /// Also counts what makes cells deficient.
    var isTakingCensus = false
    /// Also writes a row for each trial and cell.
    var isPerTrial = false
    /// Threads of the census; 0: all.
    var threads = 0
    /// Whether the diagram fills in on a terminal.
    var isLive = false
    var figures = FigureOptions()
}

/// A finished job.
struct SweepResult {
    let summary: SweepSummary
    /// One for each problem of the plan.
    let tallies: [SweepTally]
    /// Set if cells have a closed form.
    let exact: ExactTable?
}

extension SweepJob {
    /// Computes the trials that the folder lacks, writes tables and figures, and returns all counts.
    ///
    /// Ends early on a signal; finished trials are kept in the folder.
    func execute(on backend: any RankBackend, _ context: CommandContext) throws(CommandFailure) -> SweepResult {
        do throws(SweepError) {
            let runner = try SweepRunner(plan: plan, shard: shard, dataSet: data, backend: backend)
            if case .svd(let precision) = plan.method { try Self.loadLibraries(of: backend, precision) }
            let folder: SweepFolder
            do throws(SweepFolderError) {
                let provenance = RunProvenance(fullrank: version, backend: backend)
                folder = try SweepFolder(
                    output, plan: plan, shard: shard, provenance: provenance, extending: isExtending,
                    replacing: isReplacing)
            } catch {
                throw .folder(error)
            }
            for note in notes { writeMessage(note) }
            return try execute(runner, folder, context)
        } catch {
            throw CommandFailure(error, signal: context.interruption.signal)
        }
    }

    /// Computes one small matrix, because a backend loads LAPACK when singular values are first needed. A missing
    /// library is then reported before a folder is created, and plan.json records the loaded one.
    static func loadLibraries(of backend: any RankBackend, _ precision: Precision) throws(SweepError) {
        do throws(BackendError) {
            _ = try backend.singularValues(ofMatrices: [1], batch: 1, rows: 1, columns: 1, precision: precision)
        } catch {
            throw .backend(error, during: "loading libraries")
        }
    }

    private func execute(
        _ runner: SweepRunner, _ folder: SweepFolder, _ context: CommandContext
    ) throws(SweepError) -> SweepResult {
        // Asking for progress also repeats a cancel that fell between two calls: see SweepRunner.progress.
        try context.follow(
            diagram: isLive && hasDiagram ? TerminalDiagram.fullRank : nil,
            progress: { RunProgress(runner.progress()) }, cancel: { runner.cancel() }
        ) { (display) throws(SweepError) in
            try execute(runner, folder, display, context)
        }
    }

    private func execute(
        _ runner: SweepRunner, _ folder: SweepFolder, _ display: LiveDisplay, _ context: CommandContext
    ) throws(SweepError) -> SweepResult {
        var tallies = plan.problems.map { SweepTally(problem: $0) }
        let panels = LiveDiagram.panelIndices(plan.problems)
        var current = 0
        let summary = try runner.run(in: folder) {
            tallies.add($0)
            current = $0.problem
        } widest: {
            tallies[$0].widest
        } event: { event in
            switch event {
            case .started(let total, let resumed) where resumed > 0:
                writeMessage("\(output.printable()): \(resumed) of \(total) trials are there already")
            case .outOfMemory(_, let trials, let words):
                writeMessage("\(trials) trials at a time are too many (\(words.printable())): fewer")
            case .notConverged(let problem, let trial, let cells):
                let inputs = plan.problems[problem].inputDimension
                writeMessage("d0 = \(inputs), trial \(trial): \(cells) cells did not converge; the trial is left out")
            case .disagreed(let one):
                let dissenting = one.dissenting.map(String.init).joined(separator: ", ")
                writeMessage(
                    "d0 = \(one.inputDimension), n = \(one.points), trial \(one.trial): modulo \(dissenting) the pivots "
                        + "are others; decided by \(one.primes.count) primes")
            case .finished: display.offer(current: panels[current]) { LiveDiagram.panels(tallies) }
            default: break
            }
        }
        if summary.trials > 0 { WrittenFiles.noteJournal(in: output) }
        var exact: ExactTable?
        if summary.end == .completed {
            do throws(SweepFolderError) { exact = try writeResults(tallies, to: folder) } catch { throw .folder(error) }
            display.finish()
            try writeCensus(to: folder, context)
        }
        return SweepResult(summary: summary, tallies: tallies, exact: exact)
    }
}

extension CommandContext {
    /// Runs jobs one after the other on one backend; `report` is called for each finished job.
    func run(
        _ jobs: [SweepJob], on flags: BackendFlags, report: (SweepJob, SweepResult) throws(CommandFailure) -> Void
    ) throws(CommandFailure) {
        let backend = try flags.openTelling()
        for job in jobs {
            let result = try job.execute(on: backend, self)
            guard result.summary.end == .completed else {
                let done = result.summary.trials + result.summary.resumed
                let all = "\(result.summary.total)\(result.summary.mayGrow ? " or more" : "")"
                throw interrupted("\(done) of \(all) trials", in: job.output)
            }
            try report(job, result)
            try job.figures.convertDiagrams(in: job.output)
        }
    }
}

extension RunProgress {
    init(_ progress: SweepProgress) {
        self.init(
            done: progress.trials, total: progress.total, seconds: progress.elapsed / .seconds(1),
            workShare: progress.share, resumed: progress.resumed, mayGrow: progress.mayGrow)
    }
}
