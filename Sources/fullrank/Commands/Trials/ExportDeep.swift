import FullrankBackends
import FullrankFiles
import FullrankModel
import FullrankSweep

/// Writes one trial of a deep network: of each hidden layer weights, biases and pattern; inputs, output weights and the
/// Jacobian.
func runDeepExport(_ options: ExportOptions, _ context: CommandContext) throws(CommandFailure) {
    let problem = options.problem
    let layers = 1...(problem.hidden.count + 1)
    let kinds = ["weights"] + (problem.bias ? ["biases"] : []) + ["pattern"]
    let names =
        ["inputs.npy"] + layers.flatMap { layer in kinds.map { "layer-\(layer)-\($0).npy" } }
        + ["output_weights.npy", "jacobian.npy"]
    let folder = ExportFolder(path: options.output, names: names, isReplacing: options.isReplacing)
    try folder.prepare()
    let (samples, jacobian) = try context.withBackend(options.backend) { (backend) throws(BackendError) in
        (
            try DeepSamples(problem, trial: options.trial, on: backend),
            try backend.jacobian(of: problem, trial: options.trial)
        )
    }
    try folder.write { (file, name) throws(FileError) in
        switch name {
        case "inputs.npy":
            try NPYWriter.write(samples.inputs, shape: [problem.points, problem.inputDimension], to: file)
        case "output_weights.npy": try NPYWriter.write(samples.outputs, shape: [problem.units], to: file)
        case "jacobian.npy": try NPYWriter.write(jacobian, shape: [problem.points, problem.columns], to: file)
        default:
            let parts = name.split(separator: "-")
            let layer = samples.layers[(Int(parts[1]) ?? 1) - 1]
            switch parts[2] {
            case "weights.npy":
                try NPYWriter.write(layer.weights, shape: [layer.units, layer.inputDimension], to: file)
            case "biases.npy": try NPYWriter.write(layer.biases, shape: [layer.units], to: file)
            default: try NPYWriter.write(layer.pattern.bytes, shape: [layer.units, problem.points], to: file)
            }
        }
    }
    writeMessage(
        "jacobian.npy is rounded to float64, so that its exact rank may be above the Jacobian's, which sweep and network give"
    )
}

extension ActivationPattern {
    /// units × points, 0 and 1.
    var bytes: [UInt8] {
        var bytes = [UInt8]()
        bytes.reserveCapacity(units * points)
        for unit in 0..<units { for point in 0..<points { bytes.append(self[unit, point] ? 1 : 0) } }
        return bytes
    }
}
