import FullrankModel
import FullrankNetworks

/// `fullrank export`.
struct ExportOptions: Sendable {
    var problem: TrialProblem
    var trial: UInt64
    var backend: BackendFlags
    var output: String
    var isReplacing: Bool
    /// nil: a trial of a rank sweep.
    var query: MinimaQuery?
    /// Of the query's verdict, as certificate.json.
    var isCertified = false
    /// The plan of the one trial, if it is one of a sweep over networks; `problem` is not used then.
    var networks: NetworkSweepPlan?
    /// The file's points of such a trial.
    var data: DataSet?

    private enum Experiment: String, CaseIterable {
        case rank
        case minima
    }

    static let spec = CommandSpec(
        name: "export", summary: "write one trial's numbers as .npy files",
        usage: "--d0 D --n N --d1 W [options] --output DIR",
        details: """
            Writes one trial, as a sweep with the same seed draws it: inputs.npy (n, d0), weights.npy (d1, d0),
            biases.npy (d1; not with --no-bias), pattern.npy (d1, n) of 0 and 1, jacobian.npy (n, d1 k) with
            k = d0 + 1 (d0 with --no-bias). With drawn --patterns there are no weights and biases. With
            --experiment minima it writes a trial of minima and two more files, labels.npy (n) and
            output_weights.npy (d1); --labels, --output-weights, --patterns, --fixed-data are as in minima. With
            --hidden it writes layer-L-weights.npy, layer-L-biases.npy and layer-L-pattern.npy for each hidden layer
            L from 1, output_weights.npy, and the Jacobian by the parameters of all layers, beginning with the last.
            With --trained, --outputs, --activation or --output-bias it writes a trial of such a sweep: inputs.npy,
            the folder network with W1.npy, b1.npy, W2.npy, ..., which 'fullrank network' reads, jacobian.npy
            (n outputs, P) rounded to float64, and trial.json with the exact rank and its bound. Scripts/check/trial
            computes all of it again in plain Python.
            """,
        options: [
            OptionSpec("--d0", "D", "input dimension; with --inputs FILE optional: its number of columns"),
            OptionSpec("--n", "N", "number of data points"),
            OptionSpec("--d1", "W", "width: number of hidden units"), .seed,
            .hidden, .depth, OptionSpec("--trial", "T", "which trial, from 0", default: "0"), .inputs, .standardise,
            .subsample,
            .patterns, .initialization, .noBias,
            OptionSpec(
                "--certificate", nil,
                "with --experiment minima: write certificate.json, which proves that the\n"
                    + "region has a zero-loss minimum or none; Scripts/check/minima checks it"),
            OptionSpec("--experiment", "WHICH", "rank or minima (then cube and he-uniform)", default: "rank"),
        ] + NetworkSweepOptions.specs + [
            OptionSpec("--primes", "N", "for trials of networks: primes of which the largest rank counts", default: "1")
        ] + MinimaFlags.specs.filter { $0.name != "--patterns" } + [
            .backend, .devices, .threads, .replaceExport, .output,
        ],
        example: "fullrank export --d0 2 --n 50 --d1 100 --trial 3 --output trial")

    init(_ arguments: ParsedArguments) throws(CommandFailure) {
        output = try arguments.requiredPath("--output")
        isReplacing = arguments.has("--replace")
        backend = try BackendFlags(arguments)
        // The generator numbers trials with 56 bits.
        trial = try arguments.natural("--trial", maximum: (1 << 56) - 1) ?? 0
        guard let points = try arguments.positive("--n") else { throw .missing("--n", arguments) }
        let (hidden, units) = try arguments.hiddenLayersOrDepth(units: try arguments.positive("--d1"))
        let given = try arguments.positive("--d0")
        let seed = try arguments.natural("--seed") ?? 0
        let experiment: Experiment = try arguments.choice("--experiment") ?? .rank
        let isMinima = experiment == .minima
        // --patterns has other values there.
        let patterns = isMinima ? .initialization : try arguments.patterns()
        if !isMinima, let flag = MinimaFlags.specs.first(where: { $0.name != "--patterns" && arguments.has($0.name) }) {
            throw .usage("\(flag.name) goes with --experiment minima only")
        }
        let flags = isMinima ? try MinimaFlags(arguments) : nil
        isCertified = arguments.has("--certificate")
        if isCertified, !isMinima { throw .usage("--certificate goes with --experiment minima only") }
        let chosen: Initialization? = try arguments.choice("--init")
        let initialization = flags?.initialization ?? chosen ?? .uniform
        let inputs = if let flags { flags.inputs } else { try arguments.inputSource() }
        guard let dimension = given ?? inputs.data?.inputDimension else { throw .missing("--d0", arguments) }
        try inputs.check(points: points, inputDimension: dimension)
        let network: TrialProblem.Network =
            switch patterns {
            case .initialization: .drawn(initialization)
            case .bernoulli: .bernoulli
            case .regions: .regions
            }
        problem = TrialProblem(
            seed: seed, points: points, inputDimension: dimension, units: units, bias: !arguments.has("--no-bias"),
            inputs: inputs.problem, network: network)
        problem.hidden = hidden
        if !hidden.isEmpty {
            if isMinima { throw .usage("--hidden does not go with --experiment minima") }
            try arguments.checkDeep(patterns)
            try HiddenLayers(hidden).checkMemory(
                points: points, inputDimension: dimension, units: units, bias: problem.bias, jacobians: 1)
        }
        if let flag = NetworkSweepOptions.flags.first(where: { arguments.has($0) }), isMinima {
            throw .usage("\(flag) does not go with --experiment minima")
        }
        try setNetworks(
            arguments, inputs: inputs, initialization: initialization, patterns: patterns, dimension: dimension)
        if networks != nil { return }
        if arguments.has("--primes") {
            throw .usage("--primes goes with --trained, --outputs, --activation and --output-bias only")
        }
        try Self.checkMemory(problem)
        guard let flags else { return }
        query = MinimaQuery(
            labels: flags.labels, outputs: flags.outputs, regions: flags.regions, teacher: initialization,
            fixedData: flags.fixedData, points: [points], units: [units])
    }

    /// As a sweep with the same options plans it, of one cell.
    private mutating func setNetworks(
        _ arguments: ParsedArguments, inputs: InputSource, initialization: Initialization, patterns: PatternEnsemble,
        dimension: Int
    ) throws(CommandFailure) {
        var grid = SweepPlan(
            inputDimensions: .fixed([dimension]), points: [problem.points], units: [problem.units], trials: 1,
            seed: problem.seed, inputs: inputs.planned, patterns: patterns, initialization: initialization,
            bias: problem.bias, method: .exact,
            preparation: try arguments.preparation(of: inputs, points: problem.points),
            primeCount: try arguments.primes())
        if !problem.hidden.isEmpty { grid.hidden = [HiddenLayers(problem.hidden)] }
        guard let plan = try arguments.networkPlan(grid: grid, data: inputs.data) else { return }
        if arguments.has("--devices") {
            throw .usage("--devices does not go with \(arguments.networkFlag): these ranks are computed on the CPU")
        }
        try plan.checkMemory()
        let shape = plan.shape(of: plan.problems[0], units: problem.units)
        let bytes = 8 * Double(problem.points) * Double(plan.outputs) * Double(shape.columns(plan.query.trained))
        guard AvailableMemory.holds(bytes) else {
            throw .memory("the Jacobian takes \(AvailableMemory.shortage(bytes)): lower --n, --d1 or --outputs")
        }
        (networks, data) = (plan, inputs.data)
    }

    /// The Jacobian is made whole: one that can't fit is refused before anything is computed.
    private static func checkMemory(_ problem: TrialProblem) throws(CommandFailure) {
        let bytes = 8 * Double(problem.points) * Double(problem.columns)
        guard AvailableMemory.holds(bytes) else {
            throw .memory("the Jacobian takes \(AvailableMemory.shortage(bytes)): lower --n, --d0 or --d1")
        }
    }
}

extension OptionSpec {
    fileprivate static let replaceExport = OptionSpec(
        "--replace", nil, "delete the files of an earlier export in the folder, and no other files")
}
