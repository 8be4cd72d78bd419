import FullrankBackends
import FullrankFiles
import FullrankModel

/// Prints the rank of each matrix of the file, a line each, or everything known as JSON.
func runRank(_ options: RankOptions, _ context: CommandContext) throws(CommandFailure) {
    let stack = try MatrixStack(path: options.path)
    let precision = options.precision ?? (stack.file.isFloat32 ? .float32 : .float64)
    let method: RankMethod = options.svd ? .svd(precision) : .exact
    let primeSeed = stack.primeSeed(options.seed)
    let primes = (0..<options.primes).map { Prime.drawn(seed: primeSeed, index: $0) }

    if options.svd, precision == .float32 { try stack.requireFloat32() }
    let (answers, rounded) = try context.withBackend(options.backend) { (backend) throws(BackendError) in
        let answers = try stack.ranks(by: method, primes: primes, seed: primeSeed, on: backend)
        return (answers, method == .exact ? stack.looksRounded(answers, on: backend) : nil)
    }
    try writeOutput(
        options.json
            ? stack.json(answers, method: method, primes: primes) + "\n"
            : answers.map { $0.rank.map { "\($0)\n" } ?? "not computed\n" }.joined())

    if let rounded { writeMessage(rounded) }
    if case .svd = method, stack.file.wholeNumbers != nil {
        writeMessage(
            "\(stack.name): integers beyond 2^53 are rounded to float64 for singular values; --method exact takes them whole"
        )
    }
    // The largest possible rank is proved and needs no message.
    let full = min(stack.rows, stack.columns)
    if method == .exact, full > 0, answers.contains(where: { $0.rank != full }) {
        let bound = Prime.shortfallBound(pivots: full, primes: primes)
        let odds = 1 / bound < 1e15 ? "\(Int(1 / bound))" : "more than 10^15"
        writeMessage(
            "modulo \(primes.map { "\($0)" }.joined(separator: " and ")); a rank is too low with a chance of about 1 in "
                + "\(odds), never too high")
    }
    for (index, answer) in answers.enumerated() where !answer.dissenting.isEmpty {
        let dissenting = answer.dissenting.map { "\($0)" }.joined(separator: ", ")
        writeMessage("matrix \(index): modulo \(dissenting) the rank is lower")
    }
    if let index = answers.firstIndex(where: { $0.rank == nil }) {
        let code: ExitCode = answers[index].isReached ? .badData : .internal
        throw CommandFailure(code, "\(options.path.printable()): matrix \(index): \(answers[index].trouble)")
    }
}

/// The result for one matrix.
private struct RankAnswer {
    /// nil: not computed.
    var rank: Int?
    var singular: SingularSummary?
    /// Primes modulo which the rank is lower.
    var dissenting = [UInt32]()
    /// Why there is no rank.
    var trouble = ""
    var isReached = true

    init<Value>(_ outcome: Outcome<Value>, _ read: (Value) -> (Int, SingularSummary?)) {
        switch outcome {
        case .computed(let value): (rank, singular) = read(value)
        case .notFinite: trouble = "a number is not finite"
        case .notConverged: trouble = "the singular values did not converge"
        case .notComputed: (trouble, isReached) = ("was not reached", false)
        }
    }
}

/// One or more matrices of one shape.
private struct MatrixStack {
    let file: NPYFile
    /// For messages.
    let name: String
    /// Of the file, unpacked: the primes are drawn from it too.
    private let content: [UInt8]
    let batch: Int
    let rows: Int
    let columns: Int

    /// More ranks of empty matrices are refused: a header of a few bytes could ask for any number.
    static let mostEmpty = 1_000_000

    init(path: String) throws(CommandFailure) {
        do throws(FileError) {
            let isStream = path == StandardInput.path
            content = try isStream ? StandardInput.read() : WholeFile.unpacked(path)
            file = try NPYFile(bytes: content, path: isStream ? StandardInput.name : path, keepingWholeNumbers: true)
            try file.requireFinite()
        } catch {
            throw CommandFailure(error)
        }
        name = file.path.printable()
        let sizes = file.shape.map { "\($0)" }.joined(separator: ", ")
        guard (2...3).contains(file.shape.count) else {
            let shape = file.shape.count == 1 ? sizes + "," : sizes
            throw CommandFailure(
                .badData, "\(name): shape (\(shape)) is neither (rows, columns) nor (batch, rows, columns)")
        }
        batch = file.shape.count == 3 ? file.shape[0] : 1
        (rows, columns) = (file.shape[file.shape.count - 2], file.shape[file.shape.count - 1])
        guard max(rows, columns) <= IntegerList.largestValue, !file.values.isEmpty || batch <= Self.mostEmpty else {
            throw CommandFailure(.badData, "\(name): shape (\(sizes)) is too large")
        }
    }

    /// - Throws: a number that float32 has no value for.
    func requireFloat32() throws(CommandFailure) {
        guard let flat = file.values.firstIndex(where: { !Float($0).isFinite }) else { return }
        let (row, column) = (flat / columns % rows, flat % columns)
        throw CommandFailure(
            .badData,
            "\(file.path.printable()): matrix \(flat / (rows * columns)), row \(row), column \(column): "
                + "\(file.values[flat]) is too large for float32 (3.4e+38); --precision float64 takes it")
    }
    /// The seed from which the primes are drawn. It depends on the content, too, so that one seed draws different
    /// primes for different files.
    func primeSeed(_ seed: UInt64) -> UInt64 { Prime.seed(seed, content: content) }

    /// - Parameters:
    ///   - primes: all of them are tried. If the ranks differ, another prime of the seed is tried, too, and the highest
    ///     rank counts.
    func ranks(
        by method: RankMethod, primes: [UInt32], seed: UInt64, on backend: any RankBackend
    ) throws(BackendError) -> [RankAnswer] {
        switch method {
        case .exact:
            var answers = try ranks(modulo: primes[0], on: backend)
            var tried = [(primes[0], answers)]
            for prime in primes.dropFirst() { tried.append((prime, try ranks(modulo: prime, on: backend))) }
            if tried.contains(where: { $1.map(\.rank) != answers.map(\.rank) }) {
                let prime = Prime.drawn(seed: seed, index: primes.count)
                tried.append((prime, try ranks(modulo: prime, on: backend)))
            }
            for index in answers.indices {
                guard let rank = tried.compactMap({ $1[index].rank }).max() else { continue }
                answers[index].rank = rank
                answers[index].dissenting = tried.filter { $1[index].rank != rank }.map(\.0)
            }
            return answers
        case .svd(let precision):
            return try backend.singularValues(
                ofMatrices: file.values, batch: batch, rows: rows, columns: columns, precision: precision
            ).map { RankAnswer($0) { ($0.rank, $0) } }
        }
    }

    /// Multiply-adds of singular values that are spent on a warning.
    private static let mostWork = 2e9

    /// Words for a matrix of floats whose exact rank is above its numerical one: of a computed Jacobian, every entry of
    /// which is rounded, the numerical rank is the better answer, and the one from the weights is right.
    func looksRounded(_ answers: [RankAnswer], on backend: any RankBackend) -> String? {
        let work = Double(batch) * Double(rows) * Double(columns) * Double(min(rows, columns))
        guard file.element.kind == .float, work > 0 else { return nil }
        guard work <= Self.mostWork else {
            // Whole numbers were hardly rounded.
            guard file.values.contains(where: { $0 != $0.rounded() }) else { return nil }
            return
                "too large to be compared with its singular values unasked: if this is a computed Jacobian, 'fullrank "
                + "network' ranks it exactly, from weights and inputs; --method svd gives the numerical rank"
        }
        let precision: Precision = file.isFloat32 ? .float32 : .float64
        // Without LAPACK there is no warning.
        guard
            let outcomes = try? backend.singularValues(
                ofMatrices: file.values, batch: batch, rows: rows, columns: columns, precision: precision)
        else { return nil }
        for (index, (answer, outcome)) in zip(answers, outcomes).enumerated() {
            guard let rank = answer.rank, case .computed(let numerical) = outcome, numerical.rank < rank else {
                continue
            }
            let which = batch == 1 ? "" : "matrix \(index): "
            return
                "\(which)\(rank) is the exact rank of these rounded numbers; by \(precision.rawValue) singular values it is "
                + "\(numerical.rank): if this is a computed Jacobian, 'fullrank network' ranks it exactly, from weights and inputs"
        }
        return nil
    }

    private func ranks(modulo prime: UInt32, on backend: any RankBackend) throws(BackendError) -> [RankAnswer] {
        let values = file.wholeNumbers?.residues(modulo: prime) ?? file.values
        return try backend.rankProfiles(ofMatrices: values, batch: batch, rows: rows, columns: columns, prime: prime)
            .map { RankAnswer($0) { ($0.rank, nil) } }
    }

    func json(_ answers: [RankAnswer], method: RankMethod, primes: [UInt32]) -> String {
        var members: [(String, JSONText)] = [
            ("file", .string(file.path)), ("method", .string(method.name)), ("rows", .integer(rows)),
            ("columns", .integer(columns)),
        ]
        if method == .exact {
            let bound = Prime.shortfallBound(pivots: min(rows, columns), primes: primes)
            members.append(("prime", .integer(Int(primes[0]))))
            members.append(("primes", .array(primes.map { .integer(Int($0)) })))
            members.append(("error_bound", .number(bound)))
        }
        let matrices = answers.map { answer in
            var members: [(String, JSONText)] = [
                ("rank", answer.rank.map { .integer($0) } ?? .null),
                ("full_rank", answer.rank.map { .boolean($0 == rows) } ?? .null),
                ("full_column_rank", answer.rank.map { .boolean($0 == columns) } ?? .null),
            ]
            if let singular = answer.singular {
                members += [("largest", .number(singular.largest)), ("smallest", .number(singular.smallest))]
                if !singular.largest.isFinite {
                    members.append(
                        (
                            "reason",
                            .string("singular values that are null are beyond float64 (1.8e+308); the rank holds")
                        ))
                }
            }
            if answer.rank == nil { members.append(("reason", .string(answer.trouble))) }
            return JSONText.object(members)
        }
        return JSONText.object(members + [("matrices", .array(matrices))]).text
    }
}
