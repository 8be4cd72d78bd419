import FullrankFiles
import FullrankLandscape
import FullrankModel
import FullrankReport
import FullrankRuns
import FullrankSweep

/// A folder of `landscape sample`, as figures and reports read it: while it runs or after.
struct ReadLandscape {
    private let path: String
    private let record: LandscapeRecord
    /// With trials, by d0.
    private let tallies: [LandscapeTally]

    private var plan: LandscapePlan { record.plan }

    /// - Parameter flags: given, of those that mean something for other sweeps only.
    /// - Returns: nil if the folder is no such.
    init?(_ path: String, refusing flags: [String]) throws(CommandFailure) {
        guard LandscapeFolderReader.holds(path) else { return nil }
        if let flag = flags.first {
            throw .usage("\(flag) goes with sweeps of full rank; \(path.printable()) is one of landscape sample")
        }
        do throws(SweepFolderError) {
            let reader = try LandscapeFolderReader(path)
            record = reader.record
            let plan = reader.record.plan
            var tallies = plan.inputDimensions.indices.map { LandscapeTally(plan: plan, problem: $0) }
            try reader.readTrials { tallies[$0.problem].add($0) }
            self.tallies = tallies.filter { $0.trials > 0 }
        } catch {
            throw CommandFailure(error, option: nil)
        }
        guard !tallies.isEmpty else {
            throw CommandFailure(.badData, "\(path.printable()): its journal holds no trial yet")
        }
        self.path = path
    }

    private var caption: String {
        LandscapeSampleJob(plan: plan, output: path, figures: FigureOptions()).caption(tallies)
    }

    func figures(theme: FigureTheme) -> [Figure] {
        LandscapeSampleFigure.figures(tallies, caption: caption, theme: theme)
    }

    /// For a terminal.
    var panels: [PhaseDiagram.Panel] { tallies.flatMap { LandscapeSampleFigure.panels($0) } }

    /// One page: question, figures, tables, method, how sure, and the command that repeats it.
    func page(theme: FigureTheme) -> String {
        var page = HTMLPage(heading: "Combinations of activation cells that hold minima")
        page.addText("Question", question)
        page.addFigures(figures(theme: theme))
        page.addTables(
            "Numbers",
            panels.map { (caption: "\($0.title): fraction of combinations", rows: HTMLPage.cellRows($0.cells)) },
            note: "At most 12 n and d1 are shown. "
                + (plan.draws > 1
                    ? "Combinations of one data set are not independent; standard errors over data sets"
                    : "Counts and standard errors")
                + " of all cells:",
            files: [Figure.Table(name: "cells", csv: LandscapeTable.csv(tallies))])
        page.addText("Method", method)
        let trials = tallies.map(\.trials), fewest = trials.min() ?? 0, most = trials.max() ?? 0
        page.addCommand(
            "The same again", plan.commandLine,
            words: "gives the same tables, byte for byte, with any number of threads.",
            facts: (record.shard.map { [("shard", $0.description)] } ?? [])
                + [
                    ("seed", "\(plan.seed)"),
                    ("trials", "\(fewest == most ? "" : "\(fewest) to ")\(most) of \(plan.trials) of each d0"),
                ] + RunProvenance.rows([record.provenance] + record.resumedOn))
        return page.html()
    }

    private var question: [String] {
        let outputs =
            plan.frozen.map {
                $0 == .all
                    ? "output weights z are 1 and not trained" : "output weights z are 1, -1, 1, ... and not trained"
            } ?? "output weights z are trained, too"
        return [
            "A network of one hidden layer, F(x) = sum of z_i max(0, w_i x + \(plan.bias ? "b_i" : "0")), has d0 inputs, d1 "
                + "hidden units and n data points with labels; its \(outputs). The n points cut the weights of a unit into "
                + "activation cells, and each unit is given one. How often does the Jacobian of the n outputs have rank n there, "
                + "and how often does the combination of cells hold a differentiable minimum of the squared loss, a bad one "
                + "(a lower loss exists elsewhere)\(plan.saddles ? ", or a saddle" : "")?",
            plan.cells == .regions
                ? "Cells: every non-empty cell of a unit is equally likely."
                : "Cells: those of \(plan.initialization.rawValue) weights\(plan.bias ? " and biases" : ", without biases"). "
                    + "Points: standard normal. Labels: \(labels).",
        ]
    }

    private var labels: String {
        switch plan.labels {
        case .random: "standard normal"
        case .polynomial: "a random polynomial of degree 2"
        case .teacher: "another network as wide as the cell"
        }
    }

    private var method: [String] {
        let all = tallies.reduce(0) { $0 + $1.trials } * plan.cellCount * plan.draws
        let open = tallies.flatMap(\.counts).reduce(0) { $0 + $1.minimumOpen }
        let saddles = tallies.flatMap(\.counts).reduce(0) { $0 + $1.saddleOpen }
        let bad = tallies.flatMap(\.counts).reduce(0) { $0 + $1.badOpen }
        return [
            "Whether a combination holds a minimum is proved either way, by solutions and by certificates with a bound on all "
                + "rounding (docs/landscape.md, section 8). Undecided are \(open) of \(all) combinations"
                + (plan.saddles ? ", and \(saddles) as to saddles" : "") + "; figures leave them out.",
            "Full rank is proved. A rank that is not full is computed modulo a prime of 23 bits; it is too low with a chance "
                + "of about (number of pivots)/p for each.",
            "A minimum is called bad if a point with a lower loss was found. \(bad) minima have a loss above 0, and no point "
                + "below them was found: they are not counted as bad.",
        ]
    }
}

extension LandscapePlan {
    /// The command that computes this plan, for a POSIX shell.
    fileprivate var commandLine: String {
        var words = [
            "fullrank landscape sample", "--d0 " + IntegerList.text(inputDimensions), "--n " + IntegerList.text(points),
            "--d1 " + IntegerList.text(units), "--trials \(trials)", "--seed \(seed)",
        ]
        if draws > 1 { words.append("--draws \(draws)") }
        words.append("--labels \(labels.rawValue)")
        words.append(cells == .regions ? "--cells regions" : "--init \(initialization.rawValue)")
        if let frozen { words.append("--frozen \(frozen.rawValue)") }
        if !bias { words.append("--no-bias") }
        if saddles { words.append("--saddles") }
        return (words + ["--output again"]).joined(separator: " ")
    }
}
