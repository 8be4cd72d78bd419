import FullrankBackends
import FullrankFiles
import FullrankModel
import FullrankReport
import FullrankSweep
import FullrankTraining

/// The files of `fullrank train` (docs/file-formats.md, "Training").
struct TrainingFolder {
    static let format = "fullrank-training", formatVersion = 1
    static let checkpoint = "checkpoint.npy"
    private static let table = "training.csv"
    private static let figure = "diagram-training.svg"
    /// Of it, in other formats.
    private static let conversions = ["diagram-training.pdf", "diagram-training.png"]
    private static let arrays = ["inputs.npy", "labels.npy", "weights.npy", "biases.npy", "output_weights.npy"]

    private let folder: RunFolder
    var path: String { folder.path }

    init(_ options: TrainOptions, backend: any RankBackend) throws(SweepFolderError) {
        let plan = options.plan
        folder = try RunFolder(
            options.output, format: Self.format, version: Self.formatVersion, deciding: options.decidingMembers,
            provenance: [
                .init("prime", .integer(plan.prime)), .init("fullrank", .string(version)),
                .init("backend", .string(backend.name)), .init("device", .string(backend.device)),
                .init("library", .string(backend.libraryVersion)),
            ],
            outputs: [Self.checkpoint, Self.table, Self.figure] + Self.conversions + Self.arrays,
            replacing: options.isReplacing)
    }

    /// Where an earlier run stopped; nil if there was none.
    func state(of plan: TrainingPlan) throws(SweepFolderError) -> TrainingState? {
        guard let bytes = try folder.read(Self.checkpoint) else { return nil }
        let file = "\(path)/\(Self.checkpoint)"
        let numbers: NPYFile
        do throws(FileError) { numbers = try NPYFile(bytes: bytes, path: file) } catch {
            throw .damaged(path: file, line: nil, reason: "\(error)")
        }
        guard let state = TrainingState(plan, checkpoint: numbers.values) else {
            throw .damaged(path: file, line: nil, reason: "it is no checkpoint of this plan")
        }
        return state
    }

    func writeCheckpoint(_ state: TrainingState) throws(SweepFolderError) {
        let numbers = state.checkpoint
        try folder.write(NPYWriter.bytes(numbers, shape: [numbers.count]), to: Self.checkpoint)
    }

    /// The checkpoint first: all else follows from it.
    func writeAll(_ run: TrainingRun, caption: String, theme: FigureTheme) throws(SweepFolderError) {
        try writeCheckpoint(run.state)
        let (n, d0, d1) = (run.data.points, run.data.inputDimension, run.plan.units)
        let network = run.state.network
        try folder.write(NPYWriter.bytes(run.data.inputs, shape: [n, d0]), to: "inputs.npy")
        try folder.write(NPYWriter.bytes(run.data.labels, shape: [n]), to: "labels.npy")
        try folder.write(NPYWriter.bytes(network.weights, shape: [d1, d0]), to: "weights.npy")
        if network.bias { try folder.write(NPYWriter.bytes(network.biases, shape: [d1]), to: "biases.npy") }
        try folder.write(NPYWriter.bytes(network.outputs, shape: [d1]), to: "output_weights.npy")
        try folder.write(Array(TrainingTable.csv(run.state.rows).utf8), to: Self.table)
        let svg = TrainingFigure.svg(
            run.state.rows, points: n, title: "Rank of the Jacobian and loss in training", caption: caption,
            theme: theme)
        try folder.write(Array(svg.utf8), to: Self.figure)
    }
}

extension TrainOptions {
    /// What of plan.json decides the numbers.
    fileprivate var decidingMembers: [JSONValue.Member] {
        let labels: JSONValue =
            switch plan.labels {
            case .polynomial: .string("polynomial")
            case .teacher: .string("teacher")
            case .random: .string("random")
            case .given:
                .object([
                    .init("file", .string(labelFile?.path ?? "")),
                    .init("fingerprint", .string(labelFile?.fingerprint ?? "")),
                ])
            }
        let inputs: JSONValue =
            switch self.inputs.planned {
            case .drawn(let distribution): .string(distribution.rawValue)
            case .file(let path, let fingerprint):
                .object(
                    [.init("file", .string(path)), .init("fingerprint", .string(fingerprint))]
                        + (preparation?.members ?? []))
            }
        return [
            .init("d0", .integer(plan.inputDimension)), .init("n", .integer(plan.points)),
            .init("d1", .integer(plan.units)), .init("seed", .integer(plan.seed)), .init("trial", .integer(plan.trial)),
            .init("inputs", inputs), .init("scale", .number("\(plan.scale)")), .init("labels", labels),
            .init("init", .string(plan.initialization.rawValue)), .init("bias", .bool(plan.bias)),
            .init("output_weights", .string(plan.outputs.rawValue)), .init("train_output", .bool(plan.trainsOutputs)),
            .init("optimizer", .string(plan.optimizer.name)), .init("rate", .number("\(plan.optimizer.rate)")),
            .init("steps", .integer(plan.steps)), .init("every", .integer(plan.every)),
            .init("singular_values", .bool(plan.singularValues)),
        ]
    }

    /// What was computed, in a line or two.
    var caption: String {
        let inputs =
            switch self.inputs {
            case .drawn(let distribution):
                "\(distribution.rawValue) inputs" + (plan.scale == 1 ? "" : " times \(plan.scale)")
            case .file(let path, _): "inputs from \(path.lastPathComponent)"
            }
        let labels =
            switch plan.labels {
            case .polynomial: "polynomial labels"
            case .teacher: "labels of a teacher"
            case .random: "random labels"
            case .given: "labels from \(labelFile?.path.lastPathComponent ?? "a file")"
            }
        let optimizer = plan.optimizer.name == "gd" ? "gradient descent" : "Adam"
        return "train: d0 = \(plan.inputDimension), n = \(plan.points), d1 = \(plan.units)"
            + "\(plan.bias ? "" : ", no biases"), \(inputs), \(labels), seed \(plan.seed), trial \(plan.trial). "
            + "Full-batch \(optimizer), rate \(plan.optimizer.rate); output weights \(plan.outputs.rawValue), "
            + "\(plan.trainsOutputs ? "trained" : "fixed"). Exact rank modulo the prime \(plan.prime). fullrank \(version)."
    }
}
