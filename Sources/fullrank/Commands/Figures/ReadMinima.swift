import FullrankFiles
import FullrankMinima
import FullrankModel
import FullrankReport
import FullrankRuns
import FullrankSweep

/// A folder of `minima`, or that of `reproduce global-minima` with a folder for each of its grids, as figures and
/// reports read it.
struct ReadMinima {
    let path: String
    private let readers: [MinimaReader]
    /// With trials, in the order of the figures.
    let tallies: [MinimaTally]

    /// - Parameter flags: given, of those that mean something for other sweeps only.
    /// - Returns: nil if the folder is no such.
    init?(_ path: String, refusing flags: [String]) throws(CommandFailure) {
        self.path = path
        let folders = MinimaReader.holds(path) ? [path] : Self.published(in: path)
        guard !folders.isEmpty else { return nil }
        if let flag = flags.first {
            throw .usage("\(flag) goes with sweeps of full rank; \(path.printable()) is one of minima")
        }
        var readers = [MinimaReader](), all = [MinimaTally]()
        do throws(SweepFolderError) {
            for folder in folders {
                let reader = try MinimaReader(folder), plan = reader.record.plan
                var tallies = plan.inputDimensions.indices.map { MinimaTally(plan: plan, problem: $0) }
                try reader.readCounted { tallies[$0.problem].add($0) }
                readers.append(reader)
                all += tallies.filter { $0.trials > 0 }
            }
        } catch {
            throw CommandFailure(error, option: nil)
        }
        guard !all.isEmpty else {
            throw CommandFailure(.badData, "\(path.printable()): its journal holds no trial yet")
        }
        (self.readers, tallies) = (readers, all)
    }

    /// Whether the folder is one of `reproduce global-minima`, with a folder for each of its grids.
    static func holdsPublished(_ path: String) -> Bool { !published(in: path).isEmpty }

    private static func published(in path: String) -> [String] {
        PublishedMinima.allCases.map { "\(path)/\($0.name)" }.filter { MinimaReader.holds($0) }
    }

    private var isPublished: Bool { readers.count > 1 }
    private var plans: [MinimaPlan] { readers.map(\.record.plan) }
    private var title: String { isPublished ? "global-minima" : "minima" }

    private var caption: String {
        if isPublished, let plan = plans.first {
            let trials = Set(plans.map(\.trials)).sorted().map(String.init).joined(separator: " or ")
            return
                "global-minima: \(trials) trials, seed \(plan.seed), inputs uniform on [-1, 1), he-uniform weights and "
                + "biases, alternating output weights. fullrank \(version)."
        }
        return MinimaJob(plan: plans[0], output: path).caption(tallies)
    }

    func figures(theme: FigureTheme) -> [Figure] {
        var figures = [Figure]()
        if plans.allSatisfy({ $0.points.count > 1 && $0.units.count > 1 }) {
            figures.append(
                MinimaFigure.diagram(tallies, caption: caption, columns: isPublished ? 3 : nil, theme: theme))
        }
        if plans.contains(where: { $0.points.count == 1 || $0.units.count == 1 }) {
            if let figure = MinimaFigure.fractions(tallies, caption: caption, theme: theme) { figures.append(figure) }
        }
        if !isPublished, let figure = MinimaFigure.widths(tallies, caption: caption, theme: theme) {
            figures.append(figure)
        }
        return figures
    }

    /// One page: question, figures, tables, method, how sure, and the command that repeats it.
    func page(theme: FigureTheme) -> String {
        var page = HTMLPage(heading: "Activation regions with a zero-loss minimum: \(title)")
        page.addText(
            "Question",
            [
                "A network of one hidden layer, F(x) = sum of v_i max(0, w_i x + b_i), has d0 inputs, d1 hidden units and n data "
                    + "points with labels; its output weights v are fixed. In the region of parameters with one activation pattern "
                    + "it is linear. How often does the region of a random pattern hold parameters of loss 0?",
                "Labels: polynomial, a random polynomial of degree 2; teacher, another network as wide as the cell; random, "
                    + "uniform on [-1, 1). The experiment is that of Karhadkar, Murray, Tseran, Montúfar (arXiv 2305.19510, E.2).",
            ])
        page.addFigures(figures(theme: theme))
        var tables = tallies.map {
            (caption: "\($0.title): fraction with a minimum", rows: HTMLPage.cellRows($0.drawnCells))
        }
        if !isPublished {
            for tally in tallies where !tally.widths.isEmpty {
                let rows = HTMLPage.widthRows(tally.widths, bias: tally.plan.bias, largest: tally.plan.units.last ?? 0)
                tables.append(("\(tally.title): width d1 from which there is one", rows))
            }
        }
        page.addTables(
            "Numbers", tables,
            note:
                "At most 12 n and d1 are shown. All cells, with 95% Wilson intervals, are in cells.csv of each folder.")
        let undecided = tallies.flatMap(\.cells).reduce(0) { $0 + $1.undecided }
        let verdicts = tallies.flatMap(\.cells).reduce(0) { $0 + $1.trials }
        page.addText(
            "Method",
            [
                "A region is called feasible where parameters of loss 0 inside it are found, infeasible where a certificate "
                    + "excludes them; both are decided exactly (docs/minima.md). What can't be proved either way is undecided: "
                    + "\(undecided) of \(verdicts) verdicts here, left out of the fractions."
            ])
        let done = tallies.map(\.trials)
        page.addCommand(
            "The same again", commandLine, words: "gives the same tables, byte for byte, with any number of threads.",
            facts: [
                ("seed", "\(plans[0].seed)"), ("trials", "\(done.min() ?? 0) to \(done.max() ?? 0) of each problem"),
            ]
                + RunProvenance.rows([readers[0].record.provenance] + readers[0].record.resumedOn))
        return page.html()
    }

    /// For a POSIX shell.
    private var commandLine: String {
        let plan = plans[0]
        if isPublished {
            let isUsual = plans == PublishedMinima.allCases.map { $0.plan(trials: nil, seed: plan.seed) }
            return "fullrank reproduce global-minima" + (isUsual ? "" : " --trials \(plan.trials)")
                + " --seed \(plan.seed) --output again"
        }
        var words =
            [
                "fullrank minima", "--d0 " + IntegerList.text(plan.inputDimensions),
                "--n " + IntegerList.text(plan.points),
                "--d1 " + IntegerList.text(plan.units), "--trials \(plan.trials)",
            ] + (plan.target.map { ["--half-width \($0.halfWidth)", "--max-trials \($0.maxTrials)"] } ?? []) + [
                "--seed \(plan.seed)",
                "--labels \(plan.labels.rawValue)", "--output-weights \(plan.outputs.rawValue)",
            ]
        switch plan.inputs {
        case .drawn(let distribution): words.append("--inputs \(distribution.rawValue)")
        case .file(let path, _): words.append("--inputs " + path.shellQuoted)
        }
        if plan.preparation?.isStandardised == true { words.append("--standardise") }
        if let count = plan.preparation?.subsample { words.append("--subsample \(count)") }
        words.append(
            plan.regions == .initialization
                ? "--init \(plan.initialization.rawValue)" : "--patterns \(plan.regions.rawValue)")
        if plan.fixedData { words.append("--fixed-data") }
        if !plan.bias { words.append("--no-bias") }
        return (words + ["--output again"]).joined(separator: " ")
    }
}
