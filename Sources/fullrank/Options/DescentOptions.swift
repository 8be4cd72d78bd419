import FullrankBackends
import FullrankLandscape

extension DescentJob {
    init(_ arguments: ParsedArguments) throws(CommandFailure) {
        seed = try arguments.natural("--seed") ?? 0
        starts = try arguments.positive("--starts", maximum: 10_000_000) ?? 100
        problems = try arguments.positive("--problems", maximum: 1_000_000) ?? 1
        threads = try arguments.positive("--threads", maximum: 4096) ?? Processors.available
        let drawn = ["--d0", "--n"].filter { arguments.has($0) }
        guard let flag = drawn.first else {
            if arguments.has("--problems") { throw .usage("--problems goes with drawn data only: --d0 and --n") }
            source = .given(try LandscapeProblem(arguments))
            return
        }
        for other in ["--inputs", "--labels"] where arguments.has(other) {
            throw .usage("\(other) does not go with \(flag), which draws data")
        }
        guard arguments.operands.count == 1 else {
            throw .usage("\(flag) does not go with PROBLEM.json, which holds the data")
        }
        guard let d0 = try arguments.positive("--d0", maximum: 64) else { throw .missing("--d0", arguments) }
        guard let points = try arguments.positive("--n", maximum: 10_000) else { throw .missing("--n", arguments) }
        guard let units = try arguments.positive("--units", maximum: 64) else { throw .missing("--units", arguments) }
        source = .drawn(
            points: points, inputDimension: d0, bias: !arguments.has("--no-bias"), units: units,
            frozen: try LandscapeProblem.frozen(arguments, units: units))
    }
}
