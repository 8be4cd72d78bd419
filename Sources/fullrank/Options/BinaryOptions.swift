import FullrankModel

/// `fullrank binary`.
struct BinaryOptions: Sendable {
    /// d, ascending.
    var orders: [Int]
    var trials: Int
    var seed: UInt64
    var json: Bool
    var backend: BackendFlags

    static let spec = CommandSpec(
        name: "binary", summary: "how often random matrices of zeros and ones are singular",
        usage: "--d LIST [options]",
        details: """
            Draws square matrices of independent fair bits and counts the singular ones, with a 95% interval. Also
            prints (1/sqrt 2)^d, the order of the known bound, and the exact probability up to d = 8. A trial's
            matrices of all orders are leading blocks of one matrix. Ranks are computed modulo a prime: a regular
            matrix is counted as singular with a chance of about d over 8 million.
            """,
        options: [
            OptionSpec("--d", "LIST", "orders, such as 1..10 or 5,20..100:20"),
            OptionSpec("--trials", "N", "matrices of each order", default: "10000"), .seed, .backend, .devices,
            .threads,
            .json,
        ],
        example: "fullrank binary --d 1..10 --trials 1000")

    init(_ arguments: ParsedArguments) throws(CommandFailure) {
        guard let orders = try arguments.integers("--d") else { throw .missing("--d", arguments) }
        self.orders = orders
        trials = try arguments.positive("--trials") ?? 10_000
        seed = try arguments.natural("--seed") ?? 0
        json = arguments.has("--json")
        backend = try BackendFlags(arguments)
    }
}
