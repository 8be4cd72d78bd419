import FullrankBackends
import FullrankLandscape
import FullrankModel
import FullrankSweep

/// A sweep over combinations of cells and its folder: `fullrank landscape sample`.
typealias LandscapeSampleJob = RunJob<LandscapePlan>

/// What `landscape sample` takes besides the options of all tasks of `landscape`.
struct LandscapeSampleOptions: Sendable {
    let job: LandscapeSampleJob
    /// nil: run.
    let dryRun: DryRunFormat?
    /// Of a dry run.
    let backend: BackendFlags

    static let specs: [OptionSpec] = [
        OptionSpec("--d1", "LIST", "for sample: widths, numbers of hidden units"),
        OptionSpec("--trials", "T", "for sample: data sets for each d0", default: "100"),
        OptionSpec("--draws", "C", "for sample: combinations of cells drawn for each data set, n and d1", default: "1"),
        OptionSpec(
            "--cells", "WHICH",
            "for sample: init (the cells of drawn weights) or regions (every non-empty cell of a\nunit equally likely)",
            default: "init"),
        OptionSpec(
            "--init", "WHICH", "for sample: weights and biases: he-uniform (on +-sqrt(6/d0)), uniform\nor normal",
            default: "he-uniform"),
        OptionSpec("--saddles", nil, "for sample: also look for saddles, for up to 4 units"),
        .shard, .extendTrials, .replace, .dryRun,
    ]

    /// Of the command line; options of other tasks are refused before.
    init(_ arguments: ParsedArguments, _ figures: FigureOptions) throws(CommandFailure) {
        job = try LandscapeSampleJob(arguments, figures)
        dryRun = arguments.dryRun
        var backend = try BackendFlags(arguments)
        backend.choice = .cpu
        self.backend = backend
    }
}

extension LandscapeSampleJob {
    init(_ arguments: ParsedArguments, _ figures: FigureOptions) throws(CommandFailure) {
        guard arguments.operands.count == 1 else {
            throw .usage(
                "unexpected argument \(arguments.operands[1].quoted); 'sample' draws its data and takes no file")
        }
        let output = try arguments.outputFolder()
        guard let dimensions = try arguments.integers("--d0") else { throw .missing("--d0", arguments) }
        guard let points = try arguments.integers("--n") else { throw .missing("--n", arguments) }
        guard let units = try arguments.integers("--d1") else { throw .missing("--d1", arguments) }
        let cells = dimensions.count * points.count * units.count
        guard cells <= SweepPlan.mostCells else {
            throw .usage("the lists make \(cells) cells; at most \(SweepPlan.mostCells) are taken: shorten one of them")
        }
        let bias = !arguments.has("--no-bias"), draws = try arguments.positive("--draws", maximum: 10_000_000) ?? 1
        for dimension in dimensions {
            guard LandscapePlan.takes(points: points.last ?? 0, columns: dimension + (bias ? 1 : 0)) else {
                throw .usage(
                    "--n: \(points.last ?? 0) points of d0 = \(dimension) cut the weights into too many cells; "
                        + "at most \(LandscapePlan.mostPoints(columns: dimension + (bias ? 1 : 0))) points are taken")
            }
        }
        guard (units.last ?? 0) <= LandscapePlan.mostUnits, (units.last ?? 0) * draws <= LandscapePlan.mostDrawnUnits
        else {
            throw .usage(
                "--d1: \(units.last ?? 0) units, \(draws) times, are too many; at most \(LandscapePlan.mostUnits) units, "
                    + "and \(LandscapePlan.mostDrawnUnits) with --draws, are taken")
        }
        let frozen: FrozenOutputs? = try arguments.choice("--frozen")
        guard frozen == nil || !arguments.has("--saddles") else {
            throw .usage(
                "--saddles goes with trained output weights; with --frozen every critical point in a cell is a minimum")
        }
        let plan = LandscapePlan(
            inputDimensions: dimensions, points: points, units: units,
            trials: try arguments.positive("--trials") ?? 100, draws: draws, seed: try arguments.natural("--seed") ?? 0,
            initialization: try arguments.choice("--init") ?? .heUniform, bias: bias,
            labels: try arguments.choice("--labels") ?? .random,
            cells: try arguments.choice("--cells") ?? .initialization, frozen: frozen,
            saddles: arguments.has("--saddles"))
        guard plan.cells == .initialization || !arguments.has("--init") else {
            throw .usage("--init does not go with --cells regions, which draws no weights")
        }
        self.init(
            plan: plan, output: output, shard: try arguments.shard(), isExtending: try arguments.isExtending(),
            isReplacing: arguments.has("--replace"), threads: try arguments.positive("--threads", maximum: 4096),
            figures: figures)
    }
}
