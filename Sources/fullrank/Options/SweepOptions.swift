import FullrankModel

/// `fullrank sweep`.
struct SweepOptions: Sendable {
    var job: SweepJob
    var backend: BackendFlags
    /// nil: run.
    var dryRun: DryRunFormat?
    /// The cells go to standard output.
    var json: Bool
    /// Set if the trials are networks whose ranks the plain sweep has not; `job` is not used then.
    var networks: NetworkSweepJob?

    static let spec = CommandSpec(
        name: "sweep", summary: "estimate, on a grid of shapes, how often the Jacobian has full rank",
        usage: "(--d0 LIST | --ratio LIST) --n LIST --d1 LIST [options] --output DIR",
        details: """
            Draws random networks, computes the rank of each Jacobian (n rows, d1 k columns, k = d0 + 1 with biases
            and d0 without) and counts how often the rank is n, for every listed n, d1 and d0. The result is the
            phase diagram of full rank. Writes plan.json, trials.jsonl, cells.csv, widths.csv and diagrams. Lists are
            written as 1,2,5 or 10..100:10 or both mixed. With --hidden or --depth the networks are deep, and the
            Jacobian is by the weights of all hidden layers; each d1, the width of the last layer, is then computed
            separately. With --trained, --outputs or --activation it counts how often the rank reaches the bound that
            no weights exceed, min(n C, P - hidden units) for ReLU networks with --trained all, and ranks.csv has the
            distribution of ranks.
            """,
        options: [
            .inputDimensions, .ratio, OptionSpec("--n", "LIST", "numbers of data points"),
            OptionSpec("--d1", "LIST", "widths: numbers of hidden units, in deep networks of the last hidden layer"),
            .hidden, .depth,
        ] + NetworkSweepOptions.specs + GridOptions.specs + [
            .halfWidth, .maxTrials, .method, .precision, .census, .perTrial, .backend, .devices, .threads, .shard,
            .extend, .replace, .dryRun,
            .cellsJSON, .noLive, .output,
        ] + FigureOptions.specs,
        example: "fullrank sweep --d0 1,2 --n 10..100:10 --d1 30..300:30 --output sweep")

    init(_ arguments: ParsedArguments) throws(CommandFailure) {
        let output = try arguments.outputFolder()
        dryRun = arguments.dryRun
        json = arguments.has("--json")
        backend = try BackendFlags(arguments)
        let shard = try arguments.shard()
        let method = try arguments.rankMethod()
        guard let points = try arguments.integers("--n") else { throw .missing("--n", arguments) }
        let (hidden, units) = try arguments.hiddenLayers()
        let grid = try GridOptions(arguments, points: points)
        let target = try arguments.intervalTarget(trials: grid.trials)
        var plan = grid.plan(points: points, units: units, target: target, method: method)
        plan.hidden = hidden
        networks = try arguments.networkSweep(
            grid: plan, data: grid.inputs.data, notes: grid.notes, output: output, shard: shard)
        if networks != nil {
            backend.chooseNetworks()
        }
        if hidden != nil { try arguments.checkDeep(grid.patterns) }
        try plan.checkSize()
        try plan.checkDeepMemory()
        job = SweepJob(
            title: "sweep", plan: plan, data: grid.inputs.data, notes: grid.notes, output: output,
            isExtending: try arguments.isExtending(), isReplacing: arguments.has("--replace"), shard: shard,
            isTakingCensus: try arguments.census(method), isPerTrial: arguments.has("--per-trial"),
            threads: backend.threads ?? 0, isLive: !arguments.has("--no-live"),
            figures: try FigureOptions(arguments))
    }
}
