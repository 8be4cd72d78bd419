import FullrankModel
import Glibc

/// Reads trials.jsonl in pieces: memory stays flat however long it is.
struct JournalReader {
    let path: String
    private let plan: SweepPlan
    private let problems: [SweepProblem]
    private let indices: [Key: Int]
    private(set) var finished: FinishedTrials
    /// Bytes that are whole lines; what follows is a torn line, which a writer cuts off.
    private(set) var wholeLength = 0
    private var line = 0
    private var previousProblem = 0

    private struct Key: Hashable {
        let ratio: String?
        let inputDimension: Int64
        let points: Int64

        init(_ problem: SweepProblem) {
            ratio = problem.ratio?.description
            inputDimension = Int64(problem.inputDimension)
            points = Int64(problem.largestPoints)
        }

        init?(_ fields: JournalLineParser.Fields) {
            guard let inputDimension = fields.inputDimension, let points = fields.points else { return nil }
            ratio = fields.ratio
            self.inputDimension = inputDimension
            self.points = points
        }
    }

    init(folder: String, plan: SweepPlan) {
        path = "\(folder)/\(JournalFormat.fileName)"
        self.plan = plan
        problems = plan.problems
        indices = Dictionary(problems.enumerated().map { (Key($1), $0) }, uniquingKeysWith: { first, _ in first })
        finished = FinishedTrials(of: plan)
    }

    /// Delivers every trial, in the order they stand; a journal that is not there yet is an empty one.
    ///
    /// - Throws: `damaged` naming the line, `unknownVersion`, `inputOutput`.
    mutating func read(_ deliver: (SweepTrial) -> Void) throws(SweepFolderError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return }
            throw Files.failure(path)
        }
        defer { close(descriptor) }
        // Special files (/dev/full in a test) hold nothing to read.
        var information = stat()
        guard fstat(descriptor, &information) == 0, information.st_mode & S_IFMT == S_IFREG else { return }

        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        var filled = 0
        while true {
            let count = try Files.readSome(descriptor, into: &buffer, from: filled, path: path)
            if count == 0 { return }
            filled += count
            let used = try buffer.withUnsafeBufferPointer { bytes throws(SweepFolderError) in
                try readLines(UnsafeBufferPointer(rebasing: bytes[..<filled]), deliver)
            }
            wholeLength += used
            buffer.withUnsafeMutableBytes { _ = memmove($0.baseAddress!, $0.baseAddress! + used, filled - used) }
            filled -= used
            if filled == buffer.count { buffer += [UInt8](repeating: 0, count: buffer.count) }
        }
    }

    /// Reads the whole lines among the bytes; returns how many bytes they are.
    private mutating func readLines(
        _ bytes: UnsafeBufferPointer<UInt8>, _ deliver: (SweepTrial) -> Void
    ) throws(SweepFolderError) -> Int {
        var start = 0
        while start < bytes.count,
            let newline = memchr(bytes.baseAddress! + start, Int32(UInt8(ascii: "\n")), bytes.count - start)
        {
            let length = newline - UnsafeMutableRawPointer(mutating: bytes.baseAddress! + start) + 1
            line += 1
            let text = UnsafeBufferPointer(rebasing: bytes[start..<(start + length)])
            do throws(LineDamage) {
                var parser = JournalLineParser(text)
                let fields = try parser.fields()
                if line == 1 {
                    guard fields.format == "fullrank-trials", let version = fields.version else {
                        throw LineDamage("it is no fullrank-trials header")
                    }
                    guard version == JournalFormat.version else {
                        throw LineDamage("version \(version)")
                    }
                } else {
                    deliver(try trial(fields))
                }
            } catch {
                if line == 1, error.words.hasPrefix("version ") {
                    throw .unknownVersion(path: path, version: String(error.words.dropFirst("version ".count)))
                }
                throw .damaged(path: path, line: line, reason: error.words)
            }
            start += length
        }
        return start
    }

    /// The trial a line tells of, once it fits the plan.
    private mutating func trial(_ fields: JournalLineParser.Fields) throws(LineDamage) -> SweepTrial {
        guard let key = Key(fields) else { throw LineDamage("\"d0\" or \"n\" is missing") }
        let index: Int
        if key == Key(problems[previousProblem]) {
            index = previousProblem
        } else {
            guard let found = indices[key] else {
                throw LineDamage("the plan has no problem of d0 = \(key.inputDimension), n = \(key.points)")
            }
            (index, previousProblem) = (found, found)
        }
        guard let number = fields.trial, (0..<Int64(plan.trials)).contains(number) else {
            throw LineDamage("\"trial\" is missing or not from 0 to \(plan.trials - 1)")
        }
        guard finished.insert(problem: index, trial: Int(number)) else {
            throw LineDamage("trial \(number) of d0 = \(key.inputDimension), n = \(key.points) stands here again")
        }
        let result: TrialResult
        switch plan.method {
        case .exact: result = .profile(try profile(fields, of: problems[index]))
        case .svd: result = .summaries(try summaries(fields, of: problems[index]))
        }
        return SweepTrial(problem: index, trial: Int(number), result: result)
    }

    private func profile(
        _ fields: JournalLineParser.Fields, of problem: SweepProblem
    ) throws(LineDamage) -> RankProfile {
        let columns = Int64(problem.largestUnits) * Int64(problem.columnsPerUnit)
        guard let pivots = fields.pivots, pivots.count == problem.largestPoints else {
            throw LineDamage("\"pivots\" does not hold \(problem.largestPoints) columns")
        }
        if let wrong = pivots.first(where: { $0 < -1 || $0 >= columns }) {
            throw LineDamage("there is no column \(wrong): they go from 0 to \(columns - 1), -1 is none")
        }
        return RankProfile(pivotColumns: pivots, columnsPerUnit: problem.columnsPerUnit)
    }

    private func summaries(
        _ fields: JournalLineParser.Fields, of problem: SweepProblem
    ) throws(LineDamage) -> [SingularSummary?] {
        let cells = problem.points.count * problem.units.count
        guard let ranks = fields.ranks, let largest = fields.largest, let smallest = fields.smallest,
            ranks.count == cells, largest.count == cells, smallest.count == cells
        else { throw LineDamage("\"ranks\", \"largest\" and \"smallest\" do not hold \(cells) cells each") }
        var summaries = [SingularSummary?]()
        summaries.reserveCapacity(cells)
        for cell in 0..<cells {
            switch (ranks[cell], largest[cell], smallest[cell]) {
            case (let rank?, let largest?, let smallest?):
                guard rank >= 0 else { throw LineDamage("a rank cannot be \(rank)") }
                summaries.append(SingularSummary(largest: largest, smallest: smallest, rank: Int(rank)))
            case (nil, nil, nil): summaries.append(nil)
            default: throw LineDamage("cell \(cell) is null in part")
            }
        }
        return summaries
    }
}
