import FullrankBackends
import FullrankModel

/// Prints the rank of each matrix of the file, a line each, or everything known as JSON.
func runRank(_ options: RankOptions, _ context: CommandContext) throws(CommandFailure) {
    let stack = try MatrixStack(path: options.path)
    let precision = options.precision ?? (stack.file.isFloat32 ? .float32 : .float64)
    let method: RankMethod = options.svd ? .svd(precision) : .exact
    let prime = Prime.drawn(seed: options.seed)

    let answers = try context.withBackend(options.backend) { (backend) throws(BackendError) in
        try stack.ranks(by: method, prime: prime, on: backend)
    }
    try writeOutput(
        options.json
            ? stack.json(answers, method: method, prime: prime) + "\n"
            : answers.map { $0.rank.map { "\($0)\n" } ?? "not computed\n" }.joined())

    // A full rank is proved, and needs no such word.
    let full = min(stack.rows, stack.columns)
    if method == .exact, full > 0, answers.contains(where: { $0.rank != full }) {
        let bound = Prime.shortfallBound(pivots: full, prime: prime)
        writeMessage("modulo \(prime); a rank is too low with a chance of about 1 in \(Int(1 / bound)), never too high")
    }
    if let index = answers.firstIndex(where: { $0.rank == nil }) {
        throw CommandFailure(.internal, "matrix \(index): \(answers[index].trouble)")
    }
}

/// What is known of one matrix.
private struct RankAnswer {
    /// nil: not computed.
    var rank: Int?
    var singular: SingularSummary?
    /// Why there is no rank.
    var trouble = ""

    init<Value>(_ outcome: Outcome<Value>, _ read: (Value) -> (Int, SingularSummary?)) {
        switch outcome {
        case .computed(let value): (rank, singular) = read(value)
        case .notFinite: trouble = "a number is not finite"
        case .notConverged: trouble = "the singular values did not converge"
        case .notComputed: trouble = "was not reached"
        }
    }
}

/// One or more matrices of one shape.
private struct MatrixStack {
    let file: NPYFile
    let batch: Int
    let rows: Int
    let columns: Int

    /// More ranks of empty matrices are refused: a header of a few bytes could ask for any number.
    static let mostEmpty = 1_000_000

    init(path: String) throws(CommandFailure) {
        do throws(FileError) {
            file = try NPYFile(path: path)
            try file.requireFinite()
        } catch {
            throw CommandFailure(error)
        }
        let sizes = file.shape.map { "\($0)" }.joined(separator: ", ")
        guard (2...3).contains(file.shape.count) else {
            let shape = file.shape.count == 1 ? sizes + "," : sizes
            throw CommandFailure(
                .badData, "\(path.printable()): shape (\(shape)) is neither (rows, columns) nor (batch, rows, columns)")
        }
        batch = file.shape.count == 3 ? file.shape[0] : 1
        (rows, columns) = (file.shape[file.shape.count - 2], file.shape[file.shape.count - 1])
        guard max(rows, columns) <= IntegerList.largestValue, !file.values.isEmpty || batch <= Self.mostEmpty else {
            throw CommandFailure(.badData, "\(path.printable()): shape (\(sizes)) is too large")
        }
    }

    func ranks(by method: RankMethod, prime: UInt32, on backend: any RankBackend) throws(BackendError) -> [RankAnswer] {
        switch method {
        case .exact:
            try backend.rankProfiles(ofMatrices: file.values, batch: batch, rows: rows, columns: columns, prime: prime)
                .map { RankAnswer($0) { ($0.rank, nil) } }
        case .svd(let precision):
            try backend.singularValues(
                ofMatrices: file.values, batch: batch, rows: rows, columns: columns, precision: precision
            ).map { RankAnswer($0) { ($0.rank, $0) } }
        }
    }

    func json(_ answers: [RankAnswer], method: RankMethod, prime: UInt32) -> String {
        var members: [(String, JSONText)] = [
            ("file", .string(file.path)), ("method", .string(method.name)), ("rows", .integer(rows)),
            ("columns", .integer(columns)),
        ]
        if method == .exact {
            let bound = Prime.shortfallBound(pivots: min(rows, columns), prime: prime)
            members += [("prime", .integer(Int(prime))), ("error_bound", .number(bound))]
        }
        let matrices = answers.map { answer in
            var members: [(String, JSONText)] = [
                ("rank", answer.rank.map { .integer($0) } ?? .null),
                ("full_rank", answer.rank.map { .boolean($0 == min(rows, columns)) } ?? .null),
            ]
            if let singular = answer.singular {
                members += [("largest", .number(singular.largest)), ("smallest", .number(singular.smallest))]
            }
            if answer.rank == nil { members.append(("reason", .string(answer.trouble))) }
            return JSONText.object(members)
        }
        return JSONText.object(members + [("matrices", .array(matrices))]).text
    }
}
