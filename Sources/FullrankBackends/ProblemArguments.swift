import FullrankKernels
import FullrankModel
import FullrankPlatform

extension TrialProblem {
    /// This problem as the C interface wants it; the pointers in it live until `body` returns.
    ///
    /// - Throws: `invalidArgument` if given data, weights or patterns are smaller than the problem.
    func withArguments<Answer>(
        _ body: (UnsafePointer<fr_problem>) throws(BackendError) -> Answer
    ) throws(BackendError) -> Answer {
        var arguments = fr_problem()
        arguments.seed = seed
        arguments.points = Int64(points)
        arguments.inputs = Int64(inputDimension)
        arguments.units = Int64(units)
        arguments.bias = bias ? 1 : 0

        var given = [Double]()
        switch inputs {
        case .drawn(let distribution): arguments.input_distribution = distribution.argument
        case .given(let data):
            guard data.inputDimension == inputDimension, data.points >= points else {
                throw .invalidArgument(
                    "inputs: \(data.points) points of \(data.inputDimension) numbers are given, "
                        + "\(points) of \(inputDimension) are needed")
            }
            arguments.input_distribution = FR_INPUTS_GIVEN
            given = data.values
        }

        var givenWeights = [Double]()
        var givenBiases = [Double]()
        var patterns = [UInt64]()
        switch network {
        case .drawn(let initialization): arguments.weight_distribution = initialization.argument
        case .bernoulli: arguments.weight_distribution = FR_WEIGHTS_BERNOULLI
        case .regions: arguments.weight_distribution = FR_WEIGHTS_STEPS
        case .given(let weights, let biases):
            let (needed, overflow) = units.multipliedReportingOverflow(by: inputDimension)
            guard !overflow, weights.count >= needed, !bias || biases.count >= units else {
                throw .invalidArgument(
                    "weights: \(weights.count) weights and \(biases.count) biases are given, "
                        + "\(units) units of \(inputDimension) inputs need more")
            }
            arguments.weight_distribution = FR_WEIGHTS_GIVEN
            (givenWeights, givenBiases) = (weights, bias ? biases : [])
        case .pattern(let pattern):
            guard pattern.units >= units, pattern.points >= points else {
                throw .invalidArgument(
                    "pattern: \(pattern.units) units by \(pattern.points) points are given, "
                        + "\(units) by \(points) are needed")
            }
            arguments.weight_distribution = FR_WEIGHTS_PATTERN
            patterns = pattern.leadingWords(units: units, points: points)
        }

        return try given.withBuffer { given throws(BackendError) in
            try givenWeights.withBuffer { weights throws(BackendError) in
                try givenBiases.withBuffer { biases throws(BackendError) in
                    try patterns.withBuffer { patterns throws(BackendError) in
                        arguments.given_inputs = given.isEmpty ? nil : given.baseAddress
                        arguments.given_weights = weights.isEmpty ? nil : weights.baseAddress
                        arguments.given_biases = biases.isEmpty ? nil : biases.baseAddress
                        arguments.given_patterns = patterns.isEmpty ? nil : patterns.baseAddress
                        return try body(&arguments)
                    }
                }
            }
        }
    }
}

extension ActivationPattern {
    /// The words of the first units and points, unused bits 0.
    func leadingWords(units: Int, points: Int) -> [UInt64] {
        let width = Self.wordsPerUnit(points: points)
        var leading = [UInt64]()
        leading.reserveCapacity(units * width)
        for unit in 0..<units {
            leading += words[(unit * wordsPerUnit)..<(unit * wordsPerUnit + width)]
            if points % 64 != 0 { leading[leading.count - 1] &= (1 << UInt64(points % 64)) - 1 }
        }
        return leading
    }
}

extension InputDistribution {
    var argument: fr_inputs {
        switch self {
        case .normal: FR_INPUTS_NORMAL
        case .uniform: FR_INPUTS_UNIFORM
        case .cube: FR_INPUTS_CUBE
        }
    }
}

extension Initialization {
    var argument: fr_weights {
        switch self {
        case .uniform: FR_WEIGHTS_UNIFORM
        case .heUniform: FR_WEIGHTS_HE_UNIFORM
        case .normal: FR_WEIGHTS_NORMAL
        }
    }
}

extension Precision {
    var argument: fr_precision {
        switch self {
        case .float64: FR_FLOAT64
        case .float32: FR_FLOAT32
        }
    }
}
