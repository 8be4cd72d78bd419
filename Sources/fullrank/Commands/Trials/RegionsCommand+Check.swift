import FullrankFiles
import FullrankModel
import FullrankRegions

extension RegionsRun {
    /// Prints for each pattern of a file whether a unit can have it.
    func check(_ path: String) throws(CommandFailure) {
        let file: NPYFile
        do throws(FileError) { file = try NPYFile(path: path) } catch { throw CommandFailure(error, option: "--check") }
        let points = arrangement.points
        let shape = file.shape.count == 1 ? [1] + file.shape : file.shape
        guard shape.count == 2, shape[1] == points else {
            let sizes = file.shape.map { "\($0)" }.joined(separator: ", ")
            throw CommandFailure(.badData, "--check: \(path.printable()): shape (\(sizes)) is not (rows, \(points))")
        }
        guard file.values.allSatisfy({ $0 == 0 || $0 == 1 }) else {
            throw CommandFailure(.badData, "--check: \(path.printable()): a pattern holds 0 and 1 only")
        }
        let answers = (0..<shape[0]).map { row in
            arrangement.feasibility(of: file.values[row * points..<(row + 1) * points].map { $0 == 1 })
        }
        if options.json {
            let rows = JSONText.array(answers.map(\.json))
            return try writeOutput(JSONText.object([("n", .integer(points)), ("patterns", rows)]).text + "\n")
        }
        try writeOutput(answers.map { $0.text + "\n" }.joined())
    }
}

extension PatternFeasibility {
    fileprivate var json: JSONText {
        switch self {
        case .feasible(let witness):
            return .object([
                ("feasible", .boolean(true)),
                ("weights", witness.weights.isEmpty ? .null : .array(witness.weights.map { .number($0) })),
                ("rays", .array(witness.rays.map { .array($0.map { .integer($0) }) })),
            ])
        case .infeasible(let terms):
            return .object([
                ("feasible", .boolean(false)), ("points", .array(terms.map { .integer($0.point) })),
                ("coefficients", .array(terms.map { $0.coefficient.json })),
            ])
        }
    }

    fileprivate var text: String {
        switch self {
        case .feasible(let witness):
            guard !witness.weights.isEmpty else { return "feasible: too thin for weights in double precision" }
            return "feasible: w = (" + witness.weights.map { "\($0)" }.joined(separator: ", ") + ")"
        case .infeasible(let terms):
            return "infeasible: no w suits " + ArrangementError.names(terms.map(\.point)) + " together"
        }
    }
}
