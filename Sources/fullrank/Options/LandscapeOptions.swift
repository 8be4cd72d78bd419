import FullrankLandscape
import FullrankModel
import FullrankNumbers

/// `fullrank landscape`.
struct LandscapeOptions: Sendable {
    enum Task: Sendable {
        case census(LandscapeProblem)
        /// A file with a point; nil tolerance: as it is.
        case check(path: String, LandscapePoint, tolerance: Fraction?)
        case descend(DescentJob)
        case sample(LandscapeSampleOptions)
    }

    var task: Task
    var json: Bool
    /// nil: print only.
    var output: String?
    /// Most combinations of faces and signs that are taken.
    var work: Int
    var figures: FigureOptions
    /// Whether the points' last coordinate is the bias's 1, for the figure's words.
    var hasBias: Bool

    static let tasks = ["census", "check", "descend", "sample"]

    static let spec = CommandSpec(
        name: "landscape", summary: "every local minimum and saddle of a small one-hidden-layer network",
        usage:
            "census (--inputs FILE --labels FILE --units K | PROBLEM.json) | check POINT.json |\n    descend (as census | --d0 D --n N --units K) |\n    sample --d0 LIST --n LIST --d1 LIST --output DIR [options]",
        details: """
            Finds local minima of the loss (1/n) sum (sum z_i relu(w_i x_n) - y_n)^2 over w and z, in exact
            arithmetic.
            'census' goes through all combinations of cells and boundary faces. It finds differentiable minima (unique,
            continuous or bad), saddles, minima on boundaries, the global minimum, and the components of the set of
            minima. It prints the number of combinations and refuses more than --work. PROBLEM.json has "X" (rows of D
            numbers, including the bias's 1), "y" and "K"; decimals and strings such as "1/3" are read exactly. With
            --output it writes census.json, minima.csv (one point of every piece of minima) and, for D = 2,
            landscape.svg.
            'check' decides whether a point, given by "w" (K rows of D) and "z" in addition to "X" and "y", is a local
            minimum. If not, it prints the unit, a direction of descent and its slope. With --output it writes
            certificate.json, which Scripts/check/landscape_certificate.py checks in plain Python.
            'descend' descends from random starts, from cell to cell, to local minima, and proves each. It prints how
            often units end on boundaries, and at what loss. Without data it draws normal points and labels for
            --problems problems. With --output it writes ends.csv and ends.svg.
            'sample' draws normal points, labels and combinations of cells, one cell for each unit. It decides whether the
            Jacobian has full rank, and whether the combination holds a differentiable minimum: unique or continuous,
            bad or not, and with --saddles, saddles. Every verdict is proved; others are counted as undecided. It is a
            sweep: the same command continues it, status and merge take its folder. Writes plan.json, trials.jsonl,
            cells.csv and diagrams.
            """,
        operand: OptionSpec(
            "TASK", nil, "census, check or descend, then its file; or sample", choices: LandscapeOptions.tasks),
        takesSeveral: true,
        options: [
            OptionSpec("--inputs", "FILE", "data points, .npy or .csv, one row for each point"),
            OptionSpec(
                "--labels", "FILE",
                "labels, .npy or .csv, one for each point; for sample: random (normal;\n"
                    + "the default), polynomial (degree 2) or teacher (a network as wide as the cell)"),
            OptionSpec("--units", "K", "hidden units"),
            .noBias,
            OptionSpec(
                "--frozen", "LIST",
                "output weights that are not trained, K decimals such as 1,-1, none 0;\n"
                    + "for sample: alternating (1, -1, 1, ...) or all (1 for all units)"),
            OptionSpec("--frozen-z", nil, "for check: the point's z is given, and only w is trained"),
            OptionSpec(
                "--round", "TOL",
                "for check: move a point trained in floats onto the hyperplanes with\n|w x| <= TOL |w| |x|, "
                    + "and there to the nearest exact least-squares solution"),
            OptionSpec(
                "--work", "N", "largest number of combinations of faces and signs",
                default: "\(LandscapeCensus.Limits.standard.combinations)"),
            OptionSpec("--d0", "D", "for descend and, as LIST, sample: input dimension of drawn points"),
            OptionSpec("--n", "N", "for descend and, as LIST, sample: number of drawn points"),
            OptionSpec("--problems", "T", "for descend: problems drawn", default: "1"),
            OptionSpec("--starts", "S", "for descend: starts on each problem", default: "100"),
        ] + LandscapeSampleOptions.specs + [
            .seed, .threads,
            OptionSpec("--json", nil, "print JSON; sample writes cells.csv instead, but has it for --dry-run"),
            OptionSpec("--output", "DIR", "folder for the results; created if it is missing"),
        ] + FigureOptions.specs,
        example: "fullrank landscape census --inputs x.csv --labels y.csv --units 2")

    init(_ arguments: ParsedArguments) throws(CommandFailure) {
        let word = arguments.operand ?? ""
        guard Self.tasks.contains(word) else { throw arguments.notOneOf(Self.tasks, word, "TASK") }
        json = arguments.has("--json")
        output = arguments.has("--output") ? try arguments.requiredPath("--output") : nil
        work =
            try arguments.positive("--work", maximum: LandscapeCensus.Limits.most)
            ?? LandscapeCensus.Limits.standard.combinations
        figures = try FigureOptions(arguments)
        if output == nil, let flag = FigureOptions.specs.map(\.name).first(where: { arguments.has($0) }) {
            throw .usage("\(flag) goes with --output only")
        }
        hasBias = arguments.operands.count == 1 && !arguments.has("--no-bias")
        try Self.refuseOthers(word, arguments)
        switch word {
        case "census": task = .census(try LandscapeProblem(arguments))
        case "check": task = try Self.check(arguments)
        case "sample": task = .sample(try LandscapeSampleOptions(arguments, figures))
        default: task = .descend(try DescentJob(arguments))
        }
    }

    private static func refuseOthers(_ word: String, _ arguments: ParsedArguments) throws(CommandFailure) {
        let ofCheck = ["--frozen-z", "--round"], figures = FigureOptions.specs.map(\.name)
        let ofDescend = ["--d0", "--n", "--problems", "--starts", "--seed", "--threads"]
        let ofSample = LandscapeSampleOptions.specs.map(\.name)
        let others =
            switch word {
            case "census": ofCheck + ofDescend + ofSample
            case "check": LandscapeProblem.flags + ["--work"] + ofDescend + ofSample + figures
            case "sample":
                ofCheck + ["--work", "--inputs", "--units", "--problems", "--starts"]
                    + (arguments.has("--dry-run") ? [] : ["--json"])
            default: ofCheck + ofSample + ["--work"]
            }
        if let flag = others.first(where: { arguments.has($0) }) { throw .usage("\(flag) does not go with '\(word)'") }
    }

    private static func check(_ arguments: ParsedArguments) throws(CommandFailure) -> Task {
        guard arguments.operands.count > 1 else {
            throw .usage("POINT.json is missing; see 'fullrank landscape --help'")
        }
        let path = try arguments.onlyFile("POINT.json")
        var tolerance: Fraction?
        if let text = arguments.values["--round"] {
            guard let value = Fraction(text: text), value.signum >= 0, value < .one else {
                throw .usage(
                    "--round: \(text.quoted) is not a decimal number from 0 to below 1, of at most 2000 digits")
            }
            tolerance = value
        }
        let point = try readLandscape(path) { bytes throws(LandscapeFault) in
            try LandscapePoint(parsing: bytes, isFrozen: arguments.has("--frozen-z"))
        }
        return .check(path: path, point, tolerance: tolerance)
    }
}
