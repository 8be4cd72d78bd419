import FullrankModel
import FullrankRuns

/// Turns journal lines into trials of a plan: strict, a line at a time, without memory of the lines before.
public struct JournalDecoder: TrialDecoder {
    private let plan: SweepPlan
    /// Range of the trials that the journal may contain.
    private let trials: Range<Int>
    private let shard: Shard?
    package let problems: [SweepProblem]
    private let indices: [Key: Int]
    /// Most lines are about the same problem as the line before.
    private var previous: (key: Key, problem: Int)?
    /// Whether lines end with their checksums, as the journal's first line says.
    public var isSealed = true

    private struct Key: Hashable {
        let ratio: String?
        let hidden: String?
        let inputDimension: Int64
        /// In a deep sweep.
        let units: Int64?
        let points: Int64

        init(_ problem: SweepProblem) {
            ratio = problem.ratio?.description
            hidden = problem.hidden?.description
            units = hidden == nil ? nil : Int64(problem.largestUnits)
            inputDimension = Int64(problem.inputDimension)
            points = Int64(problem.largestPoints)
        }

        init?(_ fields: JournalLineParser.Fields) {
            guard let inputDimension = fields.inputDimension, let points = fields.points else { return nil }
            ratio = fields.ratio
            (hidden, units) = (fields.hidden, fields.units)
            self.inputDimension = inputDimension
            self.points = points
        }
    }

    package init(_ record: SweepRecord) {
        plan = record.plan
        shard = record.shard
        trials = shard?.trials(of: plan.trials) ?? 0..<plan.mostTrials
        problems = plan.problems
        indices = Dictionary(problems.enumerated().map { (Key($1), $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The trial that a line describes, if it fits the plan. The line ends with its newline.
    public mutating func trial(_ line: UnsafeBufferPointer<UInt8>) throws(LineDamage) -> SweepTrial {
        var parser = isSealed ? JournalLineParser(body: try LineSeal.open(line)) : JournalLineParser(line)
        let fields = try parser.fields()
        guard let key = Key(fields) else { throw LineDamage("\"d0\" or \"n\" is missing") }
        let index: Int
        if let previous, previous.key == key {
            index = previous.problem
        } else {
            guard let found = indices[key] else {
                let ratio = (key.ratio.map { "ratio = \($0), " } ?? "") + (key.hidden.map { "hidden = \($0), " } ?? "")
                let units = key.units.map { ", d1 = \($0)" } ?? ""
                throw LineDamage(
                    "the plan has no problem of \(ratio)d0 = \(key.inputDimension), n = \(key.points)\(units)")
            }
            (index, previous) = (found, (key, found))
        }
        guard let number = fields.trial else { throw LineDamage("\"trial\" is missing") }
        guard trials.contains(Int(number)) else {
            let owner = shard.map { "shard \($0)" } ?? "the plan"
            throw LineDamage(
                "\"trial\" is \(number); \(owner) has trials \(trials.lowerBound) to \(trials.upperBound - 1)")
        }
        let result: TrialResult
        switch plan.method {
        case .exact: result = .profile(try profile(fields, of: problems[index]))
        case .svd: result = .summaries(try summaries(fields, of: problems[index]))
        }
        return SweepTrial(problem: index, trial: Int(number), result: result)
    }

    public func words(problem: Int) -> String {
        "d0 = \(problems[problem].inputDimension), n = \(problems[problem].largestPoints)"
    }

    private func profile(
        _ fields: JournalLineParser.Fields, of problem: SweepProblem
    ) throws(LineDamage) -> RankProfile {
        guard let pivots = fields.pivots else { throw LineDamage("\"pivots\" is missing") }
        let columns = Int64(problem.columns(units: problem.largestUnits))
        return RankProfile(
            pivotColumns: try ProfileText.columns(pivots, rows: problem.largestPoints, columns: columns),
            columnsPerUnit: problem.columnsPerUnit)
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
                let (points, units) = (
                    problem.points[cell / problem.units.count], problem.units[cell % problem.units.count]
                )
                guard rank >= 0, rank <= min(points, problem.columns(units: units)) else {
                    throw LineDamage("the rank at n = \(points), d1 = \(units) cannot be \(rank)")
                }
                summaries.append(SingularSummary(largest: largest, smallest: smallest, rank: Int(rank)))
            case (nil, nil, nil): summaries.append(nil)
            default: throw LineDamage("cell \(cell) is null in part")
            }
        }
        return summaries
    }
}
