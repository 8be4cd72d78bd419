import FullrankBackends
import FullrankFiles
import FullrankModel
import FullrankNetworks
import FullrankSweep

/// Writes one trial of a sweep over networks: points, weights, the rounded Jacobian, and trial.json with the exact rank.
/// The network is a folder that `fullrank network` reads.
func runNetworkExport(
    _ plan: NetworkSweepPlan, data: DataSet?, _ options: ExportOptions, _ context: CommandContext
) throws(CommandFailure) {
    let problem = plan.problems[0], shape = plan.shape(of: problem, units: problem.largestUnits)
    let arrays = shape.layers.enumerated().flatMap { layer, size in
        ["W\(layer + 1)"] + (size.bias ? ["b\(layer + 1)"] : [])
    }
    var folder = ExportFolder(
        path: options.output,
        names: ["inputs.npy"] + arrays.map { "\(ExportFolder.network)/\($0).npy" } + ["jacobian.npy"],
        documents: [NetworkTrialDocument.name], isReplacing: options.isReplacing)
    try folder.prepare()
    var flags = options.backend
    flags.chooseNetworks()
    let number = Int(options.trial)
    let sample = NetworkSample(plan, problem, trial: number)
    let inputs = data.map { Array($0.values[..<(problem.largestPoints * problem.inputDimension)]) } ?? sample.points
    let network = Network(shape: shape, parameters: sample.parameters)
    let (rank, jacobian) = try context.withBackend(flags) { (backend) throws(BackendError) in
        let networks = try backend.havingNetworks()
        let points = DataSet(points: problem.largestPoints, inputDimension: problem.inputDimension, values: inputs)
        return (
            try networks.trials(number..<number + 1, of: plan, index: 0, data: data)[0].ranks[0],
            try networks.networkJacobian(of: network, on: points, plan.query)
        )
    }
    if jacobian == nil { folder.names.removeAll { $0 == "jacobian.npy" } }
    let rows = problem.largestPoints * plan.outputs, columns = shape.columns(plan.query.trained)
    let parts = NetworkArrays(network)
    try folder.write { (file, name) throws(FileError) in
        switch name {
        case "inputs.npy":
            try NPYWriter.write(inputs, shape: [problem.largestPoints, problem.inputDimension], to: file)
        case "jacobian.npy": try NPYWriter.write(jacobian ?? [], shape: [rows, columns], to: file)
        default:
            let (values, shape) = parts.array(named: String(name.dropFirst(ExportFolder.network.count + 1).dropLast(4)))
            try NPYWriter.write(values, shape: shape, to: file)
        }
    }
    let document = NetworkTrialDocument(plan: plan, trial: options.trial, rank: rank)
    do throws(SweepFolderError) {
        try Files.writeWhole(Array(document.text.utf8), folder: options.output, name: NetworkTrialDocument.name)
    } catch {
        throw CommandFailure(error)
    }
    let path = options.output.printable()
    writeMessage(
        "\(path): rank \(rank) of \(rows) x \(columns), bound \(document.bound); 'fullrank network \(path)/\(ExportFolder.network) "
            + "--inputs \(path)/inputs.npy --activation \(plan.activation) --trained \(plan.trained.rawValue)' ranks it again"
    )
    writeMessage(
        jacobian == nil
            ? "a number of the Jacobian overflows in float64: there is no jacobian.npy"
            : "jacobian.npy is rounded to float64, so that its exact rank may be above the Jacobian's")
}

/// A network's arrays by their names in its folder: "W1", "b1", "W2", ...
private struct NetworkArrays {
    let network: Network

    init(_ network: Network) { self.network = network }

    func array(named name: String) -> (values: [Double], shape: [Int]) {
        let layer = (Int(name.dropFirst()) ?? 1) - 1, shape = network.shape
        let units = shape.layers[layer].units, inputs = shape.widths[layer]
        let start = (0..<layer).reduce(0) { $0 + shape.parameters(ofLayer: $1) }, weights = start + units * inputs
        return name.hasPrefix("W")
            ? (Array(network.parameters[start..<weights]), [units, inputs])
            : (Array(network.parameters[weights..<weights + units]), [units])
    }
}

/// trial.json: what the trial is, and its rank.
private struct NetworkTrialDocument {
    static let name = ExportFolder.document, format = "fullrank-network-trial", formatVersion = 1
    let plan: NetworkSweepPlan
    let trial: UInt64
    let rank: Int

    var bound: Int { plan.bounds(of: plan.problems[0])[0] }

    var text: String {
        let problem = plan.problems[0], shape = plan.shape(of: problem, units: problem.largestUnits)
        let chance =
            rank == bound ? 0 : Prime.shortfallBound(pivots: bound, primes: plan.grid.primes)
        return JSONValue.object([
            .init("format", .string(Self.format)), .init("version", .integer(Self.formatVersion)),
            .init("fullrank", .string(version)),
            .init("d0", .integer(problem.inputDimension)), .init("n", .integer(problem.largestPoints)),
            .init("hidden", .integers(problem.hidden?.widths ?? [])), .init("d1", .integer(problem.largestUnits)),
            .init("outputs", .integer(plan.outputs)), .init("trained", .string(plan.trained.rawValue)),
            .init("activation", .string(plan.activation.description)), .init("bias", .bool(plan.grid.bias)),
            .init("output_bias", .bool(plan.outputBias)), .init("inputs", plan.grid.inputs.json(plan.grid.preparation)),
            .init("init", .string(plan.grid.initialization.rawValue)), .init("seed", .integer(plan.grid.seed)),
            .init("trial", .integer(trial)), .init("primes", .integers(plan.grid.primes.map(Int.init))),
            .init("rows", .integer(problem.largestPoints * plan.outputs)),
            .init("parameters", .integer(shape.columns(plan.query.trained))), .init("rank", .integer(rank)),
            .init("bound", .integer(bound)), .init("proved", .bool(rank == bound)),
            .init("error_bound", .double(chance) ?? .null),
        ]).document
    }
}
