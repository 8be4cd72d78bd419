import FullrankBackends
import FullrankFiles
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
        let point = try failing(path) { bytes throws(LandscapeFault) in
            try LandscapePoint(parsing: bytes, isFrozen: arguments.has("--frozen-z"))
        }
        return .check(path: path, point, tolerance: tolerance)
    }
}

extension ParsedArguments {
    /// The one operand after the task.
    fileprivate func onlyFile(_ name: String) throws(CommandFailure) -> String {
        guard operands.count == 2 else {
            throw .usage("unexpected argument \(operands[2].quoted); one \(name) is taken")
        }
        return operands[1]
    }
}

/// Reads a whole file and what it describes.
private func failing<Value>(
    _ path: String, _ parse: ([UInt8]) throws(LandscapeFault) -> Value
) throws(CommandFailure) -> Value {
    let bytes: [UInt8]
    do throws(FileError) { bytes = try WholeFile.read(path, limit: LandscapeProblem.mostBytes) } catch {
        throw CommandFailure(error)
    }
    do throws(LandscapeFault) { return try parse(bytes) } catch {
        throw CommandFailure(.badData, "\(path.printable()): \(error.words)")
    }
}

extension LandscapeProblem {
    static let flags = ["--inputs", "--labels", "--units", "--no-bias", "--frozen"]

    /// From PROBLEM.json, the operand after the task, or from two files of numbers.
    init(_ arguments: ParsedArguments) throws(CommandFailure) {
        guard arguments.operands.count == 1 else {
            let path = try arguments.onlyFile("PROBLEM.json")
            if let flag = Self.flags.first(where: { arguments.has($0) }) {
                throw .usage("\(flag) does not go with PROBLEM.json, which holds points, labels and units")
            }
            self = try failing(path) { bytes throws(LandscapeFault) in try LandscapeProblem(parsing: bytes) }
            return
        }
        guard let units = try arguments.positive("--units", maximum: 64) else { throw .missing("--units", arguments) }
        let inputs = try Self.data(arguments, "--inputs"), labels = try Self.data(arguments, "--labels")
        guard labels.inputDimension == 1 || labels.points == 1 else {
            throw CommandFailure(
                .badData,
                "--labels: the file has \(labels.points) rows of \(labels.inputDimension) numbers; "
                    + "one label for each point is taken"
            )
        }
        guard labels.values.count == inputs.points else {
            throw CommandFailure(
                .badData, "--labels: \(labels.values.count) labels for the \(inputs.points) points of --inputs")
        }
        let bias: [Fraction] = arguments.has("--no-bias") ? [] : [.one]
        let d0 = inputs.inputDimension
        self.init(
            points: (0..<inputs.points).map { point in
                inputs.values[(point * d0)..<((point + 1) * d0)].map { Fraction(exactly: $0) } + bias
            },
            labels: labels.values.map { Fraction(exactly: $0) }, units: units,
            frozen: try Self.frozen(arguments, units: units))
    }

    private static func data(_ arguments: ParsedArguments, _ option: String) throws(CommandFailure) -> DataSet {
        guard arguments.has(option) else { throw .missing(option, arguments) }
        let path = try arguments.requiredPath(option)
        do throws(FileError) { return try DataSet.load(path: path, note: tellOfFile(path)) } catch {
            throw CommandFailure(error, option: option)
        }
    }

    fileprivate static func frozen(_ arguments: ParsedArguments, units: Int) throws(CommandFailure) -> [Fraction]? {
        guard let text = arguments.values["--frozen"] else { return nil }
        let words = text.split(separator: ",", omittingEmptySubsequences: false)
        var values = [Fraction]()
        for word in words {
            guard let value = Fraction(text: String(word)), !value.isZero else {
                throw .usage(
                    "--frozen: \(String(word).quoted) is not a decimal number other than 0, of at most 2000 digits")
            }
            values.append(value)
        }
        guard values.count == units else {
            throw .usage("--frozen: \(values.count) output weights for the \(units) units of --units")
        }
        return values
    }
}

extension DescentJob {
    fileprivate init(_ arguments: ParsedArguments) throws(CommandFailure) {
        seed = try arguments.natural("--seed") ?? 0
        starts = try arguments.positive("--starts", maximum: 10_000_000) ?? 100
        problems = try arguments.positive("--problems", maximum: 1_000_000) ?? 1
        threads = try arguments.positive("--threads", maximum: 4096) ?? Processors.available
        let drawn = ["--d0", "--n"].filter { arguments.has($0) }
        guard let flag = drawn.first else {
            if arguments.has("--problems") { throw .usage("--problems goes with drawn data only: --d0 and --n") }
            source = .given(try LandscapeProblem(arguments))
            return
        }
        for other in ["--inputs", "--labels"] where arguments.has(other) {
            throw .usage("\(other) does not go with \(flag), which draws data")
        }
        guard arguments.operands.count == 1 else {
            throw .usage("\(flag) does not go with PROBLEM.json, which holds the data")
        }
        guard let d0 = try arguments.positive("--d0", maximum: 64) else { throw .missing("--d0", arguments) }
        guard let points = try arguments.positive("--n", maximum: 10_000) else { throw .missing("--n", arguments) }
        guard let units = try arguments.positive("--units", maximum: 64) else { throw .missing("--units", arguments) }
        source = .drawn(
            points: points, inputDimension: d0, bias: !arguments.has("--no-bias"), units: units,
            frozen: try LandscapeProblem.frozen(arguments, units: units))
    }
}
