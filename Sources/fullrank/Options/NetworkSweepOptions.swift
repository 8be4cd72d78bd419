import FullrankModel
import FullrankNetworks

/// What makes a sweep one over networks: `sweep --trained, --outputs, --activation, --output-bias`.
enum NetworkSweepOptions {
    static let specs: [OptionSpec] = [
        OptionSpec(
            "--trained", "WHICH", "parameters that count: hidden (all but the last layer's) or all", default: "hidden",
            choices: NetworkSweepPlan.Trained.allCases.map(\.rawValue)),
        OptionSpec("--outputs", "C", "outputs of the network, each a row for every point", default: "1"),
        OptionSpec(
            "--activation", "WHICH", "of hidden units: relu, leaky:SLOPE, identity or power:R", default: "relu",
            choices: ["relu", "leaky:0.01", "identity", "power:2"]),
        OptionSpec("--output-bias", nil, "the last layer has biases, which count with --trained all"),
    ]

    static let flags = ["--trained", "--outputs", "--activation", "--output-bias"]

    /// Options of sweeps that ranks of networks do not go with, and why.
    static let refused: [(option: String, why: String)] = [
        ("--census", "its obstructions are those of one hidden layer and one output"),
        ("--half-width", "give --trials, and more of them with --extend"),
        ("--max-trials", "give --trials"),
        ("--per-trial", "trials.jsonl has each trial's ranks"),
        ("--devices", "these ranks are computed on the CPU"),
    ]
}

extension ParsedArguments {
    /// nil: what is asked is the plain sweep's.
    ///
    /// - Parameter grid: of the other options.
    func networkSweep(
        grid: SweepPlan, data: DataSet?, notes: [String], output: String, shard: Shard?
    ) throws(CommandFailure) -> NetworkSweepJob? {
        guard let plan = try networkPlan(grid: grid, data: data) else { return nil }
        let flag = networkFlag
        if let (option, why) = NetworkSweepOptions.refused.first(where: { has($0.option) }) {
            throw .usage("\(option) does not go with \(flag): \(why)")
        }
        guard grid.method == .exact else {
            throw .usage(
                "--method svd does not go with \(flag); 'fullrank network --method svd' ranks networks from files")
        }
        if grid.hidden != nil, has("--ratio") { throw .usage("--ratio does not go with --hidden; give --d0") }
        try grid.checkSize()
        try plan.checkMemory()
        return NetworkSweepJob(
            plan: plan, data: data, notes: notes, output: output, shard: shard, isExtending: try isExtending(),
            isReplacing: has("--replace"), isLive: !has("--no-live"), figures: try FigureOptions(self))
    }
}

extension ParsedArguments {
    /// Of those that make networks of it, the one that is named in messages.
    var networkFlag: String { NetworkSweepOptions.flags.first { has($0) } ?? "--trained" }

    /// The plan over networks; nil: what is asked is the plain sweep's.
    func networkPlan(grid: SweepPlan, data: DataSet?) throws(CommandFailure) -> NetworkSweepPlan? {
        let trained: NetworkSweepPlan.Trained = try choice("--trained") ?? .hidden
        let outputs = try positive("--outputs") ?? 1
        let activation = try activation() ?? .relu
        guard trained != .hidden || outputs != 1 || activation != .relu || has("--output-bias") else { return nil }
        guard values["--backend"] != "cuda" else {
            throw .usage("--backend cuda does not go with \(networkFlag): these ranks are computed on the CPU")
        }
        guard grid.patterns == .initialization else {
            throw .usage(
                "--patterns \(grid.patterns.rawValue) does not go with \(networkFlag), which needs drawn weights")
        }
        return NetworkSweepPlan(
            grid: grid, activation: activation, trained: trained, outputs: outputs, outputBias: has("--output-bias"),
            data: data)
    }
}

extension NetworkSweepPlan {
    /// Refuses networks that can't be counted or do not fit this machine's memory, before anything is made.
    func checkMemory() throws(CommandFailure) {
        guard hasCountableParameters else {
            throw .usage("--d1, --outputs: a network has more than 2^31 parameters: lower one of them")
        }
        for problem in problems {
            let bytes = trialBytes(problem)
            guard AvailableMemory.holds(bytes) else {
                throw .memory(
                    "a trial of d0 = \(problem.inputDimension), n = \(problem.largestPoints), d1 = \(problem.largestUnits) takes "
                        + "\(AvailableMemory.shortage(bytes)): lower --n, --d1 or --outputs")
            }
        }
    }
}
