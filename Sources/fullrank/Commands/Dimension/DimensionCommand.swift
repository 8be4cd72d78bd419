import FullrankBackends
import FullrankDimension
import FullrankFiles
import FullrankModel

func runDimension(_ options: DimensionOptions, _ context: CommandContext) throws(CommandFailure) {
    switch options.task {
    case .run(let job):
        if let format = options.dryRun { return try context.dryRun([job], on: options.backend, json: format == .json) }
        try run(job, options, context)
    case .find(let search): try findMinimalFilling(search, options, context)
    case .certify(let job, let path): try certify(job, path: path, options, context)
    }
}

extension BackendFlags {
    /// - Throws: usage if the backend has no networks.
    func openDimension() throws(CommandFailure) -> any DimensionBackend {
        guard let backend = try openTelling() as? any DimensionBackend else {
            throw .usage("--backend \(choice.rawValue) has no networks; --backend cpu has them")
        }
        return backend
    }
}

/// Lines for people or JSON on standard output; with a folder only if JSON is asked for.
private func run(_ job: DimensionJob, _ options: DimensionOptions, _ context: CommandContext) throws(CommandFailure) {
    let backend = try options.backend.openDimension()
    let prints = job.output.isEmpty && !options.json
    let (summary, summaries) = try job.execute(on: backend, context) { (summary) throws(CommandFailure) in
        if prints { try writeOutput(summary.words + "\n") }
    }
    if options.json {
        try writeOutput("[" + summaries.filter { $0.trials > 0 }.map(\.json.text).joined(separator: ",\n ") + "]\n")
    }
    if !job.output.isEmpty || job.plan.architectures.count > 1 { writeMessage(job.closingWords(summary, summaries)) }
    if !job.output.isEmpty { try job.figures.convertDiagrams(in: job.output) }
}

/// Ranks one architecture, and writes a minor of that size that is not zero.
private func certify(
    _ job: DimensionJob, path: String, _ options: DimensionOptions, _ context: CommandContext
) throws(CommandFailure) {
    let backend = try options.backend.openDimension(), plan = job.plan
    var best: DimensionTrial?
    let ranking = DimensionRanking(plan: plan)
    var summary = try plan.tallies()[0]
    context.interruption.onSignal { backend.cancel() }
    defer { context.interruption.onSignal(nil) }
    do throws(BackendError) {
        let group = DrawGroup(architecture: 0, draws: 0..<plan.trials)
        for trial in try ranking.trials(of: [group], problems: [summary.problem], on: backend) {
            summary.add(trial)
            if trial.rank > best?.rank ?? -1 { best = trial }
        }
    } catch {
        throw CommandFailure(error, signal: context.interruption.signal)
    }
    guard let best, let prime = best.primes.first(where: { !best.dissenting.contains($0) }) else {
        throw CommandFailure(.internal, "internal error: no draw was ranked")
    }
    guard DimensionCertificate.work(summary.problem, rank: best.rank) <= DimensionCertificate.mostWork else {
        throw .usage(
            "--certificate: rank \(best.rank) of \(summary.problem.parameters) columns takes more than "
                + "\(Int(DimensionCertificate.mostWork)) multiply-adds in plain arithmetic; smaller architectures are certified"
        )
    }
    let interruption = context.interruption
    guard
        let certificate = DimensionCertificate(
            summary.problem, rank: best.rank, points: summary.points, seed: plan.seed,
            draw: plan.draw(ofTrial: best.trial), prime: prime,
            isCancelled: { interruption.signal != nil })
    else {
        if let signal = interruption.signal { throw CommandFailure(.interrupted(signal: signal), "interrupted") }
        throw CommandFailure(
            .internal,
            "internal error: plain arithmetic finds a rank below \(best.rank) modulo \(prime); please report this")
    }
    do throws(FileError) {
        try WholeFile.write(Array(certificate.document(fullrank: version).utf8), to: path)
    } catch {
        throw CommandFailure(error, option: "--certificate")
    }
    try writeOutput(options.json ? "[\(summary.json.text)]\n" : summary.words + "\n")
}
