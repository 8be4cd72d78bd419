import FullrankBackends
import FullrankFiles
import FullrankModel
import FullrankReport
import FullrankSweep

/// Ranks each file's network. A signal ends it between two batches, with all ranked files kept in the folder.
func runNetwork(_ options: NetworkOptions, _ context: CommandContext) throws(CommandFailure) {
    guard let backend = try options.backend.openTelling() as? any NetworkBackend else {
        throw .usage("--backend \(options.backend.choice.rawValue) has no networks of one's own; --backend cpu has them")
    }
    let first = try options.network(options.files[0])
    let data = try options.data(for: first.shape, on: backend)
    if let data = options.inputs.data {
        let notes = options.inputs.notes(
            options.preparation, points: options.points ?? data.points,
            rowsPerPoint: options.query.outputs?.count ?? first.shape.outputs)
        for note in notes { writeMessage(note) }
    }
    let primeSeed = Prime.seed(options.seed, content: Array(data.fingerprint.utf8))
    let ranking = NetworkRanking(
        query: options.query, data: data, primes: (0..<options.primes).map { Prime.drawn(seed: primeSeed, index: $0) },
        spare: Prime.drawn(seed: primeSeed, index: options.primes), svd: options.svd,
        labels: try options.labels(points: data.points, outputs: first.shape.outputs))
    var run = NetworkRun(options: options, ranking: ranking, backend: backend)
    try run.openFolder()
    let failure = try run.all(context)
    try run.finish()
    if let failure { throw failure }
}

extension NetworkOptions {
    fileprivate func network(_ path: String) throws(CommandFailure) -> Network {
        let network: Network
        do throws(FileError) { network = try NetworkFile.load(path: path) } catch { throw CommandFailure(error) }
        try check(network.shape, of: path)
        return network
    }

    /// That what is asked of the network is there.
    private func check(_ shape: Network.Shape, of path: String) throws(CommandFailure) {
        let name = path.printable()
        if case .layers(let numbers) = query.trained, let number = numbers.first(where: { $0 > shape.layers.count }) {
            throw .usage("--trained: \(name) has no layer \(number); it has \(shape.layers.count)")
        }
        guard shape.columns(query.trained) > 0 else {
            throw .usage("--trained: \(name) has one layer, so no hidden one; --trained all takes it")
        }
        if let output = query.outputs?.first(where: { $0 >= shape.outputs }) {
            throw .usage("--outputs: \(name) has no output \(output); it has \(shape.outputs), counted from 0")
        }
        if let data = inputs.data, data.inputDimension != shape.inputDimension {
            throw CommandFailure(
                .badData, "--inputs: \(data.inputDimension) columns, and the network in \(name) takes \(shape.inputDimension)")
        }
    }

    /// The points, of the file's first rows or drawn.
    fileprivate func data(for shape: Network.Shape, on backend: any RankBackend) throws(CommandFailure) -> DataSet {
        switch inputs {
        case .file(_, let data):
            guard let points, points < data.points else { return data }
            return DataSet(
                points: points, inputDimension: data.inputDimension, values: Array(data.values[..<(points * data.inputDimension)]))
        case .drawn(let distribution):
            let (count, inputs) = (points ?? 0, shape.inputDimension)
            guard AvailableMemory.holds(16 * Double(count) * Double(inputs)) else {
                throw .memory("--points: \(count) points take \(AvailableMemory.shortage(16 * Double(count) * Double(inputs)))")
            }
            do throws(BackendError) {
                let problem = TrialProblem(
                    seed: seed, points: count, inputDimension: inputs, units: 1, inputs: .drawn(distribution))
                return DataSet(points: count, inputDimension: inputs, values: try backend.inputs(of: problem, trial: 0))
            } catch {
                throw CommandFailure(error, signal: nil)
            }
        }
    }

    /// One row of labels for each point.
    fileprivate func labels(points: Int, outputs: Int) throws(CommandFailure) -> [Double]? {
        guard let path = labelPath else { return nil }
        guard DataSet.isFileName(path) else {
            throw .usage("--labels: \(path.quoted) is not one of \(DataSet.fileNames.joined(separator: ", "))")
        }
        let labels: DataSet
        do throws(FileError) { labels = try DataSet.load(path: path, note: tellOfFile(path)) } catch {
            throw CommandFailure(error, option: "--labels")
        }
        guard labels.points >= points, labels.inputDimension == outputs else {
            throw CommandFailure(
                .badData, "--labels: \(path.printable()) holds \(labels.points) rows of \(labels.inputDimension); \(points) of "
                    + "\(outputs) are needed, a row for each point")
        }
        return Array(labels.values[..<(points * outputs)])
    }
}

/// The files of one command, ranked batch by batch.
private struct NetworkRun {
    let options: NetworkOptions
    let ranking: NetworkRanking
    let backend: any NetworkBackend
    var folder: NetworkFolder?
    /// Of earlier runs, by file.
    private var known: [String: RankedNetwork] = [:]
    private var ranked: [RankedNetwork] = []

    /// Of one call: few enough for progress and signals, and for the numbers to fit.
    private static let mostParameters = 1 << 24

    init(options: NetworkOptions, ranking: NetworkRanking, backend: any NetworkBackend) {
        self.options = options
        self.ranking = ranking
        self.backend = backend
    }

    mutating func openFolder() throws(CommandFailure) {
        guard let path = options.output else { return }
        do throws(SweepFolderError) {
            let folder = try NetworkFolder(
                path, deciding: decidingMembers,
                provenance: [
                    .init("primes", .integers(ranking.primes.map(Int.init))), .init("fullrank", .string(version)),
                    .init("backend", .string(backend.name)), .init("device", .string(backend.device)),
                    .init("library", .string(backend.libraryVersion)),
                ], replacing: options.isReplacing)
            for network in try folder.ranked() { known[network.file] = network }
            self.folder = folder
        } catch {
            throw CommandFailure(error)
        }
    }

    private var decidingMembers: [JSONValue.Member] {
        let inputs: JSONValue =
            switch options.inputs.planned {
            case .drawn(let distribution): .string(distribution.rawValue)
            case .file(let path, let fingerprint):
                .object(
                    [.init("file", .string(path)), .init("fingerprint", .string(fingerprint))]
                        + (options.preparation?.members ?? []))
            }
        let query = options.query
        return [
            .init("inputs", inputs), .init("points", .integer(ranking.data.points)),
            .init("activation", .string(query.activation.description)), .init("trained", .string(query.trained.text)),
            .init("outputs", query.outputs.map { .integers($0) } ?? .string("all")),
            .init("patience", .integer(query.patience)), .init("singular_values", .bool(options.svd)),
            .init("prime_count", .integer(options.primes)), .init("seed", .integer(options.seed)),
            .init("labels", options.labelPath.map { .string($0) } ?? .null),
        ]
    }

    /// Goes on until the last file, a signal, or a failure, which is returned: what was ranked is worth keeping.
    mutating func all(_ context: CommandContext) throws(CommandFailure) -> CommandFailure? {
        let backend = self.backend
        let begun = ContinuousClock.now
        return try context.follow(diagram: nil, cancel: { backend.cancel() }) { (display) throws(CommandFailure) in
            var batch = [(file: String, network: Network)]()
            for (index, file) in options.files.enumerated() {
                let network: Network
                do throws(CommandFailure) {
                    network = try options.network(file)
                } catch {
                    // Those before it are ranked first.
                    return try rank(&batch, context) ?? error
                }
                if let failure = try rankIfDue(&batch, before: network, context) { return failure }
                if let earlier = known[file], earlier.fingerprint == network.fingerprint {
                    if let failure = try rank(&batch, context) { return failure }
                    ranked.append(earlier)
                } else {
                    batch.append((file, network))
                }
                var progress = RunProgress(
                    done: index, total: options.files.count, seconds: (ContinuousClock.now - begun) / .seconds(1))
                progress.noun = "networks"
                display.update(progress)
            }
            return try rank(&batch, context)
        }
    }

    /// A call's networks have one shape.
    private mutating func rankIfDue(
        _ batch: inout [(file: String, network: Network)], before next: Network, _ context: CommandContext
    ) throws(CommandFailure) -> CommandFailure? {
        guard let shape = batch.first?.network.shape else { return nil }
        let isFull = batch.count >= 8 * backend.threads || (batch.count + 1) * shape.parameterCount > Self.mostParameters
        return isFull || shape != next.shape ? try rank(&batch, context) : nil
    }

    private mutating func rank(
        _ batch: inout [(file: String, network: Network)], _ context: CommandContext
    ) throws(CommandFailure) -> CommandFailure? {
        guard !batch.isEmpty else { return nil }
        defer { batch = [] }
        guard context.interruption.signal == nil else { return interrupted(context) }
        do throws(BackendError) {
            ranked += try ranking.ranks(of: batch, on: backend)
        } catch {
            if case .cancelled = error { return interrupted(context) }
            return CommandFailure(error, signal: context.interruption.signal)
        }
        if let folder { try Self.withFolderErrors { () throws(SweepFolderError) in try folder.write(ranked) } }
        return nil
    }

    private func interrupted(_ context: CommandContext) -> CommandFailure {
        let kept = "\(ranked.count) of \(options.files.count) networks"
        guard let folder else {
            return CommandFailure(.interrupted(signal: context.interruption.signal ?? 2), "interrupted: \(kept) are ranked")
        }
        return context.interrupted(kept, in: folder.path)
    }

    private static func withFolderErrors(_ body: () throws(SweepFolderError) -> Void) throws(CommandFailure) {
        do throws(SweepFolderError) { try body() } catch { throw CommandFailure(error) }
    }

    /// What was ranked goes to standard output and into the folder.
    func finish() throws(CommandFailure) {
        if let folder, !ranked.isEmpty {
            let (ranked, options, caption) = (ranked, options, caption)
            try Self.withFolderErrors { () throws(SweepFolderError) in
                try folder.write(ranked)
                try folder.writeFigure(ranked, caption: caption, theme: options.figures.theme)
            }
            try options.figures.convertDiagrams(in: folder.path)
        }
        for network in ranked where !network.dissenting.isEmpty {
            let primes = network.dissenting.map { "\($0)" }.joined(separator: ", ")
            writeMessage("\(network.file.printable()): modulo \(primes) the rank is lower")
        }
        try writeOutput(options.json ? json + "\n" : ranked.map(\.words).joined())
    }

    private var json: String {
        let members = decidingMembers + [.init("primes", .integers(ranking.primes.map(Int.init)))]
        let head = members.map { "  \(JSONText.string($0.name).text): \($0.value.text)" }.joined(separator: ",\n")
        let rows = ranked.map { "    \($0.json.text)" }.joined(separator: ",\n")
        return "{\n\(head),\n  \"networks\": [\n\(rows)\n  ]\n}"
    }

    private var caption: String {
        let inputs =
            switch options.inputs {
            case .drawn(let distribution): "\(distribution.rawValue) inputs, seed \(options.seed)"
            case .file(let path, _): "inputs from \(path.lastPathComponent)"
            }
        return "network: \(ranked.count) networks, \(ranking.data.points) points, \(inputs), \(options.query.activation), "
            + "parameters trained: \(options.query.trained.text). Exact rank modulo "
            + ranking.primes.map { "\($0)" }.joined(separator: " and ") + "; a rank at its bound is proved. fullrank \(version)."
    }
}
