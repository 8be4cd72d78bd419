import FullrankDimension
import FullrankModel
import FullrankReport
import FullrankRuns

extension ReadDimension {
    private var plan: DimensionPlan { record.plan }
    private var isPolynomial: Bool { !plan.activation.hasKink }
    /// Rows that a page shows.
    private static let mostRows = 40

    /// One page: question, figures, tables, method, how sure, and the command that repeats it.
    func page(theme: FigureTheme) -> String {
        var page = HTMLPage(
            heading: isPolynomial
                ? "Dimensions of polynomial networks" : "Functional dimensions of random networks")
        page.addText("Question", [question])
        page.addFigures(figures(theme: theme))
        let rows = summaries.map { DimensionTable.row($0) }.joined()
        var files = [Figure.Table(name: "dimensions", csv: DimensionTable.header(plan) + rows)]
        if !isPolynomial { files.append(Figure.Table(name: "histogram", csv: DimensionTable.histogram(summaries))) }
        let isShort = summaries.count > Self.mostRows
        page.addTables(
            "Numbers", [(caption: counts, rows: isPolynomial ? dimensionRows : functionalRows)],
            note: (isShort
                ? "\(Self.mostRows) of the \(summaries.count) architectures are shown, evenly spread over the list. "
                : "")
                + "All numbers:", files: files)
        page.addText("Method", isPolynomial ? polynomialMethod : functionalMethod)
        let trials = summaries.reduce(0) { $0 + $1.trials }
        page.addCommand(
            "The same again", plan.commandLine,
            words: (plan.isListed ? "with dimensions.csv from the link above, which lists the architectures, " : "")
                + "gives the same tables, byte for byte, with any number of threads.",
            facts: (record.shard.map { [("shard", $0.description)] } ?? [])
                + [
                    ("seed", "\(plan.seed)"), ("trials", "\(trials) of \(plan.allTrials)"),
                    ("primes", plan.primes.map { "\($0)" }.joined(separator: ", ")),
                ] + RunProvenance.rows([record.provenance] + record.resumedOn))
        return page.html()
    }

    private var question: String {
        isPolynomial
            ? "A network of widths d_0-d_1-...-d_L, activation \(plan.activation)\(plan.biases ? ", with biases" : ""), computes "
                + "polynomials of its inputs. What is the dimension of the set of functions that an architecture computes (of its "
                + "neurovariety)? Is it the expected one, the smaller of P - sum of hidden widths and the ambient dimension, and "
                + "does it fill the ambient space?"
            : "Random networks of widths d_0-d_1-...-d_L, activation \(plan.activation)\(plan.biases ? ", with biases" : ""), have "
                + "the rank of their Jacobian by all parameters at many points as their functional dimension there. How is it "
                + "distributed, and how often does it reach the bound min(n d_L, P - sum of hidden widths)?"
    }

    private var counts: String {
        let count = summaries.count, architectures = counted(count, "architecture")
        guard isPolynomial else { return architectures }
        return "\(architectures): \(summaries.count { $0.isFilling == true }) filling, "
            + "\(summaries.count { $0.defect > 0 }) of positive defect, \(summaries.count(where: \.isProved)) proved"
    }

    private var shown: [DimensionSummary] {
        evenlySpread(summaries.count, atMost: Self.mostRows).map { summaries[$0] }
    }

    private var dimensionRows: [[String]] {
        [["architecture", "P", "dimension", "expected", "ambient", "defect", "filling", "proved"]]
            + shown.map { summary in
                [
                    "\(summary.problem.architecture)", "\(summary.problem.parameters)", "\(summary.dimension)",
                    "\(summary.problem.expected)", summary.problem.ambient?.digits ?? "", "\(summary.defect)",
                    summary.isFilling == true ? "yes" : "no", summary.isProved ? "yes" : "at least",
                ]
            }
    }

    private var functionalRows: [[String]] {
        [["architecture", "P", "points", "networks", "least", "mean", "largest", "bound", "at the bound"]]
            + shown.map { summary in
                let ranks = summary.histogram.map(\.rank)
                return [
                    "\(summary.problem.architecture)", "\(summary.problem.parameters)", "\(summary.points)",
                    "\(summary.trials)", "\(ranks.first ?? 0)", fixed(summary.mean, 2), "\(ranks.last ?? 0)",
                    "\(summary.bound)", "\(summary.atBound)",
                ]
            }
    }

    private var polynomialMethod: [String] {
        let open = summaries.filter { !$0.isProved }, chance = open.map(\.errorBound).max() ?? 0
        return [
            "Weights and points are drawn modulo a prime, and the rank of the Jacobian by all weights is computed without "
                + "rounding. It is a proved lower bound of the dimension; with an upper bound that it reaches "
                + "(docs/dimensions.md), it is proved to be the dimension.",
            open.isEmpty
                ? "All \(summaries.count) dimensions are proved from both sides."
                : "\(open.count) of \(summaries.count) are lower bounds only. A dimension among them is higher than stated with a "
                    + "chance of at most about \(chance).",
        ]
    }

    private var functionalMethod: [String] {
        [
            "Weights (\(plan.weights.rawValue)) and standard normal points are drawn as floats, hence exact fractions, and the rank "
                + "of the exact rational Jacobian is computed modulo \(plan.primes.first ?? 0): never too high, and proved where it "
                + "reaches the bound (docs/networks.md).",
            "More points may raise the rank: it is that at the given points.",
        ]
    }
}

extension DimensionPlan {
    /// The architectures as `--grid` takes them, if that lists them in the same order.
    private var grid: ArchitectureGrid? {
        guard let grid = ArchitectureGrid(architectures),
            (try? grid.architectures(biases: biases)) == architectures
        else { return nil }
        return grid
    }

    /// Whether a file has to list the architectures.
    fileprivate var isListed: Bool { architectures.count > 1 && grid == nil }

    /// The command that computes this plan, for a POSIX shell.
    fileprivate var commandLine: String {
        var words = ["fullrank dimension"]
        if architectures.count == 1 {
            words.append("--widths " + architectures[0].widths.map(String.init).joined(separator: ","))
        } else if let grid {
            words.append("--grid " + grid.words)
        } else {
            words.append("--list dimensions.csv")
        }
        words.append("--activation \(activation)")
        if biases { words.append("--biases") }
        words += ["--trials \(trials)", "--seed \(seed)"]
        if let points { words.append("--points \(points)") }
        if let patience { words.append("--patience \(patience)") }
        words.append("--primes \(primeCount)")
        if activation.hasKink { words.append("--weights \(weights.rawValue)") }
        return (words + ["--output again"]).joined(separator: " ")
    }
}
