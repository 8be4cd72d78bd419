import FullrankModel

/// `fullrank theory`.
struct TheoryOptions: Sendable {
    var inputDimensions: [Int]
    var points: [Int]
    var bias: Bool
    var epsilon: Double
    /// nil: measured.
    var gamma: Double?
    var seed: UInt64
    var inputs: InputSource
    /// Of the weights, where these are drawn or their regions measured.
    var initialization: Initialization
    /// Networks in which the width is measured; nil: none.
    var measured: Int?
    /// Of these.
    var backend: BackendFlags
    var json: Bool

    static let spec = CommandSpec(
        name: "theory", summary: "print the widths that are sufficient for full rank by theorems",
        usage: "--d0 LIST --n LIST [options]",
        details: """
            Prints, for each d0 and n, the width at which there are as many parameters as data points, and the widths
            of the theorems of Karhadkar, Murray, Tseran and Montúfar (arXiv 2305.19510) with their assumptions. For
            d0 = 1 it also prints the exact widths of their Theorem 10's setting and the limit law of drawn inputs and
            weights. 'plot' draws the same numbers as overlays. For given points on a line it adds the widths by the
            regions' volumes, and with --measure the width that networks actually need.
            """,
        options: [
            .inputDimensions, OptionSpec("--n", "LIST", "numbers of data points"), .epsilon,
            OptionSpec(
                "--gamma", "G", "how well units separate points, 0 to 0.5, for the theorem that needs it\n",
                default: "median over the inputs of ten trials"),
            OptionSpec(
                "--measure", "T", "also print the width at which a share 1 - E of T networks has full rank"),
            .seed, .inputs, .initialization, .noBias, .backend, .devices, .threads, .json,
        ],
        example: "fullrank theory --d0 1 --n 20 --epsilon 0.1")

    init(_ arguments: ParsedArguments) throws(CommandFailure) {
        guard let points = try arguments.integers("--n") else { throw .missing("--n", arguments) }
        self.points = points
        inputs = try arguments.inputSource()
        let given = try arguments.integers("--d0")
        guard let dimensions = given ?? inputs.data.map({ [$0.inputDimension] }) else {
            throw .missing("--d0", arguments)
        }
        for dimension in dimensions { try inputs.check(points: points.last ?? 0, inputDimension: dimension) }
        inputDimensions = dimensions
        bias = !arguments.has("--no-bias")
        epsilon = try arguments.fraction("--epsilon") ?? 0.1
        gamma = try arguments.fraction("--gamma")
        if let gamma, gamma > 0.5 {
            throw .usage("--gamma: \(gamma) is more than 0.5, the chance that a unit is active")
        }
        seed = try arguments.natural("--seed") ?? 0
        initialization = try arguments.choice("--init") ?? .uniform
        measured = try arguments.positive("--measure")
        backend = try BackendFlags(arguments)
        if measured == nil {
            for name in ["--backend", "--devices", "--threads"] where arguments.has(name) {
                throw .usage("\(name) goes with --measure only")
            }
            let isLine = inputs.data != nil && dimensions == [1] && bias
            guard isLine || !arguments.has("--init") else {
                throw .usage("--init goes with --measure, or with --inputs FILE of one column")
            }
        }
        json = arguments.has("--json")
    }
}

extension OptionSpec {
    static let epsilon = OptionSpec(
        "--epsilon", "E", "share of failures that the theorems allow, between 0 and 1", default: "0.1")
}

extension ParsedArguments {
    /// A decimal between 0 and 1, neither included; nil if the option is not given.
    func fraction(_ name: String) throws(CommandFailure) -> Double? {
        try decimal(name, right: "a number between 0 and 1, such as 0.1") { $0 > 0 && $0 < 1 }
    }
}
