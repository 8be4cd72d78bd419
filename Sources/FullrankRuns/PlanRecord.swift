import FullrankFiles
import FullrankModel

/// The content of plan.json: a plan, the folder's share of its trials, and what computed them.
public struct PlanRecord<Plan: RunPlan>: RunRecord {
    public static var format: String { Plan.format }
    public static var header: JournalHeader { Plan.header }
    public static func isOutput(_ name: String) -> Bool { Plan.tables.contains(name) || isDiagram(name) }

    public var plan: Plan
    public var shard: Shard?
    public var provenance: RunProvenance
    public var resumedOn: [RunProvenance] = []

    public init(plan: Plan, shard: Shard? = nil, provenance: RunProvenance) {
        (self.plan, self.shard, self.provenance) = (plan, shard, provenance)
    }

    /// Reads plan.json.
    ///
    /// - Parameter path: for messages.
    /// - Throws: `unknownVersion`; `damaged` naming the key; `differentPlan` if it is of another kind.
    public init(parsing bytes: [UInt8], path: String) throws(SweepFolderError) {
        let fields = try PlanFields(parsing: bytes, path: path, format: Plan.format, version: Plan.formatVersion)
        plan = try Plan(fields)
        shard = try fields.shard
        provenance = try fields.provenance
        resumedOn = try fields.laterRuns
    }

    public var bytes: [UInt8] {
        var members: [JSONValue.Member] = [
            .init("format", .string(Plan.format)), .init("version", .integer(Plan.formatVersion)),
            .init("fullrank", .string(provenance.fullrank)),
        ]
        members += Self.deciding(plan, shard) + plan.notes + provenance.members
        return Array(JSONValue.object(members + RunProvenance.members(laterRuns: resumedOn)).document.utf8)
    }

    private static func deciding(_ plan: Plan, _ shard: Shard?) -> [JSONValue.Member] {
        plan.deciding + (shard.map { [.init("shard", .string($0.description))] } ?? [])
    }

    public func differences(from asked: Plan, shard askedShard: Shard? = nil) -> [PlanDifference] {
        PlanDifference.list(recorded: Self.deciding(plan, shard), asked: Self.deciding(asked, askedShard))
    }

    public func isExtended(by asked: Plan) -> Bool { plan.isExtended(by: asked) }
    public mutating func adopt(_ larger: Plan) { plan.adopt(larger) }
    public mutating func add(_ other: Self) { add(runsOf: other) }

    public var problems: Int { plan.problemCount }
    public var trials: Int { plan.trialsPerProblem }
    public var mostTrials: Int { plan.mostTrialsPerProblem }
    public var longestLine: Int { plan.longestLine }
    public var decoder: Plan.Decoder { plan.decoder }
    public func encoder(isSealed: Bool) -> Plan.Encoder { plan.encoder(isSealed: isSealed) }
}
