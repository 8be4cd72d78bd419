import FullrankBackends
import FullrankFiles
import FullrankModel
import FullrankNumbers
import FullrankRegions

/// Counts, lists, draws or checks activation regions.
func runRegions(_ options: RegionsOptions, _ context: CommandContext) throws(CommandFailure) {
    let command = try RegionsRun(options)
    switch options.task {
    case .count: try command.count()
    case .list: try command.show(try command.list())
    case .sample: try command.show(try command.sample())
    case .check(let path): try command.check(path)
    case .figure(let path): try command.draw(path)
    case .volumes(let draws): try command.measureVolumes(draws: draws)
    }
}

/// The points of a `regions` command, and what is asked about them.
struct RegionsRun {
    let options: RegionsOptions
    let backend: any RankBackend
    let arrangement: PointArrangement

    /// Sets of r − 1 points that are looked at, to see whether data are in general position.
    static let mostSets = 2_000_000

    init(_ options: RegionsOptions) throws(CommandFailure) {
        self.options = options
        var problem = options.problem
        problem.network = .drawn(.uniform)
        do throws(BackendError) {
            backend = try BackendChoice.cpu.open(options: BackendOptions(threads: options.threads)).backend
            arrangement = PointArrangement(
                inputs: try backend.inputs(of: problem, trial: options.trial), points: problem.points,
                inputDimension: problem.inputDimension, bias: problem.bias)
        } catch {
            throw CommandFailure(error, signal: nil)
        }
    }

    func count() throws(CommandFailure) {
        let isChecked = try failing { () throws(ArrangementError) in
            try arrangement.isInGeneralPosition(limit: Self.mostSets, threads: options.threads)
        }
        if options.json {
            return try writeOutput(JSONText.object(members(isChecked)).text + "\n")
        }
        var text = "\(arrangement.regionCount)\n"
        if arrangement.hyperplanes < arrangement.points {
            text += "\(arrangement.points) points, \(arrangement.hyperplanes) different hyperplanes\n"
        }
        if arrangement.dimension < arrangement.columns, arrangement.dimension < arrangement.points {
            text += "the points span \(arrangement.dimension) of \(arrangement.columns) dimensions\n"
        }
        try writeOutput(text)
        if !isChecked {
            writeMessage("if the points are in general position: there are too many sets of them to look at")
        }
    }

    private func members(_ isChecked: Bool) -> [(String, JSONText)] {
        let count = arrangement.regionCount
        return [
            ("n", .integer(arrangement.points)), ("d0", .integer(options.problem.inputDimension)),
            ("k", .integer(arrangement.columns)), ("dimension", .integer(arrangement.dimension)),
            ("hyperplanes", .integer(arrangement.hyperplanes)), ("count", count.json),
            ("general_position", isChecked ? .boolean(true) : .null),
        ]
    }

    func list() throws(CommandFailure) -> ActivationPattern {
        let points = arrangement.points
        // Words, their parts before they are joined, and bytes or text.
        let bytes = Double(16 * ActivationPattern.wordsPerUnit(points: points) + 2 * points + 64)
        let limit = Int(min(Double(AvailableMemory.bytes) / 2 / bytes, 0x1p40))
        let words = try failing { () throws(ArrangementError) in
            try arrangement.regions(limit: limit, threads: options.threads)
        }
        let rows = points == 0 ? 1 : words.count / ActivationPattern.wordsPerUnit(points: points)
        return ActivationPattern(units: rows, points: points, words: words)
    }

    func sample() throws(CommandFailure) -> ActivationPattern {
        let problem = options.problem
        // One input with bias: the backend's step vectors, which a sweep takes too.
        if problem.inputDimension == 1, problem.bias {
            do throws(BackendError) { return try backend.activationPattern(of: problem, trial: options.trial) } catch {
                throw CommandFailure(error, signal: nil)
            }
        }
        return try failing { () throws(ArrangementError) in
            try RegionSampler(arrangement).pattern(
                seed: problem.seed, trial: options.trial, units: problem.units, threads: options.threads)
        }
    }

    func show(_ pattern: ActivationPattern) throws(CommandFailure) {
        let (rows, points) = (pattern.units, pattern.points)
        if let path = options.output {
            var bytes = [UInt8]()
            bytes.reserveCapacity(rows * points)
            for row in 0..<rows { for point in 0..<points { bytes.append(pattern[row, point] ? 1 : 0) } }
            do throws(FileError) { try NPYWriter.write(bytes, shape: [rows, points], to: path) } catch {
                throw CommandFailure(error, option: "--output")
            }
            if options.json { try writeOutput(JSONText.object(members(true)).text + "\n") }
            return
        }
        func text(_ row: Int) -> String {
            String((0..<points).map { pattern[row, $0] ? "1" as Character : "0" })
        }
        if options.json {
            let patterns = JSONText.array((0..<rows).map { .string(text($0)) })
            return try writeOutput(JSONText.object(members(true) + [("patterns", patterns)]).text + "\n")
        }
        // In pieces: a list may be long.
        for start in stride(from: 0, to: rows, by: 4096) {
            try writeOutput((start..<min(start + 4096, rows)).map { text($0) + "\n" }.joined())
        }
    }

    func failing<Value>(_ body: () throws(ArrangementError) -> Value) throws(CommandFailure) -> Value {
        do throws(ArrangementError) { return try body() } catch {
            switch error {
            case .dependent:
                throw CommandFailure(.badData, error.words)
            case .tooMany:
                throw CommandFailure(
                    .usage,
                    "\(arrangement.regionCount) regions are too many for this machine's memory; '--sample M' draws from them"
                )
            }
        }
    }
}

extension BigInteger {
    /// A number where 63 bits hold it, else its digits as a string.
    var json: JSONText { int.map { .integer($0) } ?? .string(description) }
}
