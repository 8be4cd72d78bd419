import FullrankFiles
import FullrankRuns
import FullrankSweep

/// What `train` was asked for, as its plan.json has it, in the words of captions and as a command.
struct TrainingWords {
    let inputDimension: Int
    /// n
    let points: Int
    /// d1
    let units: Int
    let seed: UInt64
    let trial: UInt64
    let steps: Int
    let every: Int
    private let bias: Bool
    private let inputs: String
    private let inputFile: String?
    private let isStandardised: Bool
    private let subsample: Int?
    private let scale: Double
    private let labels: String
    private let labelFile: String?
    private let initialization: String
    private let outputs: String
    private let trainsOutputs: Bool
    private let optimizer: String
    private let rate: Double
    private let prime: UInt64
    private let hasSingularValues: Bool

    init(_ fields: PlanFields) throws(SweepFolderError) {
        inputDimension = try fields.get("d0", PlanFields.number)
        points = try fields.get("n", PlanFields.number)
        units = try fields.get("d1", PlanFields.number)
        seed = try fields.integer("seed", UInt64.self)
        trial = try fields.integer("trial", UInt64.self)
        steps = Int(try fields.integer("steps", UInt32.self))
        every = Int(try fields.integer("every", UInt32.self))
        bias = try fields.flag("bias")
        inputFile = try fields.get("inputs") { .some($0["file"]?.string) }
        inputs = try fields.get("inputs") { $0.string ?? $0["file"]?.string }
        isStandardised = try fields.get("inputs") { $0["standardise"] == .bool(true) }
        subsample = try fields.get("inputs") { .some($0["subsample"]?.integer() as Int?) }
        scale = try fields.get("scale") { $0.double }
        labelFile = try fields.get("labels") { .some($0["file"]?.string) }
        labels = try fields.get("labels") { $0.string ?? $0["file"]?.string }
        initialization = try fields.string("init")
        outputs = try fields.string("output_weights")
        trainsOutputs = try fields.flag("train_output")
        optimizer = try fields.string("optimizer")
        rate = try fields.get("rate") { $0.double }
        prime = try fields.integer("prime", UInt64.self)
        hasSingularValues = try fields.flag("singular_values")
    }

    /// "d0 = 10, n = 500, d1 = 64"
    var shape: String { "d0 = \(inputDimension), n = \(points), d1 = \(units)" }

    /// As `train` itself captions its figure.
    func caption(version: String) -> String {
        let inputs =
            inputFile.map { "inputs from \(Self.lastPart($0))" }
            ?? "\(self.inputs) inputs" + (scale == 1 ? "" : " times \(scale)")
        let labels =
            labelFile.map { "labels from \(Self.lastPart($0))" }
            ?? (self.labels == "teacher" ? "labels of a teacher" : "\(self.labels) labels")
        let optimizer = self.optimizer == "gd" ? "gradient descent" : "Adam"
        return "train: \(shape)\(bias ? "" : ", no biases"), \(inputs), \(labels), seed \(seed), trial \(trial). "
            + "Full-batch \(optimizer), rate \(rate); output weights \(outputs), \(trainsOutputs ? "trained" : "fixed"). "
            + "Exact rank modulo the prime \(prime). fullrank \(version)."
    }

    private static func lastPart(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

    /// For a POSIX shell.
    var commandLine: String {
        var words = [
            "fullrank train --d0 \(inputDimension) --n \(points) --d1 \(units)",
            "--inputs " + (inputFile?.shellQuoted ?? inputs),
        ]
        if isStandardised { words.append("--standardise") }
        if let subsample { words.append("--subsample \(subsample)") }
        if inputFile == nil, scale != 1 { words.append("--scale \(scale)") }
        words.append("--labels " + (labelFile?.shellQuoted ?? labels))
        words += [
            "--optimizer \(optimizer)", "--rate \(rate)", "--steps \(steps)", "--every \(every)",
            "--init \(initialization)",
            "--output-weights \(outputs)", "--seed \(seed)", "--trial \(trial)",
        ]
        if !bias { words.append("--no-bias") }
        if trainsOutputs { words.append("--train-output") }
        if !hasSingularValues { words.append("--no-singular-values") }
        return (words + ["--output again"]).joined(separator: " ")
    }
}
