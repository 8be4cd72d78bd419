import FullrankBackends
import FullrankFiles
import FullrankModel
import FullrankSweep
import FullrankTraining

/// Trains, recording as it goes. A signal ends it between two steps, with all of it kept.
func runTrain(_ options: TrainOptions, _ context: CommandContext) throws(CommandFailure) {
    let backend = try options.backend.openTelling()
    for note in options.inputs.notes(options.preparation, points: options.plan.points) { writeMessage(note) }
    let start = ContinuousClock.now
    if options.plan.singularValues { try loadLibraries(of: backend) }
    let (folder, state) = try withFolderErrors { () throws(SweepFolderError) in
        let folder = try TrainingFolder(options, backend: backend)
        return (folder, try folder.state(of: options.plan))
    }
    var run = TrainingRun(options.plan, from: state)
    let steps = options.plan.steps
    let resumed = min(run.state.step, steps)
    if resumed > 0 { writeMessage("\(options.output.printable()): \(resumed) of \(steps) steps are there already") }

    let failure = try train(&run, in: folder, on: backend, context)
    try withFolderErrors { () throws(SweepFolderError) in
        try folder.writeAll(run, caption: options.caption, theme: options.figures.theme)
    }
    if let failure { throw failure }
    guard let row = run.state.rows.last else { return }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    writeMessage(
        "train: \(steps - resumed) steps in \((seconds * 1000).rounded() / 1000) s, loss \(row.loss), rank \(row.rank) of "
            + "\(options.plan.points), in \(options.output.printable())")
    try options.figures.convertDiagrams(in: options.output)
    if options.json { try writeOutput("[\n" + run.state.rows.map(\.json.text).joined(separator: ",\n") + "\n]\n") }
}

extension TrainingRow {
    /// The columns of training.csv; null if there is no number.
    fileprivate var json: JSONText {
        .object([
            ("step", .integer(step)), ("loss", .number(loss)), ("gradient_norm", .number(gradientNorm)),
            ("rank", .integer(rank)), ("sigma_min", smallest.map { .number($0) } ?? .null),
            ("sigma_max", largest.map { .number($0) } ?? .null), ("pattern_changes", .integer(patternChanges)),
            ("steps_with_changes", .integer(stepsWithChanges)), ("boundary_distance", .number(boundaryDistance)),
        ])
    }
}

/// Goes on until the end, a signal, or a failure, which is returned: what was computed is worth keeping.
private func train(
    _ run: inout TrainingRun, in folder: TrainingFolder, on backend: any RankBackend, _ context: CommandContext
) throws(CommandFailure) -> CommandFailure? {
    try context.follow(diagram: nil, cancel: { backend.cancel() }) { (bar) throws(CommandFailure) in
        try train(&run, in: folder, on: backend, bar, context)
    }
}

private func train(
    _ run: inout TrainingRun, in folder: TrainingFolder, on backend: any RankBackend, _ bar: LiveDisplay,
    _ context: CommandContext
) throws(CommandFailure) -> CommandFailure? {
    let begun = ContinuousClock.now
    var lastCheckpoint = begun
    let resumed = run.state.step
    func interrupted() -> CommandFailure {
        context.interrupted("\(run.state.step) of \(run.plan.steps) steps", in: folder.path)
    }
    while !run.isFinished {
        if context.interruption.signal != nil { return interrupted() }
        do throws(TrainingRun.Failure) {
            try run.advance(on: backend)
        } catch {
            switch error {
            case .backend(.cancelled): return interrupted()
            case .backend(let cause): return CommandFailure(cause, signal: nil)
            case .diverged(let step):
                return CommandFailure(
                    .badData, "training diverged: the loss of step \(step) is not finite; lower --rate or --scale")
            }
        }
        let now = ContinuousClock.now
        bar.update(
            RunProgress(
                done: run.state.step, total: run.plan.steps + 1, seconds: (now - begun) / .seconds(1), resumed: resumed)
        )
        if now - lastCheckpoint >= .seconds(5) {
            try withFolderErrors { () throws(SweepFolderError) in try folder.writeCheckpoint(run.state) }
            lastCheckpoint = now
        }
    }
    return nil
}

private func withFolderErrors<Result>(
    _ body: () throws(SweepFolderError) -> Result
) throws(CommandFailure) -> Result {
    do throws(SweepFolderError) { return try body() } catch { throw CommandFailure(error) }
}

/// What is missing for singular values is said before a folder is made.
private func loadLibraries(of backend: any RankBackend) throws(CommandFailure) {
    do throws(BackendError) {
        _ = try backend.singularValues(ofMatrices: [1], batch: 1, rows: 1, columns: 1, precision: .float64)
    } catch {
        let failure = CommandFailure(error, signal: nil)
        throw CommandFailure(failure.code, "\(failure.message); --no-singular-values does without")
    }
}
