import FullrankDimension
import FullrankModel

/// `fullrank dimension --find minimal-filling`.
struct FillingSearchOptions: Sendable {
    var inputs: Int
    var outputs: Int
    var depth: Int
    var activation: NetworkActivation
    var seed: UInt64
    var primes: Int

    init(_ arguments: ParsedArguments) throws(CommandFailure) {
        enum What: String, CaseIterable { case minimalFilling = "minimal-filling" }
        _ = try arguments.choice("--find", What.self)
        for flag in [
            "--widths", "--list", "--grid", "--biases", "--trials", "--points", "--patience", "--weights",
            "--certificate", "--output",
            "--shard", "--extend", "--replace",
        ] where arguments.has(flag) {
            throw .usage(
                "\(flag) does not go with --find; --depth, --inputs, --outputs and --activation power:R say what is sought"
            )
        }
        activation = try arguments.dimensionActivation()
        guard case .power = activation else {
            throw .usage("--find minimal-filling: \(activation) is no power; --activation power:2 is one")
        }
        guard let depth = try arguments.positive("--depth", maximum: Architecture.mostLayers) else {
            throw .missing("--depth", arguments)
        }
        guard depth >= 2 else { throw .usage("--depth: 1 layer has no hidden one; at least 2 are needed") }
        guard let inputs = try arguments.positive("--inputs", maximum: 4096) else {
            throw .missing("--inputs", arguments)
        }
        self.depth = depth
        self.inputs = inputs
        outputs = try arguments.positive("--outputs", maximum: 4096) ?? 1
        seed = try arguments.natural("--seed") ?? 0
        primes = try arguments.positive("--primes", maximum: DimensionPlan.mostPrimes) ?? 2
    }
}
