import FullrankBackends
import FullrankModel
import FullrankStatistics

/// Counts singular matrices: the bernoulli ensemble with one input that is always 1 and no bias, whose Jacobian is the
/// pattern itself.
func runBinary(_ options: BinaryOptions, _ context: CommandContext) throws(CommandFailure) {
    let largest = options.orders.last ?? 1
    // n ones, a profile's pivots, and a pattern's row per unit: n^2 / 8 bytes at least.
    let bytes = 16 * Double(largest) + Double(largest) * Double(largest) / 8
    guard AvailableMemory.holds(bytes) else {
        throw .memory("--d: matrices of order \(largest) take \(AvailableMemory.shortage(bytes))")
    }
    let problem = TrialProblem(
        seed: options.seed, points: largest, inputDimension: 1, units: largest, bias: false,
        inputs: .given(DataSet(points: largest, inputDimension: 1, values: Array(repeating: 1, count: largest))),
        network: .bernoulli)
    let prime = Prime.drawn(seed: options.seed)
    let rows = try context.withBackend(options.backend) { (backend) throws(BackendError) in
        var singular = [Int](repeating: 0, count: options.orders.count)
        // 8 MB of profiles per call.
        let size = max(1, (1 << 20) / largest)
        for start in stride(from: 0, to: options.trials, by: size) {
            let trials = UInt64(start)..<UInt64(min(start + size, options.trials))
            for outcome in try backend.rankProfiles(of: problem, trials: trials, prime: prime) {
                guard case .computed(let profile) = outcome else { throw .cancelled }
                for (place, order) in options.orders.enumerated()
                where profile.rank(points: order, units: order) < order {
                    singular[place] += 1
                }
            }
        }
        return zip(options.orders, singular).map {
            SingularBinaryMatrices(order: $0, trials: options.trials, singular: $1)
        }
    }
    if options.json {
        return try writeOutput(JSONText.array(rows.map(\.json)).text + "\n")
    }
    try writeOutput("d,trials,singular,probability,ci_low,ci_high,bound,exact\n" + rows.map { $0.line + "\n" }.joined())
}

extension SingularBinaryMatrices {
    fileprivate var line: String {
        "\(order),\(trials),\(singular),\(probability),\(interval.low),\(interval.high),\(bound),"
            + (exact.map { "\($0)" } ?? "")
    }

    fileprivate var json: JSONText {
        .object([
            ("d", .integer(order)), ("trials", .integer(trials)), ("singular", .integer(singular)),
            ("probability", .number(probability)), ("ci_low", .number(interval.low)),
            ("ci_high", .number(interval.high)), ("bound", .number(bound)),
            ("exact", exact.map { .number($0) } ?? .null),
        ])
    }
}
