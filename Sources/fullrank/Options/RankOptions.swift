import FullrankModel

/// `fullrank rank`.
struct RankOptions: Sendable {
    var path: String
    var svd: Bool
    /// nil: float32 for a file of float32, else float64.
    var precision: Precision?
    /// Draws the primes of the exact method, with the file's content.
    var seed: UInt64
    /// How many primes must agree.
    var primes: Int
    var json: Bool
    var backend: BackendFlags

    static let spec = CommandSpec(
        name: "rank", summary: "print the rank of a matrix, or of each in a stack",
        usage: "FILE.npy|- [options]",
        details: """
            Prints the rank of the matrix in a .npy file of shape (rows, columns), or one line for each matrix in a
            file of shape (batch, rows, columns); '-' reads the file from standard input. The exact method takes the
            numbers as exact fractions and computes modulo two primes, drawn from the file's content and --seed. Its
            answer is never too high, and too low with a chance of about (rank over prime) squared; another --seed
            draws other primes. svd counts singular values above NumPy's tolerance.
            """,
        operand: OptionSpec(
            "FILE.npy", nil, "float16, float32, float64, integers or booleans, also gzipped; - is standard input"),
        options: [
            .method,
            OptionSpec("--precision", "WHICH", "for --method svd: float64 or float32", default: "the file's own"),
            OptionSpec("--seed", "S", "draws the primes of --method exact, with the file's content", default: "0"),
            OptionSpec("--primes", "N", "for --method exact: number of primes that must agree", default: "2"),
            .backend, .devices, .threads, .json,
        ],
        example: "fullrank rank jacobian.npy --method svd --json")

    init(_ arguments: ParsedArguments) throws(CommandFailure) {
        path = arguments.operand ?? ""
        if case .svd = try arguments.rankMethod() { svd = true } else { svd = false }
        precision = try arguments.choice("--precision")
        seed = try arguments.natural("--seed") ?? 0
        if svd, arguments.has("--seed") { throw .usage("--seed goes with --method exact only") }
        primes = try arguments.primes(usual: 2)
        json = arguments.has("--json")
        backend = try BackendFlags(arguments)
    }
}
