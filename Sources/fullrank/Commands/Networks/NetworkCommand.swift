import FullrankBackends
import FullrankFiles
import FullrankModel

/// Ranks each file's network. A signal ends it between two batches, with all ranked files kept in the folder.
func runNetwork(_ options: NetworkOptions, _ context: CommandContext) throws(CommandFailure) {
    guard let backend = try options.backend.openTelling() as? any NetworkBackend else {
        throw .usage(
            "--backend \(options.backend.choice.rawValue) has no networks of one's own; --backend cpu has them")
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
    func network(_ path: String) throws(CommandFailure) -> Network {
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
                .badData,
                "--inputs: \(data.inputDimension) columns, and the network in \(name) takes \(shape.inputDimension)")
        }
    }

    /// The points, of the file's first rows or drawn.
    fileprivate func data(for shape: Network.Shape, on backend: any RankBackend) throws(CommandFailure) -> DataSet {
        switch inputs {
        case .file(_, let data):
            guard let points, points < data.points else { return data }
            return DataSet(
                points: points, inputDimension: data.inputDimension,
                values: Array(data.values[..<(points * data.inputDimension)]))
        case .drawn(let distribution):
            let (count, inputs) = (points ?? 0, shape.inputDimension)
            guard AvailableMemory.holds(16 * Double(count) * Double(inputs)) else {
                throw .memory(
                    "--points: \(count) points take \(AvailableMemory.shortage(16 * Double(count) * Double(inputs)))")
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
                .badData,
                "--labels: \(path.printable()) holds \(labels.points) rows of \(labels.inputDimension); \(points) of "
                    + "\(outputs) are needed, a row for each point")
        }
        return Array(labels.values[..<(points * outputs)])
    }
}
