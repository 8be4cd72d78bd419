import FullrankBackends
import FullrankFiles
import FullrankMinima
import FullrankModel
import FullrankPlatform
import FullrankSweep

/// Writes one trial's numbers. No file is overwritten, and if writing fails, no file remains.
func runExport(_ options: ExportOptions, _ context: CommandContext) throws(CommandFailure) {
    if let plan = options.networks { return try runNetworkExport(plan, data: options.data, options, context) }
    guard options.problem.hidden.isEmpty else { return try runDeepExport(options, context) }
    let drawsWeights = options.query.map { $0.regions != .regions } ?? options.problem.drawsWeights
    let folder = ExportFolder(
        path: options.output, hasWeights: drawsWeights, bias: options.problem.bias, hasLabels: options.query != nil,
        isCertified: options.isCertified, isReplacing: options.isReplacing)
    try folder.prepare()
    let trial = try context.withBackend(options.backend) { (backend) throws(BackendError) in
        try ExportedTrial(options, on: backend)
    }
    try folder.write(trial, of: options.problem)
    guard let certificate = trial.certificate else { return }
    do throws(SweepFolderError) {
        try Files.writeWhole(Array(certificate.utf8), folder: options.output, name: "certificate.json")
    } catch {
        throw CommandFailure(error)
    }
}

/// One trial, whole.
private struct ExportedTrial {
    let inputs: [Double]
    let weights: [Double]
    let biases: [Double]
    /// units × points, 0 and 1.
    let pattern: [UInt8]
    let jacobian: [Double]
    /// For the experiment on global minima; otherwise empty.
    let labels: [Double]
    let outputs: [Double]
    let certificate: String?

    init(_ options: ExportOptions, on backend: any RankBackend) throws(BackendError) {
        var (problem, trial) = (options.problem, options.trial)
        var packed: ActivationPattern
        if let query = options.query {
            guard let backend = backend as? any MinimaBackend else {
                throw .unsupported("\(backend.name): has no minima; use --backend cpu")
            }
            problem = try problem.resolved(query, trial: trial, on: backend)
            let sample = try backend.minimaSamples(of: problem, query, trial: trial)
            (labels, outputs, packed) = (sample.labels, sample.outputs, sample.pattern)
            certificate =
                options.isCertified
                ? MinimaCertificate(
                    try backend.minimaProof(of: problem, query, trial: trial), of: problem, query, trial: trial
                ).text : nil
            (weights, biases) = query.regions == .regions ? ([], []) : try backend.weights(of: problem, trial: trial)
            inputs = try backend.inputs(of: problem, trial: query.fixedData ? 0 : trial)
            // The Jacobian of what was drawn, whatever trials it came from.
            problem.inputs = .given(
                DataSet(points: problem.points, inputDimension: problem.inputDimension, values: inputs))
            problem.network = .pattern(packed)
            trial = 0
        } else {
            (labels, outputs, certificate) = ([], [], nil)
            (weights, biases) = problem.drawsWeights ? try backend.weights(of: problem, trial: trial) : ([], [])
            problem = try problem.resolved(trial: trial, on: backend)
            inputs = try backend.inputs(of: problem, trial: trial)
            packed = try backend.activationPattern(of: problem, trial: trial)
        }
        pattern = packed.bytes
        jacobian = try backend.jacobian(of: problem, trial: trial)
    }
}

extension TrialProblem {
    fileprivate var drawsWeights: Bool { if case .drawn = network { true } else { false } }
}

/// The files of an exported trial; none of biases without them, none of weights either where patterns are drawn.
struct ExportFolder {
    let path: String
    /// Names of the .npy files.
    var names: [String]
    /// Of other files, which are written after these.
    let documents: [String]
    let isCertified: Bool
    let isReplacing: Bool

    /// Of a network: a folder of its arrays, and what the trial is.
    static let network = "network", document = "trial.json"

    init(path: String, names: [String], documents: [String] = [], isCertified: Bool = false, isReplacing: Bool) {
        self.path = path
        self.names = names
        self.documents = documents
        self.isCertified = isCertified
        self.isReplacing = isReplacing
    }

    init(path: String, hasWeights: Bool, bias: Bool, hasLabels: Bool, isCertified: Bool, isReplacing: Bool) {
        var names = ["inputs.npy"]
        if hasWeights { names.append("weights.npy") }
        if hasWeights && bias { names.append("biases.npy") }
        names += ["pattern.npy", "jacobian.npy"]
        if hasLabels { names += ["labels.npy", "output_weights.npy"] }
        self.init(path: path, names: names, isCertified: isCertified, isReplacing: isReplacing)
    }

    /// Creates the folder and checks that none of the files exists, before anything is computed.
    func prepare() throws(CommandFailure) {
        let parts = path.pathComponents
        var parents = parts.indices.dropFirst().map { parts[..<$0].joined(separator: "/") }
        parents.append(path)
        if names.contains(where: { $0.hasPrefix(Self.network + "/") }) { parents.append("\(path)/\(Self.network)") }
        for folder in parents where !folder.isEmpty {
            if mkdir(folder.fileName, 0o777) != 0, errno != EEXIST { throw failed("cannot be made", errno) }
        }
        guard let status = FileStatus(at: path.fileName) else { throw failed("cannot be used", errno) }
        guard status.kind == .folder else { throw failed("cannot be used", ENOTDIR) }
        if isReplacing { return }
        for name in names + documents + (isCertified ? ["certificate.json"] : [])
        where access((path + "/" + name).fileName, F_OK) == 0 {
            throw CommandFailure(
                .inputOutput, "--output: \(path.printable()) already holds \(name); name another folder, or --replace")
        }
    }

    /// Deletes the files of an earlier export of any shape, which would otherwise seem to belong to the new
    /// export. It does so only after the new numbers are computed.
    private func removeExport() throws(CommandFailure) {
        do throws(SweepFolderError) {
            for name in try Files.names(in: path) where Self.isExported(name) { try Files.remove("\(path)/\(name)") }
            let inner = "\(path)/\(Self.network)"
            guard Files.isFolder(inner) else { return }
            for name in try Files.names(in: inner) where Self.isArray(name) { try Files.remove("\(inner)/\(name)") }
        } catch {
            throw CommandFailure(error)
        }
    }

    private static func isExported(_ name: String) -> Bool {
        let arrays = ["inputs", "weights", "biases", "pattern", "jacobian", "labels", "output_weights"].map {
            $0 + ".npy"
        }
        if [document, "certificate.json"].contains(name) || arrays.contains(name) { return true }
        // "layer-2-weights.npy"
        let parts = name.split(separator: "-", omittingEmptySubsequences: false)
        return parts.count == 3 && parts[0] == "layer" && Int(parts[1]) != nil
            && ["weights.npy", "biases.npy", "pattern.npy"].contains(parts[2])
    }

    /// "W12.npy" or "b12.npy".
    private static func isArray(_ name: String) -> Bool {
        guard name.hasSuffix(".npy"), name.hasPrefix("W") || name.hasPrefix("b") else { return false }
        return Int(name.dropFirst().dropLast(4)) != nil
    }

    private func failed(_ what: String, _ code: Int32) -> CommandFailure {
        CommandFailure(.inputOutput, "--output: \(path.printable()) \(what): \(systemWords(code))")
    }

    fileprivate func write(_ trial: ExportedTrial, of problem: TrialProblem) throws(CommandFailure) {
        let (n, d0, d1) = (problem.points, problem.inputDimension, problem.units)
        try write { (file, name) throws(FileError) in
            switch name {
            case "inputs.npy": try NPYWriter.write(trial.inputs, shape: [n, d0], to: file)
            case "weights.npy": try NPYWriter.write(trial.weights, shape: [d1, d0], to: file)
            case "biases.npy": try NPYWriter.write(trial.biases, shape: [d1], to: file)
            case "pattern.npy": try NPYWriter.write(trial.pattern, shape: [d1, n], to: file)
            case "labels.npy": try NPYWriter.write(trial.labels, shape: [n], to: file)
            case "output_weights.npy": try NPYWriter.write(trial.outputs, shape: [d1], to: file)
            default: try NPYWriter.write(trial.jacobian, shape: [n, problem.columns], to: file)
            }
        }
    }

    /// Writes every file, by path and name; if one fails, none remains.
    func write(_ one: (_ file: String, _ name: String) throws(FileError) -> Void) throws(CommandFailure) {
        if isReplacing { try removeExport() }
        var written = [String]()
        do throws(FileError) {
            for name in names {
                try one(path + "/" + name, name)
                written.append(path + "/" + name)
            }
        } catch {
            for file in written { unlink(file.fileName) }
            throw CommandFailure(error, option: "--output")
        }
    }
}
