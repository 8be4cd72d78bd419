import FullrankBackends
import FullrankDimension
import FullrankFiles
import FullrankModel
import FullrankReport
import FullrankRuns
import FullrankSweep

/// A plan over architectures, and where its results go.
struct DimensionJob: Sendable {
    /// First words of messages and captions.
    var title: String
    var plan: DimensionPlan
    /// nil: standard output alone.
    var output: String?
    var shard: Shard?
    var isExtending = false
    var isReplacing = false
    var isJSON = false
    /// What a user should know of the list.
    var notes: [String] = []
    var figures = FigureOptions()

    init(title: String, plan: DimensionPlan, output: String?) {
        (self.title, self.plan, self.output) = (title, plan, output)
    }
}

extension DimensionJob {
    /// By architecture, before a trial is there.
    func summaries() throws(CommandFailure) -> [DimensionSummary] {
        var summaries = [DimensionSummary]()
        do throws(DimensionError) {
            for index in plan.architectures.indices {
                let problem = try plan.problem(index)
                summaries.append(DimensionSummary(problem, points: plan.points(of: problem)))
            }
        } catch {
            throw .usage("\(error)")
        }
        return summaries
    }

    /// Computes what the folder lacks and writes tables and figures.
    ///
    /// - Parameter tell: gets every architecture once all its trials are there, in the plan's order.
    func execute(
        on backend: any DimensionBackend, _ context: CommandContext,
        tell: (DimensionSummary) throws(CommandFailure) -> Void = { _ in }
    ) throws(CommandFailure) -> (DimensionRunner.Summary, [DimensionSummary]) {
        var summaries = try summaries(), told = 0, failure: CommandFailure?
        for note in notes { writeMessage(note) }
        let runner: DimensionRunner
        do throws(DimensionError) { runner = try DimensionRunner(plan: plan, backend: backend) } catch {
            throw .usage("\(error)")
        }
        let summary: DimensionRunner.Summary
        do throws(SweepError) {
            let folder = try openFolder(on: backend)
            summary = try context.follow(
                diagram: nil, progress: { RunProgress(runner.progress()) }, cancel: { runner.cancel() }
            ) { (_) throws(SweepError) in
                try runner.run(
                    in: folder,
                    deliver: { trial in
                        summaries[plan.architecture(ofTrial: trial.trial)].add(trial)
                        while told < summaries.count, summaries[told].trials == plan.trials {
                            do throws(CommandFailure) { if failure == nil { try tell(summaries[told]) } } catch {
                                failure = error
                                runner.cancel()
                            }
                            told += 1
                        }
                    }
                ) { total, done in
                    if done > 0 {
                        writeMessage("\((output ?? "").printable()): \(done) of \(total) trials are there already")
                    }
                }
            }
            if let output, summary.trials > 0 { WrittenFiles.noteJournal(in: output) }
            if summary.isCompleted, let folder {
                do throws(SweepFolderError) { try writeResults(summaries, to: folder) } catch { throw .folder(error) }
            }
        } catch {
            throw CommandFailure(error, signal: context.interruption.signal)
        }
        if let failure { throw failure }
        guard summary.isCompleted else {
            let kept = "\(summary.trials + summary.resumed) of \(summary.total) trials"
            guard let output else {
                throw CommandFailure(
                    .interrupted(signal: context.interruption.signal ?? 2), "interrupted after \(kept)")
            }
            throw context.interrupted(kept, in: output)
        }
        return (summary, summaries)
    }

    private func openFolder(on backend: any DimensionBackend) throws(SweepError) -> DimensionFolder? {
        guard let output else { return nil }
        do throws(SweepFolderError) {
            return try DimensionFolder(
                output, plan: plan, shard: shard, provenance: RunProvenance(fullrank: version, backend: backend),
                extending: isExtending, replacing: isReplacing)
        } catch {
            throw .folder(error)
        }
    }

    /// dimensions.csv, of ReLU also histogram.csv, and the figure.
    func writeResults(_ summaries: [DimensionSummary], to folder: DimensionFolder) throws(SweepFolderError) {
        let computed = summaries.filter { $0.trials > 0 }
        try folder.writeTable(name: DimensionRecord.tableName) { (write) throws(SweepFolderError) in
            try write(Array(DimensionTable.header(plan).utf8))
            for part in stride(from: 0, to: computed.count, by: 256) {
                let rows = computed[part..<min(part + 256, computed.count)].map { DimensionTable.row($0) }
                try write(Array(rows.joined().utf8))
            }
        }
        if plan.activation.hasKink {
            try folder.writeTable(name: DimensionRecord.histogramName, contents: DimensionTable.histogram(computed))
        }
        for figure in DimensionFigures.all(computed, plan: plan, caption: caption, theme: figures.theme) {
            try folder.writeTable(name: "diagram-\(figure.name).svg", contents: figure.svg)
        }
    }

    var caption: String {
        let weights =
            plan.activation.hasKink
            ? "\(plan.weights.rawValue) weights\(plan.biases ? " and biases" : ", no biases"), points standard normal"
            : "weights uniform modulo primes\(plan.biases ? ", with biases" : "")"
        return
            "\(title): \(plan.activation), \(counted(plan.trials, "draw")) of each architecture, seed \(plan.seed), \(weights). "
            + "fullrank \(version)."
    }

    /// "dimension: 36 architectures in 0.12 s: 20 filling, 4 of positive defect, 35 proved; in grid".
    func closingWords(_ summary: DimensionRunner.Summary, _ summaries: [DimensionSummary]) -> String {
        let milliseconds = Int((summary.seconds * 1000).rounded())
        let time = milliseconds < 10_000 ? "\(Double(milliseconds) / 1000) s" : "\(Int(summary.seconds.rounded())) s"
        let computed = summaries.filter { $0.trials > 0 }
        var text =
            "\(title): \(counted(computed.count, "architecture")), \(counted(summary.trials, summary.resumed > 0 ? "new trial" : "trial")) in \(time)"
        if !plan.activation.hasKink {
            text +=
                ": \(computed.count { $0.isFilling == true }) filling, \(computed.count { $0.defect > 0 }) of positive defect, "
                + "\(computed.count(where: \.isProved)) proved"
        }
        return text + (output.map { "; in \($0.printable())" } ?? "")
    }
}

extension RunProgress {
    init(_ progress: DimensionRunner.Progress) {
        self.init(
            done: progress.trials, total: progress.total, seconds: progress.seconds, workShare: progress.share,
            resumed: progress.resumed)
    }
}
