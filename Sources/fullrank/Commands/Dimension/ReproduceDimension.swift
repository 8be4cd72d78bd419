import FullrankBackends
import FullrankDimension
import FullrankModel

/// Computes every row of a published table, and says which numbers are others here.
func reproduceTable(_ run: PublishedTableRun, backend flags: BackendFlags, _ context: CommandContext)
    throws(CommandFailure)
{
    let published = try readArchitectureTable(run.path, option: "--table") { (bytes) throws(ArchitectureTable.Damage) in
        try PublishedDimensions(parsing: bytes)
    }
    let backend = try flags.openDimension(), start = ContinuousClock.now
    var computed = [TableKey: DimensionSummary]()
    for exponent in Set(published.exponents).sorted() {
        let plan = DimensionPlan(
            architectures: published.architectures(exponent: exponent), activation: .power(exponent), seed: run.seed,
            primeCount: run.primes)
        let several = Set(published.exponents).count > 1
        let job = DimensionJob(
            title: "mfa", plan: plan, output: run.output.map { several ? "\($0)/power-\(exponent)" : $0 } ?? "",
            isReplacing: run.isReplacing, figures: run.figures)
        for summary in try job.execute(on: backend, context).1 {
            computed[TableKey(exponent: exponent, architecture: summary.problem.architecture)] = summary
        }
        if !job.output.isEmpty { try job.figures.convertDiagrams(in: job.output) }
    }
    var differences = [PublishedDimensions.Difference](), rows = Set<Int>()
    for (row, exponent) in published.exponents.enumerated() {
        guard let summary = computed[TableKey(exponent: exponent, architecture: published.table.rows[row].architecture)]
        else { continue }
        let here = published.differences(row: row, summary)
        if !here.isEmpty { rows.insert(row) }
        differences += here
    }
    let total = published.table.rows.count, proved = computed.values.count(where: \.isProved)
    let seconds = Double(Int((ContinuousClock.now - start) / .milliseconds(1))) / 1000
    for difference in differences.prefix(20) { try writeOutput("\(difference)\n") }
    if differences.count > 20 { try writeOutput("and \(differences.count - 20) more\n") }
    let columns = published.compared.map(\.name).joined(separator: ", ")
    try writeOutput(
        "mfa: \(total - rows.count) of \(total) rows agree in \(columns); \(proved) of \(computed.count) dimensions are proved from both "
            + "sides; \(seconds) s\n")
    guard rows.isEmpty else {
        throw CommandFailure(
            .badData, "\(run.path.printable()): \(rows.count) of \(total) rows differ from what is computed here")
    }
}

private struct TableKey: Hashable {
    var exponent: Int
    var architecture: Architecture
}

/// The histograms of Hidden symmetries of ReLU networks, a folder for each distribution of the weights.
func reproduceHiddenSymmetries(
    _ run: HiddenSymmetriesRun, backend flags: BackendFlags, _ context: CommandContext
) throws(CommandFailure) {
    let jobs = try run.jobs()
    if let format = run.dryRun { return try context.dryRun(jobs, on: flags, json: format == .json) }
    let backend = try flags.openDimension()
    for job in jobs {
        try writeOutput("\(job.title)\n")
        let (summary, summaries) = try job.execute(on: backend, context) { (summary) throws(CommandFailure) in
            try writeOutput(summary.words + "\n")
        }
        writeMessage(job.closingWords(summary, summaries))
        if !job.output.isEmpty { try job.figures.convertDiagrams(in: job.output) }
    }
}

extension HiddenSymmetriesRun {
    /// Sharded, words of an architecture are of the shard's networks only, so that they are left to `merge`.
    fileprivate func jobs() throws(CommandFailure) -> [DimensionJob] {
        var jobs = [DimensionJob]()
        for weights in weights.map({ [$0] }) ?? [.normal, .uniform] {
            do throws(ArchitectureError) {
                jobs.append(
                    DimensionJob(
                        title: "hidden-symmetries, \(weights.rawValue) weights",
                        plan: try HiddenSymmetries.plan(weights: weights, trials: trials, seed: seed),
                        output: output.isEmpty ? "" : "\(output)/\(weights.rawValue)", shard: shard,
                        isExtending: isExtending, isReplacing: isReplacing, figures: figures))
            } catch {
                throw CommandFailure(.internal, "internal error: \(error)")
            }
        }
        return jobs
    }
}
