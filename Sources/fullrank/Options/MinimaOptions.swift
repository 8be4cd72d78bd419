import FullrankMinima
import FullrankModel

extension OptionSpec {
    static let labels = OptionSpec(
        "--labels", "WHICH",
        "polynomial (degree 2, coefficients uniform on [-1,1)), teacher (a network as wide\n"
            + "as the cell) or random (uniform on [-1,1))", default: "polynomial",
        choices: LabelSource.allCases.map(\.rawValue))
    static let outputWeights = OptionSpec(
        "--output-weights", "WHICH", "signs of the frozen output weights: alternating or random",
        default: "alternating",
        choices: OutputWeights.allCases.map(\.rawValue))
    static let regions = OptionSpec(
        "--patterns", "WHICH",
        "init (the region of drawn weights) or regions (every non-empty region of a unit\nequally likely)",
        default: "init", choices: RegionSource.allCases.map(\.rawValue))
    static let fixedData = OptionSpec("--fixed-data", nil, "inputs and labels of trial 0 in every trial")
    static let minimaInputs = OptionSpec(
        "--inputs", "WHICH",
        "data points: cube (on [-1,1)), uniform (on [0,1)), normal, or a file FILE.npy,\n"
            + "FILE.csv or FILE.idx, each also with .gz, with one row per point",
        default: "cube", choices: InputDistribution.allCases.map(\.rawValue))
    static let minimaInitialization = OptionSpec(
        "--init", "WHICH", "weights and biases: he-uniform (on +-sqrt(6/d0)), uniform or\nnormal",
        default: "he-uniform",
        choices: Initialization.allCases.map(\.rawValue))
}

/// What a region is asked about, of `minima` and of `export --experiment minima`.
struct MinimaFlags: Sendable {
    var labels: LabelSource
    var outputs: OutputWeights
    var regions: RegionSource
    var fixedData: Bool
    var inputs: InputSource
    var initialization: Initialization

    static let specs: [OptionSpec] = [.labels, .outputWeights, .regions, .fixedData]

    init(_ arguments: ParsedArguments) throws(CommandFailure) {
        labels = try arguments.choice("--labels") ?? .polynomial
        outputs = try arguments.choice("--output-weights") ?? .alternating
        if let name = arguments.values["--patterns"] {
            if let now = RegionSource.formerlyCalled(name) {
                throw .usage("--patterns: \(name.quoted) is called '\(now.rawValue)' now, as in fullrank sweep")
            }
            if name == PatternEnsemble.bernoulli.rawValue {
                throw .usage(
                    "--patterns: bernoulli bits are mostly no unit's pattern, their regions empty; give init or regions"
                )
            }
        }
        regions = try arguments.choice("--patterns") ?? .initialization
        fixedData = arguments.has("--fixed-data")
        initialization = try arguments.choice("--init") ?? .heUniform
        let drawn = arguments.has("--inputs") ? nil : ["--standardise", "--subsample"].first { arguments.has($0) }
        if let drawn { throw .usage("\(drawn) goes with --inputs FILE only") }
        inputs = arguments.has("--inputs") ? try arguments.inputSource() : .drawn(.cube)
    }
}

/// `fullrank minima`.
struct MinimaOptions: Sendable {
    var job: MinimaJob
    var backend: BackendFlags
    /// nil: run.
    var dryRun: DryRunFormat?
    /// The cells go to standard output.
    var json: Bool

    static let spec = CommandSpec(
        name: "minima", summary: "estimate how often an activation region contains a zero-loss minimum",
        usage: "--d0 LIST --n LIST --d1 LIST [options] --output DIR",
        details: """
            Draws random networks, data and labels. For every listed n, d1 and d0 it decides exactly whether the
            region of parameters with the network's activation pattern contains a minimum of loss 0. If neither can
            be proved, the trial is counted as undecided. Writes plan.json, trials.jsonl, cells.csv, widths.csv and
            diagrams.
            """,
        options: [
            OptionSpec("--d0", "LIST", "input dimensions; with --inputs FILE optional: its number of columns"),
            OptionSpec("--n", "LIST", "numbers of data points"),
            OptionSpec("--d1", "LIST", "widths: numbers of hidden units"), .trials, .seed,
            .halfWidth, .maxTrials,
        ] + MinimaFlags.specs + [
            .minimaInputs, .standardise, .subsample, .minimaInitialization, .noBias, .backend, .threads, .devices,
            .shard,
            .extend, .replace, .dryRun, .cellsJSON, .noLive, .output,
        ] + FigureOptions.specs,
        example: "fullrank minima --d0 1 --n 10..100:10 --d1 100..1000:100 --trials 140 --output minima")

    init(_ arguments: ParsedArguments) throws(CommandFailure) {
        let output = try arguments.outputFolder()
        dryRun = arguments.dryRun
        json = arguments.has("--json")
        backend = try BackendFlags(arguments)
        let shard = try arguments.shard()
        let trials = try arguments.positive("--trials") ?? 100
        let seed = try arguments.natural("--seed") ?? 0
        guard let points = try arguments.integers("--n") else { throw .missing("--n", arguments) }
        guard let units = try arguments.integers("--d1") else { throw .missing("--d1", arguments) }
        let flags = try MinimaFlags(arguments)
        let bias = !arguments.has("--no-bias")
        guard let dimensions = try arguments.integers("--d0") ?? flags.inputs.data.map({ [$0.inputDimension] }) else {
            throw .missing("--d0", arguments)
        }
        for dimension in dimensions { try flags.inputs.check(points: points.last ?? 0, inputDimension: dimension) }
        let preparation = try arguments.preparation(of: flags.inputs, points: points.last ?? 0)
        let plan = MinimaPlan(
            inputDimensions: dimensions, points: points, units: units, trials: trials,
            target: try arguments.intervalTarget(trials: trials), seed: seed, inputs: flags.inputs.planned,
            initialization: flags.initialization, bias: bias, labels: flags.labels,
            outputs: flags.outputs, regions: flags.regions, fixedData: flags.fixedData, preparation: preparation)
        guard dimensions.count * points.count * units.count <= SweepPlan.mostCells else {
            throw .usage(
                "the lists make \(dimensions.count * points.count * units.count) cells; at most "
                    + "\(SweepPlan.mostCells) are taken: shorten one of them")
        }
        job = MinimaJob(
            plan: plan, data: flags.inputs.data, notes: flags.inputs.notes(preparation, points: points.last ?? 0),
            output: output, shard: shard, isExtending: try arguments.isExtending(),
            isReplacing: arguments.has("--replace"), threads: backend.threads, isLive: !arguments.has("--no-live"),
            figures: try FigureOptions(arguments))
    }
}
