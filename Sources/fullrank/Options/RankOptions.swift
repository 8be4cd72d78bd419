import FullrankModel

/// `fullrank rank`.
struct RankOptions: Sendable {
    var path: String
    var svd: Bool
    /// nil: float32 for a file of float32, else float64.
    var precision: Precision?
    /// Draws the prime of the exact method.
    var seed: UInt64
    /// How many primes must agree.
    var primes: Int
    var json: Bool
    var backend: BackendFlags

    static let spec = CommandSpec(
        name: "rank", summary: "print the rank of a matrix, or of each in a stack",
        usage: "FILE.npy [options]",
        details: """
            Prints the rank of the matrix in a .npy file of shape (rows, columns), or of each matrix, a line each, in
            one of shape (batch, rows, columns). The exact method takes the numbers as the exact fractions they are
            and computes modulo a random prime: it never answers too high, and too low with a chance of about rank
            over prime; another --seed draws another prime. svd counts singular values above NumPy's tolerance.
            """,
        operand: OptionSpec("FILE.npy", nil, "float32, float64, integers or booleans"),
        options: [
            .method,
            OptionSpec("--precision", "WHICH", "of --method svd: float64 or float32", default: "the file's own"),
            OptionSpec("--seed", "S", "draws the prime of --method exact", default: "0"), .primes, .backend, .devices, .threads, .json,
        ],
        example: "fullrank rank jacobian.npy --method svd --json")

    init(_ arguments: ParsedArguments) throws(CommandFailure) {
        path = arguments.operand ?? ""
        if case .svd = try arguments.rankMethod() { svd = true } else { svd = false }
        precision = try arguments.choice("--precision")
        seed = try arguments.natural("--seed") ?? 0
        if svd, arguments.has("--seed") { throw .usage("--seed goes with --method exact only") }
        primes = try arguments.primes()
        json = arguments.has("--json")
        backend = try BackendFlags(arguments)
    }
}
