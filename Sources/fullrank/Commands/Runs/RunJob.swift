import FullrankBackends
import FullrankFiles
import FullrankModel
import FullrankPlatform
import FullrankReport
import FullrankRuns
import FullrankSweep

/// A plan, its folder, and how its figures look.
struct RunJob<Plan: TalliedPlan>: Sendable {
    /// First words of messages and captions.
    var title = Plan.command
    var plan: Plan
    var data: DataSet?
    /// Notes on the data for the user.
    var notes: [String] = []
    /// Empty: nothing is kept.
    var output: String
    var shard: Shard?
    var isExtending = false
    var isReplacing = false
    /// nil: one for each processor.
    var threads: Int?
    /// Whether the diagram fills in on a terminal.
    var isLive = false
    var figures = FigureOptions()
}

extension RunJob {
    /// Computes the trials that the folder lacks, and writes tables and figures. Ends early on a signal; finished
    /// trials are kept in the folder.
    ///
    /// - Parameters:
    ///   - runner: is made before the folder is.
    ///   - added: called after each trial.
    func execute<Calls: TrialCalls>(
        _ context: CommandContext, added: ([Plan.Tally]) -> Void = { _ in },
        _ runner: () throws(SweepError) -> TrialRunner<Calls>
    ) throws(CommandFailure) -> (RunSummary, [Plan.Tally]) where Calls.Plan == Plan {
        let summary: RunSummary
        var tallies = try plan.tallies()
        do throws(SweepError) {
            let runner = try runner()
            let folder = try openFolder(on: runner.calls.backend)
            for note in notes { writeMessage(note) }
            summary = try context.follow(
                diagram: isLive ? plan.liveQuantity : nil, progress: { runner.progress() }, cancel: { runner.cancel() }
            ) { (display) throws(SweepError) in
                try runner.run(in: folder) { trial in
                    tallies[plan.tally(of: trial)].add(trial)
                    display.offer(current: plan.livePanel(of: trial)) { plan.livePanels(tallies) }
                    added(tallies)
                } begin: { total, done in
                    if done > 0 { writeMessage("\(output.printable()): \(done) of \(total) trials are there already") }
                }
            }
            if folder != nil, summary.trials > 0 { WrittenFiles.noteJournal(in: output) }
            if summary.isCompleted, let folder {
                do throws(SweepFolderError) { try Plan.write(tallies, of: self, to: folder) } catch {
                    throw .folder(error)
                }
            }
        } catch {
            throw CommandFailure(error, signal: context.interruption.signal)
        }
        guard summary.isCompleted else {
            let kept = "\(summary.trials + summary.resumed) of \(summary.total) trials"
            guard output.isEmpty else { throw context.interrupted(kept, in: output) }
            throw CommandFailure(.interrupted(signal: context.interruption.signal ?? 2), "interrupted after \(kept)")
        }
        return (summary, tallies)
    }

    private func openFolder(on backend: any RankBackend) throws(SweepError) -> TrialFolder<PlanRecord<Plan>>? {
        guard !output.isEmpty else { return nil }
        do throws(SweepFolderError) {
            return try TrialFolder(
                output, plan: plan, shard: shard, provenance: RunProvenance(fullrank: version, backend: backend),
                extending: isExtending, replacing: isReplacing)
        } catch {
            throw .folder(error)
        }
    }

    /// The state in which a run would find its folder; nil if it would begin there.
    func readFolder() throws(SweepFolderError) -> TrialReader<PlanRecord<Plan>>? {
        guard !output.isEmpty else { return nil }
        return try TrialReader(output, plan: plan, shard: shard, extending: isExtending, replacing: isReplacing)
    }

    /// The diagram at the end, for whoever looks on.
    func showDiagram(_ panels: @autoclosure () -> [PhaseDiagram.Panel]) {
        guard isLive, let quantity = plan.liveQuantity, Screen(STDERR_FILENO).isTerminal else { return }
        fullrank.showDiagram(panels(), quantity: quantity)
    }
}

extension RunSummary {
    /// "3 new trials"; "3 trials" in a new folder.
    var newTrials: String { counted(trials, resumed > 0 ? "new trial" : "trial") }
    /// "0.12 s".
    var time: String { Self.words(seconds: seconds) }

    static func words(seconds: Double) -> String {
        let milliseconds = Int((seconds * 1000).rounded())
        return milliseconds < 10_000 ? "\(Double(milliseconds) / 1000) s" : "\(Int(seconds.rounded())) s"
    }
}
