import FullrankFiles
import FullrankLandscape
import FullrankModel
import FullrankSweep
import Synchronization

func runLandscape(_ options: LandscapeOptions, _ context: CommandContext) throws(CommandFailure) {
    switch options.task {
    case .census(let problem): try runCensus(problem, options, context)
    case .descend(let job): try runDescend(job, options, context)
    case .sample(let options): try runLandscapeSample(options, context)
    case .check(let path, let point, let tolerance): try runPointCheck(path, point, tolerance, options)
    }
}

/// Set by a signal, asked by a computation.
final class StopFlag: Sendable {
    private let isSet = Atomic<Bool>(false)
    func set() { isSet.store(true, ordering: .relaxed) }
    var value: Bool { isSet.load(ordering: .relaxed) }
}

private func runCensus(
    _ problem: LandscapeProblem, _ options: LandscapeOptions, _ context: CommandContext
) throws(CommandFailure) {
    // Two tables of 32 bits for each combination.
    let bytes = 8 * Double(options.work)
    guard AvailableMemory.holds(bytes) else {
        throw .memory("--work: tables take \(AvailableMemory.shortage(bytes)): lower it")
    }
    let stop = StopFlag()
    context.interruption.onSignal { stop.set() }
    defer { context.interruption.onSignal(nil) }
    let census: LandscapeCensus
    do throws(LandscapeError) {
        census = try LandscapeCensus(
            problem, limits: LandscapeCensus.Limits(combinations: options.work),
            announce: { writeMessage("\($0) combinations of faces and signs") }, isCancelled: { stop.value })
    } catch {
        throw CommandFailure(error, signal: context.interruption.signal)
    }
    try writeOutput(options.json ? census.document : census.words)
    guard let folder = options.output else { return }
    do throws(SweepFolderError) {
        try census.write(to: folder)
        if let figure = census.figure(hasBias: options.hasBias, version: version) {
            try FigureFolder(folder).write(name: "landscape.svg", contents: figure.svg(theme: options.figures.theme))
            WrittenFiles.note("\(folder)/landscape.svg")
        }
    } catch {
        throw CommandFailure(error)
    }
    if census.isPlane {
        _ = try options.figures.convert(["\(folder)/landscape.svg"])
    } else if options.figures.format != .svg {
        writeMessage(
            "--format: there is no figure to convert; landscape.svg is drawn if the points span two dimensions")
    }
}

extension LandscapeCensus {
    /// census.json and minima.csv.
    fileprivate func write(to path: String) throws(SweepFolderError) {
        let folder = try FigureFolder(path)
        try folder.write(name: "census.json", contents: document)
        let table = ([Self.minimaHeader] + minimaRows).map { $0 + "\n" }.joined()
        try folder.write(name: "minima.csv", contents: table)
        for name in ["census.json", "minima.csv"] { WrittenFiles.note("\(path)/\(name)") }
    }

    /// For people: one line for each group of counts.
    fileprivate var words: String {
        let (count, dimension) = (problem.points.count, problem.points[0].count)
        let given = problem.frozen == nil ? "" : ", output weights given"
        var text = "n = \(count), D = \(dimension), K = \(problem.units)\(given)\n"
        text +=
            "cells: \(cells) combinations (\(cellsPerUnit) cells, \(facesPerUnit) faces, \(rays) rays for each unit)\n"
        text += "with a differentiable minimum: \(genuine), of them \(unique) unique, \(bad) bad\n"
        if problem.frozen == nil {
            let counts = saddles.map { "\($0.values.reduce(0, +))" }.joined(separator: ", ")
            text += "with saddles, by units that move (0 to K - 1): \(counts)\n"
        }
        text += "pieces of minima on boundaries: \(boundaryPieces), of them \(singlePieces) on one hyperplane\n"
        text += "components of minima: \(valleys.count), of them \(trappedValleys) trapped, \(badValleys) bad, "
        text += "\(trappedBadValleys) both\n"
        text += "global minimum: \(globalMinimum)\n"
        if cellBound < globalMinimum { text += "least squares over cells alone, not attained: \(cellBound)\n" }
        return text
    }
}

extension CommandFailure {
    init(_ error: LandscapeError, signal: Int32?) {
        switch error {
        case .outOfMemory: self.init(.unavailable, "not enough memory")
        case .interrupted: self.init(.interrupted(signal: signal ?? 2), "interrupted")
        case .tooManyFaces(let faces, let limit):
            self.init(
                .usage,
                "the points cut the weights of one unit into up to \(faces) faces; at most \(limit) fit --work: "
                    + "take fewer points"
            )
        case .tooMuchWork(let combinations, let units, let limit, let fitting):
            let count = combinations < 0x1p53 ? "\(Int(combinations))" : "more than 2^53"
            let right = fitting > 0 ? "--units \(fitting) fits" : "take fewer points"
            self.init(
                .usage,
                "\(units) units make \(count) combinations of faces and signs; at most \(limit) are taken: \(right), "
                    + "or raise --work"
            )
        }
    }
}
