import FullrankFiles
import FullrankModel

/// One trial, drawn or given whole: what `explain` is asked about.
struct TrialOptions: Sendable {
    var problem: TrialProblem
    var trial: UInt64
    /// Notes on the points of a file for the user.
    var notes = [String]()

    static let specs: [OptionSpec] = [
        OptionSpec("--d0", "D", "input dimension; with --inputs FILE optional: its number of columns"),
        OptionSpec("--n", "N", "number of data points"), OptionSpec("--d1", "W", "width: number of hidden units"),
        .seed,
        .hidden, .depth, OptionSpec("--trial", "T", "which trial, from 0", default: "0"), .inputs, .standardise,
        .subsample,
        .patterns, .initialization, .noBias,
        OptionSpec("--data", "FILE", "your own points, .npy or .csv, one row per point; with --pattern or --network"),
        OptionSpec("--pattern", "FILE.npy", "the points' activation pattern (d1, n) of 0 and 1; nothing is drawn then"),
        OptionSpec(
            "--network", "FILE",
            "a network of one hidden layer in place of a pattern, as 'fullrank network' reads it:\n"
                + "the rank is that of --trained hidden"),
    ]

    init(_ arguments: ParsedArguments) throws(CommandFailure) {
        let seed = try arguments.natural("--seed") ?? 0
        let bias = !arguments.has("--no-bias")
        if arguments.has("--data") || arguments.has("--pattern") || arguments.has("--network") {
            self = try Self.given(arguments, seed: seed, bias: bias)
            return
        }
        // The generator numbers trials with 56 bits.
        trial = try arguments.natural("--trial", maximum: (1 << 56) - 1) ?? 0
        guard let points = try arguments.positive("--n") else { throw .missing("--n", arguments) }
        let (hidden, units) = try arguments.hiddenLayersOrDepth(units: try arguments.positive("--d1"))
        let given = try arguments.positive("--d0")
        let patterns = try arguments.patterns()
        if !hidden.isEmpty, patterns != .initialization {
            throw .usage("--patterns \(patterns.rawValue) does not go with --hidden: deep networks' weights are drawn")
        }
        let network: TrialProblem.Network =
            switch patterns {
            case .initialization: .drawn(try arguments.choice("--init") ?? .uniform)
            case .bernoulli: .bernoulli
            case .regions: .regions
            }
        let inputs = try arguments.inputSource()
        guard let dimension = given ?? inputs.data?.inputDimension else { throw .missing("--d0", arguments) }
        try inputs.check(points: points, inputDimension: dimension)
        problem = TrialProblem(
            seed: seed, points: points, inputDimension: dimension, units: units, bias: bias, inputs: inputs.problem,
            network: network, hidden: hidden)
        if !hidden.isEmpty {
            try HiddenLayers(hidden).checkMemory(
                points: points, inputDimension: dimension, units: units, bias: bias, jacobians: 0)
        }
        notes = inputs.notes(try arguments.preparation(of: inputs, points: points), points: points)
    }

    private init(problem: TrialProblem, trial: UInt64) { (self.problem, self.trial) = (problem, trial) }

    private static func given(
        _ arguments: ParsedArguments, seed: UInt64, bias: Bool
    ) throws(CommandFailure) -> TrialOptions {
        let isNetwork = arguments.has("--network")
        guard let path = arguments.values["--data"] else {
            throw .usage("\(isNetwork ? "--network" : "--pattern") goes with --data only; give both")
        }
        guard isNetwork || arguments.has("--pattern") else {
            throw .usage("--data goes with --pattern or --network only; give one of them")
        }
        guard !isNetwork || !arguments.has("--pattern") else {
            throw .usage("--network does not go with --pattern: its weights decide the pattern")
        }
        if isNetwork, !bias {
            throw .usage("--no-bias does not go with --network, whose file says whether there are biases")
        }
        for name in [
            "--d0", "--n", "--d1", "--hidden", "--depth", "--trial", "--inputs", "--standardise", "--subsample",
            "--patterns", "--init",
        ] where arguments.has(name) {
            throw .usage(
                "\(name) does not go with --data and \(isNetwork ? "--network" : "--pattern"), which hold everything")
        }
        let data: DataSet
        do throws(FileError) { data = try DataSet.load(path: path, note: tellOfFile(path)) } catch {
            throw CommandFailure(error, option: "--data")
        }
        if isNetwork {
            return TrialOptions(
                problem: try network(try arguments.requiredPath("--network"), data: data, seed: seed), trial: 0)
        }
        let pattern = try Self.pattern(arguments.requiredPath("--pattern"), points: data.points)
        let problem = TrialProblem(
            seed: seed, points: data.points, inputDimension: data.inputDimension, units: pattern.units, bias: bias,
            inputs: .given(data), network: .pattern(pattern))
        return TrialOptions(problem: problem, trial: 0)
    }

    /// The hidden layer of a network of one output. A unit whose output weight is 0 has columns of zeros and is left out;
    /// the others' columns are multiplied by it, which changes no rank.
    private static func network(_ path: String, data: DataSet, seed: UInt64) throws(CommandFailure) -> TrialProblem {
        let network: Network
        do throws(FileError) { network = try NetworkFile.load(path: path) } catch {
            throw CommandFailure(error, option: "--network")
        }
        let shape = network.shape
        guard shape.layers.count == 2, shape.outputs == 1 else {
            throw CommandFailure(
                .badData,
                "--network: \(path.printable()) is \(shape.text); one hidden layer and one output can be explained, "
                    + "'fullrank network' ranks the others")
        }
        guard shape.inputDimension == data.inputDimension else {
            throw CommandFailure(
                .badData,
                "--network: \(path.printable()) takes \(shape.inputDimension) inputs; --data has "
                    + "\(data.inputDimension) columns")
        }
        let (weights, biases) = network.layer(0)
        let outputs = Array(network.layer(1).weights), inputs = shape.inputDimension
        let units = outputs.indices.filter { outputs[$0] != 0 }
        guard !units.isEmpty else {
            throw CommandFailure(
                .badData, "--network: \(path.printable()): every output weight is 0, and so is the Jacobian")
        }
        let kept = units.flatMap {
            weights[(weights.startIndex + $0 * inputs)..<(weights.startIndex + ($0 + 1) * inputs)]
        }
        return TrialProblem(
            seed: seed, points: data.points, inputDimension: inputs, units: units.count, bias: shape.layers[0].bias,
            inputs: .given(data),
            network: .given(
                weights: kept, biases: shape.layers[0].bias ? units.map { biases[biases.startIndex + $0] } : []))
    }

    private static func pattern(_ path: String, points: Int) throws(CommandFailure) -> ActivationPattern {
        let file: NPYFile
        do throws(FileError) { file = try NPYFile(path: path) } catch {
            throw CommandFailure(error, option: "--pattern")
        }
        func wrong(_ words: String) -> CommandFailure {
            CommandFailure(.badData, "--pattern: \(path.printable()): \(words)")
        }
        guard file.shape.count == 2 else { throw wrong("has \(file.shape.count) dimensions; it should be (d1, n)") }
        guard file.shape[1] == points else {
            throw wrong("has \(file.shape[1]) columns for \(points) points; it should be (d1, n)")
        }
        let width = ActivationPattern.wordsPerUnit(points: points)
        var words = [UInt64](repeating: 0, count: file.shape[0] * width)
        for (index, value) in file.values.enumerated() where value != 0 {
            let (unit, point) = index.quotientAndRemainder(dividingBy: points)
            guard value == 1 else { throw wrong("unit \(unit), point \(point) is \(value); 0 or 1 is taken") }
            words[unit * width + point / 64] |= 1 << UInt64(point % 64)
        }
        return ActivationPattern(units: file.shape[0], points: points, words: words)
    }
}
