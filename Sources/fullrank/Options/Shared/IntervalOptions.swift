import FullrankModel
import FullrankStatistics

extension OptionSpec {
    static let halfWidth = OptionSpec(
        "--half-width", "H",
        "after the first --trials, add trials to a problem until the 95% interval of each of\n"
            + "its cells has a half-width of at most H, such as 0.01")
    static let maxTrials = OptionSpec(
        "--max-trials", "T", "with --half-width: at most T trials per problem",
        default: "sufficient for\nany fraction: 9600 for 0.01, 381 for 0.05")
    /// Of commands without --half-width.
    static let extendTrials = OptionSpec("--extend", nil, "continue a folder that has this run with fewer trials")
    static let extend = OptionSpec(
        "--extend", nil, "continue a folder that has this sweep with fewer trials or a larger half-width")
}

extension ParsedArguments {
    /// `--half-width`: above 0 and below 1/2; nil if it is not given.
    func halfWidth() throws(CommandFailure) -> Double? {
        guard let text = values["--half-width"] else { return nil }
        let isDecimal = text.utf8.allSatisfy { (48...57).contains($0) || $0 == UInt8(ascii: ".") }
        guard isDecimal, let value = Double(text), IntervalTarget.isHalfWidth(value) else {
            throw .usage("--half-width: \(text.quoted) is not a decimal above 0 and below 0.5, such as 0.01")
        }
        return value
    }

    /// `--half-width` and `--max-trials`.
    func intervalTarget(trials: Int) throws(CommandFailure) -> IntervalTarget? {
        let most = try positive("--max-trials")
        guard let halfWidth = try halfWidth() else {
            guard most == nil else { throw .usage("--max-trials goes with --half-width only") }
            return nil
        }
        if let most, most < trials { throw .usage("--max-trials: \(most) is less than the \(trials) of --trials") }
        guard !has("--shard") else {
            throw .usage(
                "--half-width does not go with --shard: run the shards with --trials, merge them, and give the sweep "
                    + "with --half-width and --extend in the merged folder")
        }
        if let most { return IntervalTarget(halfWidth: halfWidth, maxTrials: most) }
        return IntervalTarget(halfWidth: halfWidth, maxTrials: max(trials, try trialsForAnyFraction(halfWidth)))
    }

    /// As many as make any fraction's interval that narrow.
    func trialsForAnyFraction(_ halfWidth: Double) throws(CommandFailure) -> Int {
        guard let trials = WilsonInterval.trialsForAnyFraction(halfWidth: halfWidth) else {
            throw .usage("--half-width: \(halfWidth) may take more than \(IntegerList.largestValue) trials: too small")
        }
        return trials
    }

    /// `--extend`, which goes neither with `--replace` nor with `--shard`.
    func isExtending() throws(CommandFailure) -> Bool {
        guard has("--extend") else { return false }
        guard !has("--replace") else { throw .usage("--extend and --replace exclude each other; give one of them") }
        guard !has("--shard") else {
            throw .usage("--extend does not go with --shard: merge the shards, then --extend the merged folder")
        }
        return true
    }
}
