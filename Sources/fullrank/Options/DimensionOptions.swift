import FullrankDimension
import FullrankFiles
import FullrankModel

/// `fullrank dimension`.
struct DimensionOptions: Sendable {
    enum Task: Sendable {
        case run(DimensionJob)
        case find(FillingSearchOptions)
        case certify(DimensionJob, path: String)
    }

    var task: Task
    var json: Bool
    /// nil: run.
    var dryRun: DryRunFormat?
    var backend: BackendFlags

    static let spec = CommandSpec(
        name: "dimension",
        summary: "print the dimension of polynomial networks, or functional dimensions of ReLU networks",
        usage: "--widths LIST|--list FILE|--grid LISTS --activation WHICH [options]",
        details: """
            Powers and the identity: draws weights modulo a prime and prints the rank of the Jacobian by all weights at
            random points, which is the dimension of the set of functions that the architecture computes (its
            neurovariety). The rank is a proved lower bound. If it reaches a bound from above, it is proved to be the
            dimension. ReLU and leaky ReLU: draws networks and normal points as floats and prints how their exact ranks
            are distributed (the functional dimension at the points). With --output it writes plan.json, trials.jsonl,
            dimensions.csv and figures, and the same command continues there.
            """,
        options: [
            OptionSpec("--widths", "LIST", "inputs, hidden layers, outputs, such as 2,3,4,1"),
            OptionSpec("--list", "FILE", "a CSV file with a column 'architecture' of \"[2, 3, 4, 1]\" or 2-3-4-1"),
            OptionSpec(
                "--grid", "LISTS", "the widths of each layer as lists (with +) and ranges, such as 2,1..6,1+3,1"),
            OptionSpec(
                "--activation", "WHICH", "activation of hidden layers: power:R, identity, relu or leaky:SLOPE",
                choices: ["power:2", "identity", "relu", "leaky:0.01"]),
            OptionSpec("--biases", nil, "every layer has biases, which are parameters"),
            OptionSpec("--trials", "T", "draws of each architecture", default: "1; relu and leaky: 100"),
            .seed,
            OptionSpec(
                "--points", "N", "points of each draw", default: "the bound + 8; relu and leaky: 10 times the bound"),
            OptionSpec(
                "--patience", "B", "stop once B points in a row have not raised the rank",
                default: "8; relu and leaky: all points"),
            OptionSpec(
                "--primes", "N", "primes that must agree if a rank is not proved", default: "2; relu and leaky: 1"),
            OptionSpec(
                "--weights", "WHICH",
                "relu and leaky: weights and biases are uniform (on +-1/sqrt(inputs), PyTorch's\n"
                    + "default), he-uniform or normal", default: "uniform",
                choices: Initialization.allCases.map(\.rawValue)),
            OptionSpec(
                "--find", "WHAT",
                "minimal-filling: all filling architectures that no hidden layer can lose a unit of;\n"
                    + "with --depth, --inputs, --outputs and a power", choices: ["minimal-filling"]),
            OptionSpec("--depth", "L", "for --find: number of layers"),
            OptionSpec("--inputs", "N", "for --find: d0"),
            OptionSpec("--outputs", "N", "for --find: number of outputs", default: "1"),
            OptionSpec(
                "--certificate", "FILE",
                "with --widths: write a minor that is not zero modulo a prime, as JSON; it proves that\n"
                    + "the dimension is at least the rank"),
            .backend, .devices, .threads, .shard, .extendTrials, .replace, .dryRun, .json,
            OptionSpec("--output", "DIR", "folder for the results; created if it is missing"),
        ] + FigureOptions.specs,
        example: "fullrank dimension --grid 2,1..6,1..6,1 --activation power:2 --output grid")

    init(_ arguments: ParsedArguments) throws(CommandFailure) {
        json = arguments.has("--json")
        dryRun = arguments.dryRun
        backend = try BackendFlags(arguments)
        // Another backend has no networks of this kind.
        if backend.choice == .auto { backend.choice = .cpu }
        if arguments.has("--find") {
            if dryRun != nil { throw .usage("--dry-run does not go with --find, whose queries depend on each other") }
            task = .find(try FillingSearchOptions(arguments))
            return
        }
        for flag in ["--depth", "--inputs", "--outputs"] where arguments.has(flag) {
            throw .usage("\(flag) goes with --find only; --widths has inputs, layers and outputs")
        }
        let job = try DimensionJob(arguments)
        if arguments.has("--certificate") {
            try Self.checkCertifiable(job, arguments)
            task = .certify(job, path: try arguments.requiredPath("--certificate"))
        } else {
            task = .run(job)
        }
    }

    private static func checkCertifiable(_ job: DimensionJob, _ arguments: ParsedArguments) throws(CommandFailure) {
        guard arguments.has("--widths") else { throw .usage("--certificate goes with --widths only: one architecture") }
        guard !job.plan.activation.hasKink else {
            throw .usage("--certificate goes with powers and identity only; 'fullrank network' ranks one ReLU network")
        }
        for flag in ["--output", "--dry-run"] where arguments.has(flag) {
            throw .usage("--certificate does not go with \(flag)")
        }
    }
}

extension DimensionJob {
    init(_ arguments: ParsedArguments) throws(CommandFailure) {
        let activation = try arguments.dimensionActivation(), biases = arguments.has("--biases")
        let isKinked = activation.hasKink
        let (architectures, notes) = try arguments.architectures(biases: biases)
        if !isKinked, arguments.has("--weights") {
            throw .usage(
                "--weights goes with relu and leaky only: weights of \(activation) are uniform modulo the prime")
        }
        let plan = DimensionPlan(
            architectures: architectures, activation: activation, biases: biases,
            trials: try arguments.positive("--trials") ?? (isKinked ? 100 : 1),
            seed: try arguments.natural("--seed") ?? 0,
            points: try arguments.positive("--points"), patience: try arguments.positive("--patience"),
            primeCount: try arguments.positive("--primes", maximum: DimensionPlan.mostPrimes) ?? (isKinked ? 1 : 2),
            weights: try arguments.choice("--weights") ?? .uniform)
        guard Double(plan.trials) * Double(architectures.count) <= Double(DimensionPlan.mostTrials) else {
            throw .usage(
                "--trials: \(plan.trials) of \(architectures.count) architectures are more than \(DimensionPlan.mostTrials)"
            )
        }
        if isKinked, let deep = architectures.first(where: { $0.layers > DimensionPlan.mostDrawnLayers }) {
            throw .usage("\(deep.layers) layers with \(activation): at most \(DimensionPlan.mostDrawnLayers) are drawn")
        }
        self.init(
            plan: plan, notes: notes, output: arguments.has("--output") ? try arguments.requiredPath("--output") : "",
            shard: try arguments.shard(), isExtending: try arguments.isExtending(),
            isReplacing: arguments.has("--replace"), figures: try FigureOptions(arguments))
        for (flag, isGiven) in [("--shard", shard != nil), ("--extend", isExtending), ("--replace", isReplacing)]
        where isGiven && output.isEmpty && !arguments.has("--dry-run") {
            throw .usage("\(flag) goes with --output only")
        }
    }
}

extension ParsedArguments {
    func dimensionActivation() throws(CommandFailure) -> NetworkActivation {
        guard let activation = try activation() else { throw .missing("--activation", self) }
        return activation
    }

    /// Of one of the three flags, and what a user should know of them.
    fileprivate func architectures(biases: Bool) throws(CommandFailure) -> (list: [Architecture], notes: [String]) {
        let given = ["--widths", "--list", "--grid"].filter { has($0) }
        guard given.count == 1 else {
            throw given.isEmpty
                ? .usage("--widths, --list or --grid is missing; see 'fullrank dimension --help'")
                : .usage("\(given[0]) and \(given[1]) exclude each other; give one of them")
        }
        let text = values[given[0]] ?? ""
        if given[0] == "--list" { return try Self.list(try requiredPath("--list"), biases: biases) }
        do throws(ArchitectureError) {
            if given[0] == "--widths" { return ([try Architecture(parsing: text, biases: biases)], []) }
            return (try ArchitectureGrid(parsing: text, biases: biases).architectures(biases: biases), [])
        } catch {
            throw .usage("\(given[0]): \(error)")
        }
    }

    private static func list(_ path: String, biases: Bool) throws(CommandFailure) -> (
        list: [Architecture], notes: [String]
    ) {
        let table = try readArchitectureTable(path, option: "--list") { (bytes) throws(ArchitectureTable.Damage) in
            try ArchitectureTable(parsing: bytes, biases: biases)
        }
        var seen = Set<Architecture>()
        let list = table.rows.map(\.architecture).filter { seen.insert($0).inserted }
        let repeated = table.rows.count - list.count
        return (
            list,
            repeated > 0 ? ["\(path.printable()): \(repeated) rows repeat an architecture, which is taken once"] : []
        )
    }
}

/// Reads a CSV file of architectures.
func readArchitectureTable<Table>(
    _ path: String, option: String, _ parse: ([UInt8]) throws(ArchitectureTable.Damage) -> Table
) throws(CommandFailure) -> Table {
    let bytes: [UInt8]
    do throws(FileError) { bytes = try WholeFile.unpacked(path) } catch { throw CommandFailure(error, option: option) }
    do throws(ArchitectureTable.Damage) { return try parse(bytes) } catch {
        throw CommandFailure(.badData, "\(option): \(path.printable()), \(error)")
    }
}
