import FullrankFiles
import FullrankModel

/// `fullrank network`.
struct NetworkOptions: Sendable {
    var files: [String]
    var inputs: InputSource
    /// n; nil: all rows of the file.
    var points: Int?
    var preparation: DataPreparation?
    var query: NetworkQuery
    /// Numerical rank and smallest singular value beside the exact rank.
    var svd: Bool
    var primes: Int
    var seed: UInt64
    var labelPath: String?
    var json: Bool
    /// nil: standard output alone.
    var output: String?
    var isReplacing: Bool
    var backend: BackendFlags
    var figures: FigureOptions

    static let spec = CommandSpec(
        name: "network", summary: "print the exact rank of the Jacobian of networks from files",
        usage: "FILE... --inputs WHICH [options]",
        details: """
            Prints for each network its widths, the number P of trained parameters, and the exact rank of the Jacobian of
            its outputs at the data points by those parameters: n times the number of outputs rows, P columns (functional
            dimension). Weights and inputs are the exact fractions that they are as floats, activations those of exact
            arithmetic through all layers. The bound is what no weights exceed; a rank that reaches it, or that is full, is
            proved, any other is never too high, and too low with the chance that is printed. FILE holds W1, b1, W2, ...
            or 0.weight, 0.bias, 2.weight, ... as PyTorch's nn.Sequential names them; W_l is (units, inputs). Several
            files, checkpoints say, make a row each; with --output a table and a figure too, continued by the same
            command.
            """,
        operand: OptionSpec("FILE", nil, "\(NamedArrays.fileNames)"),
        takesSeveral: true,
        options: [
            OptionSpec(
                "--inputs", "WHICH",
                "data points: FILE.npy, FILE.npz[:NAME], FILE.csv or FILE.idx (MNIST's format, images\nflattened), each also "
                    + "with .gz, a row a point; or normal, uniform (on [0,1)) or cube (on [-1,1))",
                choices: InputDistribution.allCases.map(\.rawValue)),
            .standardise, .subsample, OptionSpec("--points", "N", "the first N data points; needed for drawn ones", default: "all of a file"),
            OptionSpec(
                "--activation", "WHICH", "of hidden layers: relu, leaky:SLOPE, identity or power:R", default: "relu",
                choices: ["relu", "leaky:0.01", "identity", "power:2"]),
            OptionSpec(
                "--trained", "WHICH", "layers whose parameters count: all, hidden (all but the last) or numbers such as\n1,3",
                default: "all", choices: ["all", "hidden"]),
            OptionSpec("--outputs", "LIST", "outputs by number, from 0", default: "all"),
            OptionSpec(
                "--patience", "N", "stop once N points in a row have not raised the rank; only if there are more rows\n"
                    + "than columns", default: "take all points"),
            OptionSpec(
                "--method", "WHICH", "exact, or svd: beside it the rank by float64 singular values, and the smallest",
                default: "exact", choices: ["exact", "svd"]),
            OptionSpec("--primes", "N", "primes that must agree where a rank is not proved", default: "2"),
            OptionSpec("--seed", "S", "draws the primes, and drawn inputs", default: "0"),
            OptionSpec("--labels", "FILE", "a row of labels for each point: the mean squared error is printed too"),
            .backend, .devices, .threads, .json,
            OptionSpec("--output", "DIR", "folder for ranks.csv and the figure; the same command goes on there"), .replace,
        ] + FigureOptions.specs,
        example: "fullrank network checkpoints/*.npz --inputs data.npy --output ranks")

    init(_ arguments: ParsedArguments) throws(CommandFailure) {
        files = arguments.operands
        guard arguments.has("--inputs") else { throw .missing("--inputs", arguments) }
        inputs = try arguments.inputSource()
        points = try arguments.positive("--points")
        if inputs.data == nil, points == nil { throw .usage("--points is missing: how many points are drawn") }
        if let data = inputs.data, let points, points > data.points {
            throw .usage("--points: \(points) is more than the \(data.points) rows of --inputs")
        }
        preparation = try arguments.preparation(of: inputs, points: points ?? inputs.data?.points ?? 0)
        query = NetworkQuery(
            activation: try arguments.activation() ?? .relu, trained: try arguments.trainedLayers() ?? .all,
            outputs: arguments.values["--outputs"] == "all" ? nil : try arguments.integers("--outputs", minimum: 0),
            patience: try arguments.positive("--patience") ?? 0)
        enum Method: String, CaseIterable { case exact, svd }
        svd = try arguments.choice("--method", Method.self) == .svd
        primes = try arguments.positive("--primes", maximum: 8) ?? 2
        seed = try arguments.natural("--seed") ?? 0
        labelPath = arguments.values["--labels"]
        json = arguments.has("--json")
        output = arguments.has("--output") ? try arguments.requiredPath("--output") : nil
        isReplacing = arguments.has("--replace")
        backend = try BackendFlags(arguments)
        // Another backend has no networks of one's own.
        if backend.choice == .auto { backend.choice = .cpu }
        figures = try FigureOptions(arguments)
        if output == nil, isReplacing { throw .usage("--replace goes with --output only") }
    }
}

extension ParsedArguments {
    /// `--activation`
    func activation() throws(CommandFailure) -> NetworkActivation? {
        guard let text = values["--activation"] else { return nil }
        guard let activation = NetworkActivation(text) else {
            throw .usage("--activation: \(text.quoted) is not one of \(NetworkActivation.forms)")
        }
        return activation
    }

    /// `--trained`
    func trainedLayers() throws(CommandFailure) -> NetworkQuery.Trained? {
        switch values["--trained"] {
        case nil: return nil
        case "all": return .all
        case "hidden": return .hidden
        default: return .layers(try integers("--trained") ?? [])
        }
    }
}
