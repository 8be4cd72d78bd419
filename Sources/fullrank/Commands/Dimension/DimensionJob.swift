import FullrankBackends
import FullrankDimension
import FullrankFiles
import FullrankModel
import FullrankReport
import FullrankRuns
import FullrankSweep

/// A plan over architectures, and where its results go.
typealias DimensionJob = RunJob<DimensionPlan>

extension DimensionSummary: TrialTally {}

extension DimensionPlan: TalliedPlan {
    static let command = "dimension"

    /// By architecture.
    func tallies() throws(CommandFailure) -> [DimensionSummary] {
        var summaries = [DimensionSummary]()
        do throws(DimensionError) {
            for index in architectures.indices {
                let problem = try problem(index)
                summaries.append(DimensionSummary(problem, points: points(of: problem)))
            }
        } catch {
            throw .usage("\(error)")
        }
        return summaries
    }

    func tally(of trial: DimensionTrial) -> Int { architecture(ofTrial: trial.trial) }

    /// dimensions.csv, of ReLU also histogram.csv, and the figure.
    static func write(
        _ summaries: [DimensionSummary], of job: DimensionJob, to folder: DimensionFolder
    ) throws(SweepFolderError) {
        let plan = job.plan, computed = summaries.filter { $0.trials > 0 }
        try folder.writeTable(name: DimensionPlan.tableName) { (write) throws(SweepFolderError) in
            try write(Array(DimensionTable.header(plan).utf8))
            for part in stride(from: 0, to: computed.count, by: 256) {
                let rows = computed[part..<min(part + 256, computed.count)].map { DimensionTable.row($0) }
                try write(Array(rows.joined().utf8))
            }
        }
        if plan.activation.hasKink {
            try folder.writeTable(name: DimensionPlan.histogramName, contents: DimensionTable.histogram(computed))
        }
        for figure in DimensionFigures.all(computed, plan: plan, caption: job.caption, theme: job.figures.theme) {
            try folder.writeTable(name: "diagram-\(figure.name).svg", contents: figure.svg)
        }
    }
}

extension DimensionJob {
    /// Computes what the folder lacks and writes tables and figures.
    ///
    /// - Parameter tell: gets every architecture once all its trials are there, in the plan's order.
    func execute(
        on backend: any DimensionBackend, _ context: CommandContext,
        tell: (DimensionSummary) throws(CommandFailure) -> Void = { _ in }
    ) throws(CommandFailure) -> (RunSummary, [DimensionSummary]) {
        let runner: DimensionRunner
        do throws(DimensionError) { runner = try DimensionRunner(plan: plan, backend: backend) } catch {
            throw .usage("\(error)")
        }
        var told = 0, failure: CommandFailure?
        let result = Result { () throws(CommandFailure) in
            try execute(context) { summaries in
                while told < summaries.count, summaries[told].trials == plan.trials {
                    do throws(CommandFailure) { if failure == nil { try tell(summaries[told]) } } catch {
                        failure = error
                        runner.cancel()
                    }
                    told += 1
                }
            } _: {
                runner
            }
        }
        if let failure { throw failure }
        return try result.get()
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
    func closingWords(_ summary: RunSummary, _ summaries: [DimensionSummary]) -> String {
        let computed = summaries.filter { $0.trials > 0 }
        var text =
            "\(title): \(counted(computed.count, "architecture")), \(summary.newTrials) in \(summary.time)"
        if !plan.activation.hasKink {
            text +=
                ": \(computed.count { $0.isFilling == true }) filling, \(computed.count { $0.defect > 0 }) of positive defect, "
                + "\(computed.count(where: \.isProved)) proved"
        }
        return text + (output.isEmpty ? "" : "; in \(output.printable())")
    }
}
