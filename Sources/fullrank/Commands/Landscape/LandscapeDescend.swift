import FullrankBackends
import FullrankFiles
import FullrankLandscape
import FullrankModel
import FullrankNumbers
import FullrankSweep

/// The problems of `fullrank landscape descend`, and how many descents each takes.
struct DescentJob: Sendable {
    enum Source: Sendable {
        case given(LandscapeProblem)
        /// Normal points and labels.
        case drawn(points: Int, inputDimension: Int, bias: Bool, units: Int, frozen: [Fraction]?)
    }

    var source: Source
    var problems: Int
    var starts: Int
    var seed: UInt64
    var threads: Int

    /// Stream of drawn labels; docs/sampling.md.
    private static let labelStream: UInt8 = 241

    var units: Int {
        switch source {
        case .given(let problem): problem.units
        case .drawn(_, _, _, let units, _): units
        }
    }

    func problem(_ trial: Int) -> LandscapeProblem {
        switch source {
        case .given(let problem): return problem
        case .drawn(let count, let d0, let bias, let units, let frozen):
            let inputs = SampleStream(seed: seed, trial: UInt64(trial), number: 0).matrix(
                rows: count, columns: d0, .normal)
            let labels = SampleStream(seed: seed, trial: UInt64(trial), number: Self.labelStream)
                .matrix(rows: count, columns: 1, .normal)
            let points = (0..<count).map { point in
                inputs[(point * d0)..<((point + 1) * d0)].map { Fraction(exactly: $0) } + (bias ? [.one] : [])
            }
            return LandscapeProblem(
                points: points, labels: labels.map { Fraction(exactly: $0) }, units: units, frozen: frozen)
        }
    }

    /// "descents on 4 given points" for a caption.
    var words: String {
        switch source {
        case .given(let problem): "\(problem.points.count) given points, K = \(problem.units)"
        case .drawn(let count, let d0, let bias, let units, _):
            "n = \(count) normal points and labels, d0 = \(d0)\(bias ? " with bias" : ""), K = \(units), \(problems) problems"
        }
    }
}

func runDescend(_ job: DescentJob, _ options: LandscapeOptions, _ context: CommandContext) throws(CommandFailure) {
    let stop = StopFlag()
    context.interruption.onSignal { stop.set() }
    defer { context.interruption.onSignal(nil) }
    var report = DescentReport(units: job.units)
    do throws(LandscapeError) {
        // Many problems share the threads, or the starts of one do.
        let side = job.problems > 1 ? job.threads : 1
        for first in stride(from: 0, to: job.problems, by: side) {
            let count = min(side, job.problems - first)
            let found = concurrently(count) { place in
                let problem = job.problem(first + place)
                let ends = Result { () throws(LandscapeError) in
                    try DescentEnds(
                        problem, seed: job.seed, trial: UInt64(first + place), starts: job.starts,
                        threads: side == 1 ? job.threads : 1, isCancelled: { stop.value })
                }
                return (problem, ends)
            }
            for (problem, ends) in found { report.add(try ends.get(), of: problem) }
        }
    } catch {
        throw CommandFailure(error, signal: context.interruption.signal)
    }
    try writeOutput(options.json ? report.document : report.words)
    guard let folder = options.output else { return }
    do throws(SweepFolderError) {
        let caption =
            "\(job.words), \(job.starts) descents each, seed \(job.seed); ends are proved local minima"
            + (report.unproved > 0 ? ", \(report.unproved) not proved are left out" : "") + ". fullrank \(version)."
        let figure = report.figure(title: "Where descents from cell to cell end", caption: caption)
        let files = try FigureFolder(folder)
        try files.write(name: "ends.csv", contents: report.table)
        try files.write(name: "ends.svg", contents: figure.svg(theme: options.figures.theme))
        for name in ["ends.csv", "ends.svg"] { WrittenFiles.note("\(folder)/\(name)") }
    } catch {
        throw CommandFailure(error)
    }
    _ = try options.figures.convert(["\(folder)/ends.svg"])
}
