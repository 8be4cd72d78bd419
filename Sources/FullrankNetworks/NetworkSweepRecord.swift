import FullrankFiles
import FullrankModel
import FullrankRuns
import FullrankSweep

/// The content of plan.json of a sweep over networks.
public struct NetworkSweepRecord: RunRecord {
    // Version 1 would be one without checksums.
    public static let header = JournalHeader(format: "fullrank-network-trials", version: 2)
    public static let format = "fullrank-network-sweep"
    public static let version = 1
    public static let tables = ["cells.csv", "ranks.csv"]

    public var plan: NetworkSweepPlan
    public var shard: Shard?
    public var provenance: RunProvenance
    public var resumedOn: [RunProvenance] = []

    public init(plan: NetworkSweepPlan, shard: Shard? = nil, provenance: RunProvenance) {
        self.plan = plan
        self.shard = shard
        self.provenance = provenance
    }

    public static func isOutput(_ name: String) -> Bool { tables.contains(name) || SweepRecord.isDiagram(name) }

    public func differences(from asked: NetworkSweepPlan, shard askedShard: Shard? = nil) -> [PlanDifference] {
        differences(from: asked, shard: askedShard, deciding: Self.deciding)
    }

    public func isExtended(by asked: NetworkSweepPlan) -> Bool { asked.extends(plan) }
    public mutating func adopt(_ larger: NetworkSweepPlan) { plan.grid.trials = larger.grid.trials }
    public mutating func add(_ other: NetworkSweepRecord) { add(runsOf: other) }

    public var problems: Int { plan.problems.count }
    public var trials: Int { plan.grid.trials }
    public var mostTrials: Int { plan.grid.mostTrials }
    public var decoder: NetworkSweepDecoder { NetworkSweepDecoder(self) }
    /// A rank takes 20 bytes at most.
    public var longestLine: Int { 256 + 20 * plan.grid.points.count * plan.grid.units.count }

    /// The chance that a trial's rank is too low at the cell of the largest bound, if it is not proved there.
    public var errorBound: Double {
        let largest = plan.problems.reduce(0) { max($0, plan.bounds(of: $1).max() ?? 0) }
        return plan.grid.primes.reduce(1) { $0 * Prime.shortfallBound(pivots: largest, prime: $1) }
    }

    public var bytes: [UInt8] {
        document(
            version: Self.version, deciding: Self.deciding(plan),
            notes: JSONValue.double(errorBound).map { [.init("error_bound", $0)] } ?? [])
    }

    private static func deciding(_ plan: NetworkSweepPlan) -> [JSONValue.Member] {
        SweepRecord.deciding(plan.grid) + [
            .init("activation", .string(plan.activation.description)), .init("trained", .string(plan.trained.rawValue)),
            .init("outputs", .integer(plan.outputs)), .init("output_bias", .bool(plan.outputBias)),
        ] + (plan.usedInputs.map { [.init("used_inputs", .integers($0))] } ?? []) + [
            .init("prime", .integer(plan.grid.prime))
        ]
    }

    /// Reads plan.json.
    ///
    /// - Throws: `unknownVersion`; `damaged` naming the key; `differentPlan` for another kind of run.
    public init(parsing bytes: [UInt8], path: String) throws(SweepFolderError) {
        let fields = try PlanFields(parsing: bytes, path: path, of: Self.self, version: Self.version)
        let grid = try fields.sweepPlan
        guard grid.patterns == .initialization, grid.method == .exact, grid.target == nil else {
            throw .damaged(
                path: path, line: nil, reason: "a sweep of networks has drawn weights, exact ranks and fixed trials")
        }
        plan = NetworkSweepPlan(
            grid: grid, activation: try fields.get("activation") { $0.string.flatMap { NetworkActivation($0) } },
            trained: try fields.get("trained") { $0.string.flatMap { NetworkSweepPlan.Trained(rawValue: $0) } },
            outputs: try fields.get("outputs", PlanFields.number), outputBias: try fields.flag("output_bias"))
        if fields.has("used_inputs") {
            let used = try fields.list("used_inputs") { value -> Int? in
                value.integer().flatMap { (0...IntegerList.largestValue).contains($0) ? $0 : nil }
            }
            guard used.count == grid.points.count else {
                throw .damaged(path: path, line: nil, reason: "\"used_inputs\" does not hold a number for each n")
            }
            plan.usedInputs = used
        }
        guard plan.hasCountableParameters else {
            throw .damaged(path: path, line: nil, reason: "its networks have more than 2^31 parameters")
        }
        guard try fields.integer("prime", UInt32.self) == grid.prime else {
            throw .damaged(path: path, line: nil, reason: "\"prime\" is not that of the seed")
        }
        shard = try fields.shard
        provenance = try fields.provenance
        resumedOn = try fields.laterRuns
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
