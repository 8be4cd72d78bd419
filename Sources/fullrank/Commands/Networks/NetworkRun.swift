import FullrankBackends
import FullrankFiles
import FullrankModel
import FullrankReport
import FullrankSweep

/// The files of one command, ranked batch by batch.
struct NetworkRun {
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
        let isFull =
            batch.count >= 8 * backend.threads || (batch.count + 1) * shape.parameterCount > Self.mostParameters
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
            return CommandFailure(
                .interrupted(signal: context.interruption.signal ?? 2), "interrupted: \(kept) are ranked")
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
        return NetworkFolder.caption(
            networks: ranked.count, points: ranking.data.points, inputs: inputs,
            activation: options.query.activation.description, trained: options.query.trained.text,
            primes: ranking.primes.map { "\($0)" }.joined(separator: " and "))
    }
}
