import FullrankBackends
import FullrankModel
import FullrankStatistics

/// Prints the statements of the theory, as text or JSON.
func runTheory(_ options: TheoryOptions, _ context: CommandContext) throws(CommandFailure) {
    var summaries = [TheorySummary]()
    for dimension in options.inputDimensions {
        var gammas = [Int: Double]()
        if options.gamma == nil {
            gammas = try SampledInputs(
                seed: options.seed, inputs: options.inputs.problem, inputDimension: dimension, bias: options.bias
            ).gammas(points: options.points)
        }
        for points in options.points {
            var more = [TheorySummary.Entry]()
            if dimension == 1, options.bias, let data = options.inputs.data, points <= LineVolumes.mostPointsOfWidth {
                more +=
                    LineVolumes(
                        inputs: Array(data.values.prefix(points)), initialization: options.initialization,
                        epsilon: options.epsilon
                    ).entries
            }
            if dimension == 1, options.bias, case .drawn(let inputs) = options.inputs.problem {
                more.append(
                    LineLaw(inputs: inputs, initialization: options.initialization)
                        .entry(points: points, epsilon: options.epsilon))
            }
            if let trials = options.measured {
                more.append(
                    try context.measuredWidth(options, inputDimension: dimension, points: points, trials: trials))
            }
            summaries.append(
                TheorySummary(
                    points: points, inputDimension: dimension, bias: options.bias, epsilon: options.epsilon,
                    gamma: options.gamma ?? gammas[points], more: more))
        }
    }
    if options.json {
        try writeOutput(JSONText.array(summaries.map(\.json)).text + "\n")
    } else {
        try writeOutput(summaries.map(\.text).joined(separator: "\n"))
    }
}

extension CommandContext {
    /// The width at which networks as a sweep draws them reach full rank, all but a share ε.
    fileprivate func measuredWidth(
        _ options: TheoryOptions, inputDimension: Int, points: Int, trials: Int
    ) throws(CommandFailure) -> TheorySummary.Entry {
        let problem = SweepProblem(
            ratio: nil, inputDimension: inputDimension, points: [points], units: [1], bias: options.bias)
        let most = ThresholdOptions.usualWidth(points: points, problem: problem)
        let trial = TrialProblem(
            seed: options.seed, points: points, inputDimension: inputDimension, units: most, bias: options.bias,
            inputs: options.inputs.problem, network: .drawn(options.initialization))
        var widths = [Int]()
        try withBackend(options.backend) { (backend) throws(BackendError) in
            // 8 MB of profiles per call.
            let size = max(1, (1 << 20) / points)
            for start in stride(from: 0, to: trials, by: size) {
                let range = UInt64(start)..<UInt64(min(start + size, trials))
                for outcome in try backend.rankProfiles(
                    of: trial, trials: range, prime: Prime.drawn(seed: options.seed))
                {
                    guard case .computed(let profile) = outcome else { throw .cancelled }
                    let columns = profile.pivotColumns
                    widths.append(
                        columns.contains { $0 < 0 } ? .max : Int(columns.max() ?? 0) / profile.columnsPerUnit + 1)
                }
            }
        }
        widths.sort()
        let rank = max(1, Int((Double(trials) * (1 - options.epsilon) - 1e-9).rounded(.up)))
        let width = widths[rank - 1] == .max ? Double.infinity : Double(widths[rank - 1])
        return TheorySummary.Entry(
            name: "measured",
            title:
                "measured: full rank in a share 1 - ε of \(trials) networks, \(options.initialization.rawValue) weights",
            assumptions: "Networks of seed \(options.seed), as sweeps draw them; widths up to \(most) were looked at.",
            width: width)
    }
}

/// The inputs that trials of a sweep draw, for γ.
struct SampledInputs {
    let seed: UInt64
    let inputs: TrialProblem.Inputs
    let inputDimension: Int
    let bias: Bool

    /// Pairs take n² k steps; beyond this many points γ is not measured.
    static let mostPoints = 2000
    static let trials: UInt64 = 10

    /// Median over the first trials of γ of the first n points, by n.
    func gammas(points: [Int]) throws(CommandFailure) -> [Int: Double] {
        let measured = points.filter { $0 <= Self.mostPoints }
        guard let largest = measured.last else { return [:] }
        let problem = TrialProblem(
            seed: seed, points: largest, inputDimension: inputDimension, units: 1, bias: bias, inputs: inputs,
            network: .drawn(.uniform))
        var found = [[Double]]()
        do throws(BackendError) {
            let backend = try BackendChoice.cpu.open(options: BackendOptions(threads: 1)).backend
            for trial in 0..<Self.trials {
                found.append(
                    Separation.gammas(
                        inputs: try backend.inputs(of: problem, trial: trial), points: largest,
                        inputDimension: inputDimension, bias: bias))
                // The same in every trial.
                if case .given = inputs { break }
            }
        } catch {
            throw CommandFailure(error, signal: nil)
        }
        return Dictionary(
            uniqueKeysWithValues: measured.map { n in
                (n, found.map { $0[n - 1] }.sorted()[(found.count - 1) / 2])
            })
    }
}

extension TheorySummary {
    fileprivate var text: String {
        let bias = bias ? "with biases" : "without biases"
        var text = "n = \(points), d0 = \(inputDimension), \(bias) (k = \(columnsPerUnit)), ε = \(epsilon)"
        if let gamma { text += ", γ = \(Self.rounded(gamma))" }
        text += "\n"
        for entry in entries {
            let width = Self.rounded(entry.width)
            text += "  d1 = " + width + String(repeating: " ", count: max(1, 11 - width.count)) + entry.title + "\n"
        }
        return text + "  2^\(Self.rounded(log2Regions)) non-empty activation regions of one unit\n"
    }

    /// Whole numbers as they are, others with five digits, very large ones in powers of ten.
    private static func rounded(_ value: Double) -> String {
        if value == .infinity { return "?" }
        if value == value.rounded(), value < 1e9 { return "\(Int(value))" }
        var scale = 1.0, power = 0
        while value * scale < 10_000, scale < 1e12 { scale *= 10 }
        while value * scale >= 1e9 { (scale, power) = (scale / 10, power + 1) }
        if power > 0 { return "\(Int((value * scale / 1e5).rounded()))e\(power + 5)" }
        return scale == 1 ? "\(Int(value.rounded()))" : "\((value * scale).rounded() / scale)"
    }

    fileprivate var json: JSONText {
        .object([
            ("n", .integer(points)), ("d0", .integer(inputDimension)), ("k", .integer(columnsPerUnit)),
            ("bias", .boolean(bias)), ("epsilon", .number(epsilon)), ("gamma", gamma.map { .number($0) } ?? .null),
            ("log2_regions", .number(log2Regions)),
            (
                "widths",
                .array(
                    entries.map {
                        .object([
                            ("name", .string($0.name)), ("d1", $0.width.isFinite ? .number($0.width) : .null),
                            ("statement", .string($0.title)),
                            ("assumptions", .string($0.assumptions)),
                        ])
                    })
            ),
        ])
    }
}
