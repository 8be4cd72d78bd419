import FullrankFiles
import FullrankModel
import FullrankRuns

/// A finished trial: the ranks of its cells.
public struct NetworkSweepTrial: JournalTrial, Hashable {
    /// Index into the plan's problems.
    public var problem: Int
    public var trial: Int
    /// By n, then d1 of the problem.
    public var ranks: [Int]

    public init(problem: Int, trial: Int, ranks: [Int]) {
        self.problem = problem
        self.trial = trial
        self.ranks = ranks
    }
}

/// Turns trials into lines of a journal (docs/file-formats.md).
public struct NetworkSweepEncoder: TrialEncoder {
    /// Up to the trial's number, by problem.
    private let beginnings: [String]

    init(_ plan: NetworkSweepPlan) {
        beginnings = plan.problems.map { problem in
            let ratio = problem.ratio.map { "\"ratio\":\"\($0)\"," } ?? ""
            let hidden = problem.hidden.map { "\"hidden\":\"\($0)\"," } ?? ""
            let units = problem.hidden == nil ? "" : "\"d1\":\(problem.largestUnits),"
            return
                "{\(ratio)\(hidden)\"d0\":\(problem.inputDimension),\(units)\"n\":\(problem.largestPoints),\"trial\":"
        }
    }

    public func append(_ trial: NetworkSweepTrial, to bytes: inout [UInt8]) {
        let start = bytes.count
        bytes += beginnings[trial.problem].utf8
        bytes += "\(trial.trial),\"ranks\":[".utf8
        for (index, rank) in trial.ranks.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes += "\(rank)".utf8
        }
        bytes.append(UInt8(ascii: "]"))
        LineSeal.close(&bytes, from: start)
    }
}

/// Turns the lines of a journal into trials of a plan.
public struct NetworkSweepDecoder: TrialDecoder {
    private let problems: [SweepProblem]
    /// By problem and cell.
    private let bounds: [[Int]]
    private let indices: [Key: Int]
    public var isSealed = true

    private struct Key: Hashable {
        var ratio: String?
        var hidden: String?
        var inputDimension: Int?
        var units: Int?
        var points: Int?

        init(_ problem: SweepProblem) {
            (ratio, hidden) = (problem.ratio?.description, problem.hidden?.description)
            units = problem.hidden == nil ? nil : problem.largestUnits
            (inputDimension, points) = (problem.inputDimension, problem.largestPoints)
        }

        init(_ line: JSONValue) {
            (ratio, hidden) = (line["ratio"]?.string, line["hidden"]?.string)
            (inputDimension, units, points) = (line["d0"]?.integer(), line["d1"]?.integer(), line["n"]?.integer())
        }
    }

    init(_ plan: NetworkSweepPlan) {
        problems = plan.problems
        bounds = problems.map { plan.bounds(of: $0) }
        indices = Dictionary(problems.enumerated().map { (Key($1), $0) }, uniquingKeysWith: { first, _ in first })
    }

    public mutating func trial(_ line: UnsafeBufferPointer<UInt8>) throws(LineDamage) -> NetworkSweepTrial {
        let text = isSealed ? Array(try LineSeal.open(line)) + [UInt8(ascii: "}")] : Array(line.dropLast())
        guard let json = try? JSONValue(parsing: text), let problem = indices[Key(json)],
            let trial: Int = json["trial"]?.integer(), case .array(let items)? = json["ranks"]
        else { throw LineDamage("it is no trial of this plan") }
        let ranks = items.compactMap { item -> Int? in item.integer() }
        guard ranks.count == items.count, ranks.count == bounds[problem].count else {
            throw LineDamage("\"ranks\" does not hold \(bounds[problem].count) ranks")
        }
        if let cell = ranks.indices.first(where: { !(0...bounds[problem][$0]).contains(ranks[$0]) }) {
            throw LineDamage("the rank of cell \(cell) cannot be \(ranks[cell]); its bound is \(bounds[problem][cell])")
        }
        return NetworkSweepTrial(problem: problem, trial: trial, ranks: ranks)
    }

    public func words(problem: Int) -> String {
        "d0 = \(problems[problem].inputDimension), n = \(problems[problem].largestPoints)"
    }
}
