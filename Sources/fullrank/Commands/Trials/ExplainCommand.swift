import FullrankBackends
import FullrankFiles
import FullrankModel
import FullrankProof
import FullrankReport

/// Explains one trial: writes words or a certificate to standard output, and the requested files.
func runExplain(_ options: ExplainOptions, _ context: CommandContext) throws(CommandFailure) {
    let (problem, trial) = (options.trial.problem, options.trial.trial)
    for note in options.trial.notes { writeMessage(note) }
    guard problem.hidden.isEmpty else {
        let explanation = try context.withBackend(options.backend) { (backend) throws(BackendError) in
            try DeepExplanation(problem, trial: trial, primes: options.primes, on: backend)
        }
        return try tell(Certificate(explanation, fullrank: version).bytes, explanation.words, figure: nil, options)
    }
    let (explanation, figure) = try context.withBackend(options.backend) { (backend) throws(BackendError) in
        let explanation = try Explanation(problem, trial: trial, primes: options.primes, on: backend)
        let figure = options.figure == nil ? nil : try explanation.figure(theme: options.figures.theme, on: backend)
        return (explanation, figure)
    }
    try tell(Certificate(explanation, fullrank: version).bytes, explanation.words, figure: figure, options)
}

private func tell(
    _ certificate: [UInt8], _ words: String, figure: String?, _ options: ExplainOptions
) throws(CommandFailure) {
    try write(certificate, to: options.output, option: "--output")
    try write(figure.map { Array($0.utf8) } ?? [], to: options.figure, option: "--figure")
    try writeOutput(options.json ? String(decoding: certificate, as: UTF8.self) : words)
    if figure != nil, let path = options.figure { try options.figures.convert([path]) }
}

private func write(_ bytes: [UInt8], to path: String?, option: String) throws(CommandFailure) {
    guard let path else { return }
    do throws(FileError) { try WholeFile.write(bytes, to: path) } catch { throw CommandFailure(error, option: option) }
}

extension Explanation {
    /// Points, boundaries of units, and the first circuits.
    func figure(theme: FigureTheme, on backend: any RankBackend) throws(BackendError) -> String {
        var boundaries = [ObstructionFigure.Boundary]()
        if case .drawn = problem.network {
            let (weights, biases) = try backend.weights(of: problem, trial: trial)
            let d0 = problem.inputDimension
            boundaries = (0..<problem.units).map { unit in
                ObstructionFigure.Boundary(
                    weights: Array(weights[(unit * d0)..<((unit + 1) * d0)]), bias: problem.bias ? biases[unit] : 0)
            }
        }
        let k = problem.columnsPerUnit
        return ObstructionFigure(
            dimension: problem.inputDimension, points: numbers.inputs, boundaries: boundaries,
            obstructions: circuits.map {
                .init(points: $0.points, words: "point \($0.dependentPoint) depends: \($0.words(columnsPerUnit: k))")
            },
            title: "Rank \(profile.rank) of \(problem.points)\(isFullRank ? ": full rank" : "")",
            caption: "\(counted(problem.points, "point")), \(counted(problem.units, "unit")), k = \(k)"
                + (isDrawn ? ", seed \(problem.seed), trial \(trial). " : ". ")
                + (boundaries.isEmpty
                    ? "The units are patterns without weights: they have no boundaries. "
                    : "Lines: where a unit switches. ")
                + (circuits.isEmpty || problem.inputDimension == 2
                    ? "" : "Rows: each dependent point's set, enlarged. ") + "fullrank \(version)."
        ).svg(theme: theme)
    }

}
