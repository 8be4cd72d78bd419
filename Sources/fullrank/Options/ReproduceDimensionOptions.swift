import FullrankDimension
import FullrankModel

/// `fullrank reproduce mfa`.
struct PublishedTableRun: Sendable {
    var path: String
    /// nil: nothing is kept.
    var output: String?
    var seed: UInt64
    var primes: Int
    var isReplacing: Bool
    var figures: FigureOptions

    init(_ arguments: ParsedArguments) throws(CommandFailure) {
        try arguments.refuse(
            [
                "--trials", "--half-width", "--max-trials", "--method", "--precision", "--census", "--shard",
                "--extend", "--dry-run",
                "--json", "--weights",
            ], with: "mfa")
        guard arguments.has("--table") else {
            throw .usage(
                "--table is missing: mfa compares with a published table, such as 2_1.csv of the repository MFA_PNNs")
        }
        path = try arguments.requiredPath("--table")
        output = arguments.has("--output") ? try arguments.requiredPath("--output") : nil
        seed = try arguments.natural("--seed") ?? 0
        primes = try arguments.positive("--primes", maximum: DimensionPlan.mostPrimes) ?? 2
        isReplacing = arguments.has("--replace")
        figures = try FigureOptions(arguments)
    }
}

/// `fullrank reproduce hidden-symmetries`.
struct HiddenSymmetriesRun: Sendable {
    /// nil: normal and uniform.
    var weights: Initialization?
    /// nil: as published.
    var trials: Int?
    var seed: UInt64
    var output: String
    var shard: Shard?
    var isExtending: Bool
    var isReplacing: Bool
    var dryRun: DryRunFormat?
    var figures: FigureOptions

    init(_ arguments: ParsedArguments) throws(CommandFailure) {
        try arguments.refuse(
            ["--half-width", "--max-trials", "--method", "--precision", "--primes", "--census", "--table"],
            with: "hidden-symmetries")
        output = try arguments.outputFolder()
        dryRun = arguments.dryRun
        weights = try arguments.choice("--weights")
        trials = try arguments.positive("--trials")
        seed = try arguments.natural("--seed") ?? 0
        shard = try arguments.shard()
        isExtending = try arguments.isExtending()
        isReplacing = arguments.has("--replace")
        figures = try FigureOptions(arguments)
    }
}

extension ParsedArguments {
    /// Options that a figure of `reproduce` has no use for.
    func refuse(_ flags: [String], with figure: String) throws(CommandFailure) {
        if let flag = flags.first(where: { has($0) }) { throw .usage("\(flag) does not go with \(figure)") }
    }
}
