import FullrankBackends
import FullrankModel
import FullrankStatistics

/// Prints what theory says, as text or JSON.
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
            summaries.append(
                TheorySummary(
                    points: points, inputDimension: dimension, bias: options.bias, epsilon: options.epsilon,
                    gamma: options.gamma ?? gammas[points]))
        }
    }
    if options.json {
        try writeOutput(JSONText.array(summaries.map(\.json)).text + "\n")
    } else {
        try writeOutput(summaries.map(\.text).joined(separator: "\n"))
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
        return Dictionary(uniqueKeysWithValues: measured.map { n in
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
                            ("name", .string($0.name)), ("d1", .number($0.width)), ("statement", .string($0.title)),
                            ("assumptions", .string($0.assumptions)),
                        ])
                    })
            ),
        ])
    }
}
