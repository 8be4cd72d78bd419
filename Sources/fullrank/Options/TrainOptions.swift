import FullrankFiles
import FullrankModel
import FullrankTraining

/// `fullrank train`.
struct TrainOptions: Sendable {
    var plan: TrainingPlan
    /// As plan.json records them.
    var inputs: InputSource
    var preparation: DataPreparation?
    var labelFile: LabelFile?
    var backend: BackendFlags
    var isReplacing: Bool
    /// What was recorded goes to standard output.
    var json: Bool
    var output: String
    var figures: FigureOptions

    struct LabelFile: Sendable {
        let path: String
        let fingerprint: String
    }

    static let spec = CommandSpec(
        name: "train", summary: "train a two-layer network and follow its Jacobian's rank",
        usage: "(--preset published | --d0 D --n N --d1 W) [options] --output DIR",
        details: """
            Trains the hidden layer of a random two-layer ReLU network on the mean squared error, full-batch and in
            float64. At regular steps it records the loss, the norm of its gradient, the exact rank of the Jacobian,
            its smallest and largest singular value, changes of the activation pattern, and the distance to the
            nearest boundary of the activation region. Writes training.csv, diagram-training.svg and, as .npy, data
            and trained weights. The same command continues where an earlier run stopped. The preset is the published
            experiment: d0 = 10, n = 500, d1 = 64, inputs uniform on [-2,2), polynomial labels, 1000 steps of Adam
            with learning rate 0.01; options override its values.
            """,
        options: [
            OptionSpec("--preset", "WHICH", "published", choices: ["published"]),
            OptionSpec("--d0", "D", "input dimension; with --inputs FILE optional: its number of columns"),
            OptionSpec("--n", "N", "number of data points; with --inputs FILE by default all of its rows"),
            OptionSpec("--d1", "W", "width: number of hidden units"),
            OptionSpec(
                "--optimizer", "WHICH", "adam or gd (gradient descent)", default: "adam", choices: ["adam", "gd"]),
            OptionSpec("--rate", "R", "learning rate", default: "0.01"),
            OptionSpec("--steps", "T", "number of updates", default: "1000"),
            OptionSpec("--every", "E", "record every E-th step and the last step", default: "a hundredth of --steps"),
            OptionSpec("--no-singular-values", nil, "leave out sigma_min and sigma_max, which take most of the time"),
            .inputs, .standardise, .subsample, OptionSpec("--scale", "S", "multiplies drawn inputs", default: "1"),
            OptionSpec(
                "--labels", "WHICH",
                "polynomial (of degree 2 in each coordinate, summed), teacher (another network),\n"
                    + "random (uniform on [-1,1)), or FILE.npy or FILE.csv of n numbers", default: "polynomial",
                choices: LabelName.allCases.map(\.rawValue)),
            .initialization, .noBias,
            OptionSpec(
                "--output-weights", "WHICH", "normal, signs (1, -1, 1, ...) or uniform (on +-1/sqrt(d1))",
                default: "normal", choices: ["normal", "signs", "uniform"]),
            OptionSpec("--train-output", nil, "train the output weights too"),
            .seed, OptionSpec("--trial", "T", "which trial of the seed, from 0", default: "0"), .backend, .devices,
            .threads, .replace,
            OptionSpec("--json", nil, "print the recorded steps as JSON, with the columns of training.csv"),
            .output,
        ] + FigureOptions.specs,
        example: "fullrank train --preset published --output training")

    private enum OptimizerName: String, CaseIterable { case adam, gd }
    private enum Preset: String, CaseIterable { case published }
    private enum LabelName: String, CaseIterable { case polynomial, teacher, random }

    init(_ arguments: ParsedArguments) throws(CommandFailure) {
        output = try arguments.requiredPath("--output")
        backend = try BackendFlags(arguments)
        isReplacing = arguments.has("--replace")
        figures = try FigureOptions(arguments)
        json = arguments.has("--json")
        let preset: Preset? = try arguments.choice("--preset")

        let published = preset == .published && !arguments.has("--inputs")
        let asked = try arguments.inputSource()
        inputs = published ? .drawn(.cube) : asked
        let dimension = try arguments.positive("--d0") ?? inputs.data?.inputDimension ?? (published ? 10 : nil)
        guard let dimension else { throw .missing("--d0", arguments) }
        let points = try arguments.positive("--n") ?? inputs.data?.points ?? (preset == nil ? nil : 500)
        guard let points else { throw .missing("--n", arguments) }
        guard let units = try arguments.positive("--d1") ?? (preset == nil ? nil : 64) else {
            throw .missing("--d1", arguments)
        }
        try inputs.check(points: points, inputDimension: dimension)
        preparation = try arguments.preparation(of: inputs, points: points)
        if preparation?.subsample != nil, let labels = arguments.values["--labels"], DataSet.isFileName(labels) {
            throw .usage("--subsample does not go with --labels \(labels.printable()), which are in the file's order")
        }
        if inputs.data != nil, arguments.has("--scale") { throw .usage("--scale goes with drawn inputs only") }

        let rate = try arguments.number("--rate") ?? 0.01
        let optimizer: OptimizerName = try arguments.choice("--optimizer") ?? .adam
        // Steps are counted in float64 in a checkpoint.
        let steps = Int(try arguments.natural("--steps", maximum: 1_000_000_000) ?? 1000)
        let every = try arguments.positive("--every") ?? max(1, steps / 100)
        guard steps / every <= 1_000_000 else {
            throw .usage("--every: \(every) makes \(steps / every) rows; at most 1000000 are taken")
        }
        let (labels, file) = try Self.labels(arguments, points: points)
        labelFile = file
        let given: TrainingPlan.Inputs =
            switch inputs.problem {
            case .drawn(let distribution): .drawn(distribution)
            case .given(let data): .given(data)
            }
        plan = TrainingPlan(
            points: points, inputDimension: dimension, units: units, bias: !arguments.has("--no-bias"),
            seed: try arguments.natural("--seed") ?? 0,
            trial: try arguments.natural("--trial", maximum: (1 << 56) - 1) ?? 0, inputs: given,
            scale: try arguments.number("--scale") ?? (published ? 2 : 1), labels: labels,
            initialization: try arguments.choice("--init") ?? .uniform,
            outputs: try arguments.choice("--output-weights") ?? .normal,
            trainsOutputs: arguments.has("--train-output"),
            optimizer: optimizer == .adam ? .adam(rate: rate) : .gradientDescent(rate: rate), steps: steps,
            every: every,
            singularValues: !arguments.has("--no-singular-values"))
        try checkMemory()
    }

    private static func labels(
        _ arguments: ParsedArguments, points: Int
    ) throws(CommandFailure) -> (TrainingPlan.Labels, LabelFile?) {
        guard let text = arguments.values["--labels"] else { return (.polynomial, nil) }
        switch LabelName(rawValue: text) {
        case .polynomial: return (.polynomial, nil)
        case .teacher: return (.teacher, nil)
        case .random: return (.random, nil)
        case nil: break
        }
        guard DataSet.isFileName(text) else {
            throw arguments.notOneOf(LabelName.allCases.map(\.rawValue) + ["FILE.npy", "FILE.csv"], text, "--labels")
        }
        let data: DataSet
        do throws(FileError) { data = try DataSet.load(path: text, note: tellOfFile(text)) } catch {
            throw CommandFailure(error, option: "--labels")
        }
        guard data.inputDimension == 1 || data.points == 1 else {
            throw .usage(
                "--labels: \(text.printable()) holds \(data.points) rows of \(data.inputDimension), not one label a point"
            )
        }
        guard data.values.count >= points else {
            throw .usage("--labels: \(text.printable()) holds \(data.values.count) labels for \(points) points")
        }
        return (.given(data.values), LabelFile(path: text, fingerprint: data.fingerprint))
    }

    /// Inputs, preactivations and, for singular values, the Jacobian are held whole.
    private func checkMemory() throws(CommandFailure) {
        let (n, d0, d1) = (Double(plan.points), Double(plan.inputDimension), Double(plan.units))
        let jacobian = plan.singularValues ? n * d1 * (d0 + 2) : 0
        let bytes = 8 * (2 * n * d0 + 2 * n * d1 + 4 * d1 * (d0 + 2) + 2 * jacobian)
        guard AvailableMemory.holds(bytes) else {
            let why = plan.singularValues ? ", or --no-singular-values" : ""
            throw .memory("training takes about \(AvailableMemory.shortage(bytes)): lower --n, --d0 or --d1\(why)")
        }
    }
}

extension ParsedArguments {
    /// A positive decimal such as 0.01 or 1e-3; nil if the option is not given.
    func number(_ name: String) throws(CommandFailure) -> Double? {
        try decimal(name, right: "a positive decimal such as 0.01") { $0 > 0 }
    }
}
