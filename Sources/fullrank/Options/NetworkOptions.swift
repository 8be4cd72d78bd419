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
            Prints for each network its widths, the number P of trained parameters, and the exact rank of the Jacobian
            of its outputs at the data points by these parameters (the functional dimension). The Jacobian has n times
            the number of outputs rows and P columns. Weights and inputs are taken as exact fractions, and activations
            are those of exact arithmetic through all layers. The bound is a rank that no weights exceed. A rank that
            reaches it, or that is full, is proved. Any other rank is never too high, and too low with the chance that
            is printed. FILE has W1, b1, W2, ... or 0.weight, 0.bias, 2.weight, ... as PyTorch's nn.Sequential names
            them; W_l is (units, inputs). Several files, for example checkpoints, give one row each. With --output it
            also writes a table and a figure, and the same command continues there.
            """,
        operand: OptionSpec("FILE", nil, "\(NamedArrays.fileNames)"),
        takesSeveral: true,
        options: [
            OptionSpec(
                "--inputs", "WHICH",
                "data points: FILE.npy, FILE.npz[:NAME], FILE.csv or FILE.idx (MNIST's format,\n"
                    + "images flattened), each also with .gz, with one row per point; or normal,\n"
                    + "uniform (on [0,1)) or cube (on [-1,1))",
                choices: InputDistribution.allCases.map(\.rawValue)),
            .standardise, .subsample,
            OptionSpec("--points", "N", "the first N data points; required for drawn points", default: "all of a file"),
            OptionSpec(
                "--activation", "WHICH", "activation of hidden layers: relu, leaky:SLOPE, identity or power:R",
                default: "relu",
                choices: ["relu", "leaky:0.01", "identity", "power:2"]),
            OptionSpec(
                "--trained", "WHICH",
                "layers whose parameters count: all, hidden (all but the last) or numbers such as\n1,3",
                default: "all", choices: ["all", "hidden"]),
            OptionSpec("--outputs", "LIST", "outputs by number, from 0", default: "all"),
            OptionSpec(
                "--patience", "N",
                "stop once N points in a row have not raised the rank; only if there are more rows\n"
                    + "than columns", default: "take all points"),
            OptionSpec(
                "--method", "WHICH",
                "exact, or svd: also the rank by float64 singular values, and the smallest\nsingular value",
                default: "exact", choices: ["exact", "svd"]),
            OptionSpec("--primes", "N", "primes that must agree if a rank is not proved", default: "2"),
            OptionSpec("--seed", "S", "draws the primes and the inputs", default: "0"),
            OptionSpec("--labels", "FILE", "a row of labels for each point: also print the mean squared error"),
            .backend, .devices, .threads, .json,
            OptionSpec("--output", "DIR", "folder for ranks.csv and the figure; the same command continues there"),
            .replace,
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
        backend.chooseNetworks()
        figures = try FigureOptions(arguments)
        if output == nil, isReplacing { throw .usage("--replace goes with --output only") }
    }
}

extension BackendFlags {
    /// Takes the backend that has networks, if none is asked for.
    mutating func chooseNetworks() { if choice == .auto { choice = .cpu } }
}

extension ParsedArguments {
    /// `--activation`
    func activation() throws(CommandFailure) -> NetworkActivation? {
        guard let text = values["--activation"] else { return nil }
        guard let activation = NetworkActivation(text) else {
            if text.hasPrefix("power:") {
                throw .usage(
                    "--activation: \(text.quoted) has no such exponent; power:R takes R from 1 to "
                        + "\(NetworkActivation.mostExponent)")
            }
            if text.hasPrefix("leaky:") {
                let fault = DecimalText(text.dropFirst("leaky:".count))?.fault
                throw .usage(
                    "--activation: \(text.quoted) has no such slope"
                        + (fault.map { ": it \($0)" } ?? "; leaky:SLOPE takes a decimal number"))
            }
            throw .usage("--activation: \(text.quoted) is not one of \(NetworkActivation.forms)")
        }
        if case .leaky(let slope) = activation { try checkSlope(text.dropFirst("leaky:".count), slope) }
        return activation
    }

    /// A slope that rounds to 0 or 1 would make ReLU or a linear network of what is neither.
    private func checkSlope(_ text: Substring, _ slope: Double) throws(CommandFailure) {
        if let fault = DecimalText(text)?.fault {
            throw .usage("--activation: 'leaky:\(text)': the slope \(fault); 'relu' has slope 0")
        }
        if slope == 1, !DecimalText.isExact(text, slope) {
            throw .usage(
                "--activation: 'leaky:\(text)': the slope rounds to 1, which is 'identity'; float64 tells "
                    + "0.9999999999999999 and 1.0000000000000002 from it")
        }
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
