import FullrankBackends
import FullrankFiles
import FullrankModel
import FullrankNetworks
import FullrankReport
import FullrankRuns
import FullrankSweep

extension NetworkSweepPlan: DryRunPlan {
    static func dryRun(
        _ job: NetworkSweepJob, on backend: any RankBackend, threads: Int
    ) throws(SweepError) -> DryRun {
        let networks: any NetworkBackend
        do throws(BackendError) { networks = try backend.havingNetworks() } catch {
            throw .backend(error, during: job.title)
        }
        let plan = job.plan, problems = plan.problems, begun = try job.begun()
        let probe = try NetworkSweepProbe(plan: plan, data: job.data, backend: networks)
        return DryRun(
            title: job.title, output: job.output, shard: job.shard, problems: problems.count,
            cells: problems.reduce(0) { $0 + $1.points.count * $1.units.count },
            each: (plan.grid.trials, plan.grid.trials), there: begun.count, isRunning: begun.isRunning,
            left: begun.left, costs: probe.costs,
            work: .multiplyAdds(
                problems.map { plan.multiplyAdds($0) },
                formula: "r^2 (M - 2r/3) a trial, r = min(n C, P), M = max(n C, P), at most 2 P"),
            memory: probe.memory, elapsed: probe.elapsed, backend: backend)
    }
}

/// A folder of a sweep over networks, as figures read it.
struct ReadNetworkSweep {
    let reader: NetworkSweepReader
    let tallies: [NetworkSweepTally]
    var plan: NetworkSweepPlan { reader.record.plan }

    /// - Parameter flags: given, of those that mean something for other sweeps only.
    /// - Returns: nil if the folder is no such.
    init?(_ path: String, refusing flags: [String]) throws(CommandFailure) {
        guard NetworkSweepReader.holds(path) else { return nil }
        if let flag = flags.first {
            throw .usage("\(flag) goes with sweeps of full rank; \(path.printable()) is one of ranks at their bounds")
        }
        do throws(SweepFolderError) {
            reader = try NetworkSweepReader(path)
            var tallies = [NetworkSweepTally](reader.record.plan)
            try reader.readTrials { tallies[$0.problem].add($0) }
            self.tallies = tallies
        } catch {
            throw CommandFailure(error, option: nil)
        }
        guard tallies.contains(where: { $0.trials > 0 }) else {
            throw CommandFailure(.badData, "\(path.printable()): its journal holds no trial yet")
        }
    }

    func figures(theme: FigureTheme) -> [Figure] {
        let cells = tallies.cells, caption = plan.caption
        return [
            NetworkSweepFigure.diagram(plan, cells, caption: caption, theme: theme),
            NetworkSweepFigure.fractions(plan, cells, caption: caption, theme: theme),
            RankFigure.figure(plan, cells, caption: caption, theme: theme),
        ].compactMap { $0 }
    }

    var panels: [PhaseDiagram.Panel] { tallies.livePanels(plan) }

    /// One page: question, figures, tables, method, and the command that repeats it.
    func page(theme: FigureTheme) -> String {
        let panels = NetworkSweepFigure.panels(plan, tallies.cells).map(\.panel)
        var page = HTMLPage(heading: "Ranks of random networks at their bounds")
        page.addText(
            "Question",
            [
                "A network of d0 inputs, hidden layers, the last of d1 units, and \(counted(plan.outputs, "output")), "
                    + "activation \(plan.activation), at n data points: the Jacobian of its outputs by the trained parameters "
                    + "(\(plan.trained.rawValue)) has a rank that no weights raise above a bound. How often do random weights reach it?"
            ])
        page.addFigures(figures(theme: theme))
        page.addTables(
            "Numbers",
            panels.map { (caption: "\($0.title): fraction at the bound", rows: HTMLPage.cellRows($0.cells)) },
            note:
                "At most 12 n and d1 are shown. All cells, with 95% Wilson intervals, are in cells.csv, and how often each "
                + "rank occurs is in ranks.csv.")
        page.addText(
            "Method",
            [
                "Ranks are those of the exact rational Jacobian modulo \(plan.grid.primes.map { "\($0)" }.joined(separator: " and ")): "
                    + "never too high, and at the bound proved. Another rank is too low with a chance of at most about "
                    + "\(plan.errorBound) for each trial."
            ])
        page.addCommand(
            "The same again", plan.commandLine,
            words: "gives the same tables, byte for byte, with any number of threads.",
            facts: [("seed", "\(plan.grid.seed)"), ("trials", "\(tallies.map(\.trials).max() ?? 0) of each problem")]
                + RunProvenance.rows([reader.record.provenance] + reader.record.resumedOn))
        return page.html()
    }
}

extension NetworkSweepPlan {
    /// For a POSIX shell.
    var commandLine: String {
        let own =
            ["--trained \(trained.rawValue)", "--outputs \(outputs)", "--activation \(activation)"]
            + (outputBias ? ["--output-bias"] : [])
        let ending = " --output again"
        return grid.sweepCommandLine.dropLast(ending.count) + " " + own.joined(separator: " ") + ending
    }
}
