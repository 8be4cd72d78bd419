import FullrankKernels
import FullrankModel

// One trial's samples, pattern and Jacobian.
extension CBackend {
    public func inputs(of problem: TrialProblem, trial: UInt64) throws(BackendError) -> [Double] {
        let sample = try require(functions.sample_inputs, "sample_inputs")
        let count = try BufferSize.count([problem.points, problem.inputDimension], stride: 8, of: "inputs")
        var inputs = [Double](repeating: 0, count: count)
        try problem.withArguments { arguments throws(BackendError) in
            try call { sample($0, arguments, trial, &inputs) }
        }
        return inputs
    }

    public func weights(
        of problem: TrialProblem, trial: UInt64
    ) throws(BackendError) -> (weights: [Double], biases: [Double]) {
        let sample = try require(functions.sample_weights, "sample_weights")
        let count = try BufferSize.count([problem.units, problem.inputDimension], stride: 8, of: "weights")
        var weights = [Double](repeating: 0, count: count)
        var biases = [Double](repeating: 0, count: problem.bias ? problem.units : 0)
        let units = Int64(problem.units)
        try problem.withArguments { arguments throws(BackendError) in
            if problem.bias {
                try call { sample($0, arguments, trial, 0, units, &weights, &biases) }
            } else {
                try call { sample($0, arguments, trial, 0, units, &weights, nil) }
            }
        }
        return (weights, biases)
    }

    public func activationPattern(
        of problem: TrialProblem, trial: UInt64
    ) throws(BackendError) -> ActivationPattern {
        let patterns = try require(functions.activation_patterns, "activation_patterns")
        let width = ActivationPattern.wordsPerUnit(points: problem.points)
        let count = try BufferSize.count([problem.units, width], stride: 8, of: "activation pattern")
        var words = [UInt64](repeating: 0, count: count)
        try problem.withArguments { arguments throws(BackendError) in
            try call { patterns($0, arguments, trial, 0, Int64(problem.units), &words) }
        }
        return ActivationPattern(units: problem.units, points: problem.points, words: words)
    }

    public func jacobian(of problem: TrialProblem, trial: UInt64) throws(BackendError) -> [Double] {
        guard problem.hidden.isEmpty else {
            guard let jacobian = try deepJacobian(of: problem, trial: trial) else {
                throw .invalidArgument("trial \(trial): its network holds a NaN or an infinity")
            }
            return jacobian
        }
        let jacobians = try require(functions.jacobians, "jacobians")
        let count = try BufferSize.count(
            [problem.points, problem.units, problem.columnsPerUnit], stride: 8, of: "Jacobian")
        var jacobian = [Double](repeating: 0, count: count)
        var outcome = FR_NOT_COMPUTED
        try problem.withArguments { arguments throws(BackendError) in
            try call { jacobians($0, arguments, FR_FLOAT64, trial, 1, &jacobian, &outcome) }
        }
        switch outcome {
        case FR_COMPUTED: return jacobian
        case FR_NOT_FINITE: throw .invalidArgument("trial \(trial): its Jacobian holds a NaN or an infinity")
        default: throw .internal("\(name): trial \(trial)'s Jacobian was not computed (outcome \(outcome.rawValue))")
        }
    }
}
