import FullrankFiles
import FullrankModel
import FullrankRuns
import FullrankSweep

/// The content of plan.json of a sweep over networks.
public typealias NetworkSweepRecord = PlanRecord<NetworkSweepPlan>
/// The output folder of such a sweep, locked for this process.
public typealias NetworkSweepFolder = TrialFolder<NetworkSweepRecord>
/// A folder read without a lock and without changing anything.
public typealias NetworkSweepReader = TrialReader<NetworkSweepRecord>
/// The progress of the run in a folder.
public typealias NetworkSweepStatus = RunStatus<NetworkSweepRecord>
/// Several folders of one plan as one sweep.
public typealias NetworkSweepMerge = TrialMerge<NetworkSweepRecord>

extension NetworkSweepPlan: RunPlan {
    public static let format = "fullrank-network-sweep"
    public static let formatVersion = 1
    // Version 1 would be one without checksums.
    public static let header = JournalHeader(format: "fullrank-network-trials", version: 2)
    public static let tables = ["cells.csv", "ranks.csv"]

    /// Whether the other plan adds trials to this one, or is the same, and differs in nothing else.
    public func isExtended(by asked: NetworkSweepPlan) -> Bool {
        var same = asked
        same.grid = grid
        return same == self && asked.grid.extends(grid)
    }

    public mutating func adopt(_ larger: NetworkSweepPlan) { grid.trials = larger.grid.trials }

    public var problemCount: Int { problems.count }
    public var trialsPerProblem: Int { grid.trials }
    public var mostTrialsPerProblem: Int { grid.mostTrials }
    public var decoder: NetworkSweepDecoder { NetworkSweepDecoder(self) }
    public func encoder(isSealed: Bool) -> NetworkSweepEncoder { NetworkSweepEncoder(self) }
    /// A rank takes 20 bytes at most.
    public var longestLine: Int { 256 + 20 * grid.points.count * grid.units.count }

    /// The chance that a trial's rank is too low at the cell of the largest bound, if it is not proved there.
    public var errorBound: Double {
        let largest = problems.reduce(0) { max($0, bounds(of: $1).max() ?? 0) }
        return grid.primes.reduce(1) { $0 * Prime.shortfallBound(pivots: largest, prime: $1) }
    }

    public var notes: [JSONValue.Member] { JSONValue.double(errorBound).map { [.init("error_bound", $0)] } ?? [] }
    public var deciding: [JSONValue.Member] {
        SweepRecord.deciding(grid) + [
            .init("activation", .string(activation.description)), .init("trained", .string(trained.rawValue)),
            .init("outputs", .integer(outputs)), .init("output_bias", .bool(outputBias)),
        ] + (usedInputs.map { [.init("used_inputs", .integers($0))] } ?? []) + [.init("prime", .integer(grid.prime))]
    }

    public init(_ fields: PlanFields) throws(SweepFolderError) {
        func damaged(_ reason: String) -> SweepFolderError { .damaged(path: fields.path, line: nil, reason: reason) }
        let grid = try fields.sweepPlan
        guard grid.patterns == .initialization, grid.method == .exact, grid.target == nil else {
            throw damaged("a sweep of networks has drawn weights, exact ranks and fixed trials")
        }
        self.init(
            grid: grid, activation: try fields.get("activation") { $0.string.flatMap { NetworkActivation($0) } },
            trained: try fields.choice("trained"), outputs: try fields.get("outputs", PlanFields.number),
            outputBias: try fields.flag("output_bias"))
        if fields.has("used_inputs") {
            let used = try fields.list("used_inputs") { value -> Int? in
                value.integer().flatMap { (0...IntegerList.largestValue).contains($0) ? $0 : nil }
            }
            guard used.count == grid.points.count else {
                throw damaged("\"used_inputs\" does not hold a number for each n")
            }
            usedInputs = used
        }
        guard hasCountableParameters else { throw damaged("its networks have more than 2^31 parameters") }
        guard try fields.integer("prime", UInt32.self) == grid.prime else {
            throw damaged("\"prime\" is not that of the seed")
        }
    }
}

extension NetworkSweepPlan {
    /// Whether no network has more than 2^31 parameters.
    public var hasCountableParameters: Bool {
        problems.allSatisfy { problem in
            let hidden = problem.columns(units: problem.largestUnits)
            let (last, overflow) = outputs.multipliedReportingOverflow(by: problem.largestUnits + 1)
            return !overflow && hidden <= Int32.max && last <= Int32.max
        }
    }
}
