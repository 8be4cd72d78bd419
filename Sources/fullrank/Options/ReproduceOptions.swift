import FullrankModel

/// `fullrank reproduce`.
struct ReproduceOptions: Sendable {
    /// One figure: written to `--output` itself, or to a folder in it if there are several.
    var jobs: [SweepJob]
    var backend: BackendFlags
    /// Into `--output`, the second experiment; `jobs` is empty then.
    var minima: PublishedMinimaRun?
    /// A published table of dimensions, or the histograms of functional dimensions; `jobs` is empty then.
    var table: PublishedTableRun?
    var symmetries: HiddenSymmetriesRun?
    /// nil: run.
    var dryRun: DryRunFormat?
    /// The cells go to standard output.
    var json: Bool

    static let spec = CommandSpec(
        name: "reproduce", summary: "run published experiments (arXiv 2305.19510, 2605.09609, 2306.06179)",
        usage: "FIGURE [options] --output DIR",
        details: """
            Runs the grids of Karhadkar, Murray, Tseran and Montúfar, Mildly Overparameterized ReLU Networks Have a
            Favorable Loss Landscape. fixed-input: d0 = 1,2,3,5, n = 10..100:10, d1 = 30..300:30;
            proportional-input: d0 = ceil(R n) with R = 0.25,0.5,1,2, n = 10..190:20, d1 = 1..15. Writes the same
            files as sweep; 'all' makes a folder in DIR for each figure. global-minima is the second experiment:
            d0 = 1,2,5, n = 10..100:10, d1 = 100..1000:100, with polynomial, teacher and random labels. It makes a
            folder for each, as minima does, with 140 trials for d0 = 1 and 100 otherwise. mfa computes every row of a
            table of dimensions of polynomial networks (arXiv 2605.09609: 2_1.csv, 3_1.csv) that --table names, and
            compares row by row; exit code 65 if one differs; --output may be left out. hidden-symmetries is figure 6 of
            arXiv 2306.06179: exact functional dimensions of 200 ReLU networks of each of nine architectures, with normal
            and with uniform weights, a folder for each.
            """,
        operand: OptionSpec(
            "FIGURE", nil, "fixed-input, proportional-input, all, global-minima, mfa or hidden-symmetries",
            choices: figures),
        options: [
            .trials, .seed, .halfWidth, .maxTrials, .method, .precision, .primes, .census, .perTrial, .backend,
            .devices,
            .threads, .shard, .extend, .replace, .dryRun, .figuresJSON, .noLive, .output,
            OptionSpec(
                "--table", "FILE", "for mfa: a CSV file with columns architecture, exponent, dimension_computed, ..."),
            OptionSpec(
                "--weights", "WHICH", "for hidden-symmetries: uniform, he-uniform or normal",
                default: "normal and uniform",
                choices: Initialization.allCases.map(\.rawValue)),
        ] + FigureOptions.specs,
        example: "fullrank reproduce all --trials 100 --output figures")

    private static let figures =
        PublishedFigure.allCases.map(\.rawValue) + ["all", "global-minima", "mfa", "hidden-symmetries"]

    init(_ arguments: ParsedArguments) throws(CommandFailure) {
        let word = arguments.operand ?? ""
        json = arguments.has("--json")
        if word == "mfa" || word == "hidden-symmetries" {
            jobs = []
            backend = try BackendFlags(arguments)
            // Another backend has no networks of this kind.
            if backend.choice == .auto { backend.choice = .cpu }
            if word == "mfa" {
                table = try PublishedTableRun(arguments)
            } else {
                symmetries = try HiddenSymmetriesRun(arguments)
            }
            return
        }
        try arguments.refuse(["--table", "--weights"], with: word.isEmpty ? "this figure" : word)
        if word == "global-minima" {
            for flag in [
                "--half-width", "--max-trials", "--method", "--precision", "--primes", "--census",
                "--per-trial", "--extend",
            ] where arguments.has(flag) {
                throw .usage("\(flag) does not go with global-minima")
            }
            jobs = []
            dryRun = arguments.dryRun
            backend = try BackendFlags(arguments)
            minima = PublishedMinimaRun(
                shard: try arguments.shard(),
                output: try arguments.outputFolder(), trials: try arguments.positive("--trials"),
                seed: try arguments.natural("--seed") ?? 0, isReplacing: arguments.has("--replace"),
                isLive: !arguments.has("--no-live"), figures: try FigureOptions(arguments))
            return
        }
        let output = try arguments.outputFolder()
        dryRun = arguments.dryRun
        backend = try BackendFlags(arguments)
        let method = try arguments.rankMethod()
        let trials = try arguments.positive("--trials") ?? 100
        let seed = try arguments.natural("--seed") ?? 0
        let target = try arguments.intervalTarget(trials: trials)
        let isExtending = try arguments.isExtending()
        let shard = try arguments.shard()
        let isTakingCensus = try arguments.census(method)
        let threads = backend.threads ?? 0
        let isPerTrial = arguments.has("--per-trial")
        let primes = try arguments.primes(), figures = try FigureOptions(arguments)
        func job(_ figure: PublishedFigure, _ folder: String) -> SweepJob {
            var plan = figure.plan(trials: trials, target: target, seed: seed, method: method)
            plan.primeCount = primes
            return SweepJob(
                title: figure.rawValue, plan: plan, data: nil,
                output: folder, isExtending: isExtending, isReplacing: arguments.has("--replace"), shard: shard,
                isTakingCensus: isTakingCensus, isPerTrial: isPerTrial, threads: threads,
                isLive: !arguments.has("--no-live"), figures: figures)
        }
        if word == "all" {
            jobs = PublishedFigure.allCases.map { job($0, output.isEmpty ? "" : output + "/" + $0.rawValue) }
        } else if let figure = PublishedFigure(rawValue: word) {
            jobs = [job(figure, output)]
        } else {
            throw arguments.notOneOf(Self.figures, word, "FIGURE")
        }
    }
}

/// The second experiment as asked for.
struct PublishedMinimaRun: Sendable {
    /// Of each grid's trials; nil: all.
    var shard: Shard?
    var output: String
    /// nil: as published.
    var trials: Int?
    var seed: UInt64
    var isReplacing: Bool
    /// As in `SweepJob`.
    var isLive: Bool
    var figures: FigureOptions
}
