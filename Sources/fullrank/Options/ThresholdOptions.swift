import FullrankModel
import FullrankPlatform

/// `fullrank threshold`: a sweep of one n and one, large, width, whose rank profiles give every smaller width too.
struct ThresholdOptions: Sendable {
    /// Its plan: all n' up to n (n alone at a ratio, or where asked for); one d1, the largest width looked at; the exact method.
    var job: SweepJob
    var backend: BackendFlags
    /// nil: run.
    var dryRun: DryRunFormat?
    /// The widths go to standard output as JSON.
    var json: Bool

    static let spec = CommandSpec(
        name: "threshold", summary: "find the width at which the Jacobian reaches full rank",
        usage: "(--d0 LIST | --ratio LIST) --n N [options] --output DIR",
        details: """
            Finds h(n') in each trial by the exact method, for every n' up to n (for n alone with --alone, --ratio or
            --patterns regions). h(n') is the smallest width at which the first n' points have full rank. Writes the
            quantiles of h to widths.csv and a figure, and the numbers of trials that reach full rank within --max-d1
            to cells.csv. A trial stops as soon as it has full rank, so a large --max-d1 costs nothing unless full
            rank is never reached.
            """,
        options: [
            .inputDimensions, .ratio, OptionSpec("--n", "N", "number of data points"),
            OptionSpec(
                "--alone", nil,
                "compute h(n) for n alone: five to seven times quicker at large n and d0 >= 3, and\n"
                    + "most ranks are proved, with no chance of error"),
            OptionSpec(
                "--max-d1", "W", "largest width to search",
                default:
                    "16 times the larger of\nn/k and n^(2/d), k = d0 + 1 and d = d0 with biases, k = d0 and d = d0 - 1\n"
                    + "without, at least 64 and at most 10000000"),
            OptionSpec(
                "--half-width", "H",
                "instead of --trials: run as many trials as the share with h <= W, at any width W,\n"
                    + "needs for a 95% interval of half-width at most H: 9600 for 0.01, 381 for 0.05"),
        ] + GridOptions.specs + [
            .perTrial, .backend, .devices, .threads, .shard, .extend, .replace, .dryRun, .widthsJSON, .output,
        ] + FigureOptions.specs,
        example: "fullrank threshold --d0 10 --n 1000 --output threshold")

    init(_ arguments: ParsedArguments) throws(CommandFailure) {
        let output = try arguments.outputFolder()
        dryRun = arguments.dryRun
        json = arguments.has("--json")
        backend = try BackendFlags(arguments)
        let shard = try arguments.shard()
        guard let points = try arguments.positive("--n") else { throw .missing("--n", arguments) }
        let width = try arguments.positive("--max-d1")
        var grid = try GridOptions(arguments, points: [points])
        // A trial gives every width at once, so looking at results before all are finished gains nothing.
        if let halfWidth = try arguments.halfWidth() {
            guard !arguments.has("--trials") else {
                throw .usage("--trials and --half-width exclude each other here; give one of them")
            }
            grid.trials = try arguments.trialsForAnyFraction(halfWidth)
        }
        let isAlone = arguments.has("--alone")
        if case .fixed(let dimensions) = grid.inputDimensions, !isAlone, dimensions.count * points > SweepPlan.mostCells
        {
            throw .usage(
                "--n: \(points) makes \(dimensions.count * points) cells, one for each d0 and n' up to n; at most "
                    + "\(SweepPlan.mostCells) are taken; --alone makes one for each d0")
        }
        // A profile gives h of all its leading parts, but at a ratio these have other input dimensions.
        // And those of regions, other patterns.
        let list =
            if case .fixed = grid.inputDimensions, grid.patterns != .regions, !isAlone { Array(1...points) } else {
                [points]
            }
        var plan = grid.plan(points: list, units: [width ?? 1], method: .exact)
        if width == nil {
            plan.units = [plan.problems.map { Self.usualWidth(points: points, problem: $0) }.max() ?? 64]
        }
        job = SweepJob(
            title: "threshold", plan: plan, data: grid.inputs.data, notes: grid.notes, output: output,
            isExtending: try arguments.isExtending(), isReplacing: arguments.has("--replace"), shard: shard,
            isPerTrial: arguments.has("--per-trial"), figures: try FigureOptions(arguments))
    }

    /// Wide enough that all but about a hundredth of the trials reach full rank on random data.
    ///
    /// Counting columns needs n/k units. The two nearest of n random points in d dimensions are about n^(-2/d) apart,
    /// and some unit must tell them apart, which takes about n^(2/d); the largest of many trials needs some times more,
    /// hence 16. Without biases only the points' directions count, one dimension less.
    static func usualWidth(points: Int, problem: SweepProblem) -> Int {
        let dimension = problem.inputDimension - (problem.bias ? 0 : 1)
        let counting = Double(points) / Double(problem.columnsPerUnit)
        let telling = dimension > 0 ? pow(Double(points), 2 / Double(dimension)) : 0
        let width = 16 * max(counting.rounded(.up), telling.rounded(.up))
        return Int(min(10_000_000, max(64, width)))
    }
}
