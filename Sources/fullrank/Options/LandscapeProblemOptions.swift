import FullrankFiles
import FullrankLandscape
import FullrankModel
import FullrankNumbers

extension ParsedArguments {
    /// The one operand after the task.
    func onlyFile(_ name: String) throws(CommandFailure) -> String {
        guard operands.count == 2 else {
            throw .usage("unexpected argument \(operands[2].quoted); one \(name) is taken")
        }
        return operands[1]
    }
}

/// Reads a whole file and what it describes.
func readLandscape<Value>(
    _ path: String, _ parse: ([UInt8]) throws(LandscapeFault) -> Value
) throws(CommandFailure) -> Value {
    let bytes: [UInt8]
    do throws(FileError) { bytes = try WholeFile.read(path, limit: LandscapeProblem.mostBytes) } catch {
        throw CommandFailure(error)
    }
    do throws(LandscapeFault) { return try parse(bytes) } catch {
        throw CommandFailure(.badData, "\(path.printable()): \(error.words)")
    }
}

extension LandscapeProblem {
    static let flags = ["--inputs", "--labels", "--units", "--no-bias", "--frozen"]

    /// From PROBLEM.json, the operand after the task, or from two files of numbers.
    init(_ arguments: ParsedArguments) throws(CommandFailure) {
        guard arguments.operands.count == 1 else {
            let path = try arguments.onlyFile("PROBLEM.json")
            if let flag = Self.flags.first(where: { arguments.has($0) }) {
                throw .usage("\(flag) does not go with PROBLEM.json, which holds points, labels and units")
            }
            self = try readLandscape(path) { bytes throws(LandscapeFault) in try LandscapeProblem(parsing: bytes) }
            return
        }
        guard let units = try arguments.positive("--units", maximum: 64) else { throw .missing("--units", arguments) }
        let inputs = try Self.data(arguments, "--inputs"), labels = try Self.data(arguments, "--labels")
        guard labels.inputDimension == 1 || labels.points == 1 else {
            throw CommandFailure(
                .badData,
                "--labels: the file has \(labels.points) rows of \(labels.inputDimension) numbers; "
                    + "one label for each point is taken"
            )
        }
        guard labels.values.count == inputs.points else {
            throw CommandFailure(
                .badData, "--labels: \(labels.values.count) labels for the \(inputs.points) points of --inputs")
        }
        let bias: [Fraction] = arguments.has("--no-bias") ? [] : [.one]
        let d0 = inputs.inputDimension
        self.init(
            points: (0..<inputs.points).map { point in
                inputs.values[(point * d0)..<((point + 1) * d0)].map { Fraction(exactly: $0) } + bias
            },
            labels: labels.values.map { Fraction(exactly: $0) }, units: units,
            frozen: try Self.frozen(arguments, units: units))
    }

    private static func data(_ arguments: ParsedArguments, _ option: String) throws(CommandFailure) -> DataSet {
        guard arguments.has(option) else { throw .missing(option, arguments) }
        let path = try arguments.requiredPath(option)
        do throws(FileError) { return try DataSet.load(path: path, note: tellOfFile(path)) } catch {
            throw CommandFailure(error, option: option)
        }
    }

    static func frozen(_ arguments: ParsedArguments, units: Int) throws(CommandFailure) -> [Fraction]? {
        guard let text = arguments.values["--frozen"] else { return nil }
        let words = text.split(separator: ",", omittingEmptySubsequences: false)
        var values = [Fraction]()
        for word in words {
            guard let value = Fraction(text: String(word)), !value.isZero else {
                throw .usage(
                    "--frozen: \(String(word).quoted) is not a decimal number other than 0, of at most 2000 digits")
            }
            values.append(value)
        }
        guard values.count == units else {
            throw .usage("--frozen: \(values.count) output weights for the \(units) units of --units")
        }
        return values
    }
}
