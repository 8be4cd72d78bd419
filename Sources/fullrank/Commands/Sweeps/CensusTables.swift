import FullrankBackends
import FullrankFiles
import FullrankModel
import FullrankProof
import FullrankReport
import FullrankRuns
import FullrankStatistics
import FullrankSweep

extension OptionSpec {
    static let census = OptionSpec(
        "--census", nil, "also count what makes cells deficient: obstructions.csv and its diagram (exact only)")
}

extension ParsedArguments {
    /// `--census`
    func census(_ method: RankMethod) throws(CommandFailure) -> Bool {
        guard has("--census") else { return false }
        guard method == .exact else { throw .usage("--census goes with --method exact only") }
        return true
    }
}

extension SweepJob {
    private static let tableName = "obstructions.csv"
    /// Trials drawn again at a time.
    private static let batch = 512

    /// obstructions.csv and diagram-obstructions.svg from the folder's plan and journal: where they were asked for, and
    /// where the folder has them from an earlier run, which may have had fewer trials.
    func writeCensus(to folder: SweepFolder, _ context: CommandContext) throws(SweepError) {
        guard plan.method == .exact, isTakingCensus || folder.has(table: Self.tableName) else { return }
        let (tallies, trials) = try census(of: folder, context)
        do throws(SweepFolderError) {
            try folder.writeTable(name: Self.tableName) { (write) throws(SweepFolderError) in
                try ObstructionTable.write(tallies, to: write)
            }
            if let figure = ObstructionShares.figure(
                cells: trials.drawnCells(side: SweepDigest.diagramSide), counts: tallies.counts, bias: plan.bias,
                caption: text.caption + FigureText.thinning(plan), theme: figures.theme)
            {
                try folder.writeTable(name: "diagram-obstructions.svg", contents: figure.svg)
            }
        } catch {
            throw .folder(error)
        }
        writeMessage("census: \(words(tallies)), in \(output.printable())/\(Self.tableName)")
    }

    private func census(
        of folder: SweepFolder, _ context: CommandContext
    ) throws(SweepError) -> ([ObstructionTally], [SweepTally]) {
        let census: ObstructionCensus
        do throws(BackendError) {
            census = try ObstructionCensus(plan: plan, dataSet: data, threads: threads)
        } catch {
            throw .backend(error, during: "census")
        }
        context.interruption.onSignal { census.cancel() }
        var obstructions = plan.problems.map { ObstructionTally(problem: $0) }
        var tallies = plan.problems.map { SweepTally(problem: $0) }  // tell which trials count
        var waiting = [SweepTrial]()
        var failure: BackendError?
        func explain() {
            if failure == nil {
                do throws(BackendError) {
                    let found = try census.obstructions(of: waiting)
                    for (trial, found) in zip(waiting, found) {
                        for one in found { obstructions[trial.problem].add(one) }
                    }
                } catch {
                    failure = error
                }
            }
            waiting.removeAll(keepingCapacity: true)
        }
        do throws(SweepFolderError) {
            try SweepReader(folder.path).readCounted {
                tallies.add($0)
                waiting.append($0)
                if waiting.count == Self.batch { explain() }
            } widest: {
                tallies[$0].widest
            }
        } catch {
            throw .folder(error)
        }
        explain()
        if let failure { throw .backend(failure, during: "census") }
        return (obstructions, tallies)
    }

    /// "1234 deficient (trial, cell) pairs: 87.0% by k + 1 points that no unit tells apart, 0.2% by a point ..."
    private func words(_ tallies: [ObstructionTally]) -> String {
        var (all, inseparable, dead) = (0, 0, 0)
        for tally in tallies {
            tally.forEachCell { counts in
                for count in counts {
                    all += count.trials
                    if count.obstruction.rank == 0 { dead += count.trials }
                    if count.obstruction.isInseparable(columnsPerUnit: tally.problem.columnsPerUnit) {
                        inseparable += count.trials
                    }
                }
            }
        }
        guard all > 0 else { return "no trial is deficient in any cell" }
        func percent(_ count: Int) -> String {
            let tenths = (2000 * count + all) / (2 * all)
            return "\(tenths / 10).\(tenths % 10)%"
        }
        return
            "\(all) deficient trials, counted in every cell: \(percent(inseparable)) by k + 1 points that no unit tells "
            + "apart, \(percent(dead)) by a point on which no unit is active"
    }
}
