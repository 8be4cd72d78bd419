import FullrankFiles
import FullrankModel
import FullrankRuns
import FullrankSweep

/// The content of plan.json of a sweep over combinations of cells.
public struct LandscapeRecord: RunRecord {
    public static let header = JournalHeader(format: "fullrank-landscape-trials", version: 2)
    public static let format = "fullrank-landscape"
    public static let version = 1

    public var plan: LandscapePlan
    public var shard: Shard?
    public var provenance: RunProvenance
    public var resumedOn: [RunProvenance] = []

    public init(plan: LandscapePlan, shard: Shard? = nil, provenance: RunProvenance) {
        (self.plan, self.shard, self.provenance) = (plan, shard, provenance)
    }

    public func differences(from asked: LandscapePlan, shard askedShard: Shard? = nil) -> [PlanDifference] {
        differences(from: asked, shard: askedShard, deciding: Self.deciding)
    }

    public func isExtended(by asked: LandscapePlan) -> Bool { asked.trials >= plan.trials }
    public mutating func adopt(_ larger: LandscapePlan) { plan = larger }
    public mutating func add(_ other: LandscapeRecord) { add(runsOf: other) }

    public static func isOutput(_ name: String) -> Bool { name == "cells.csv" || SweepRecord.isDiagram(name) }

    public var problems: Int { plan.inputDimensions.count }
    public var trials: Int { plan.trials }
    public var mostTrials: Int { plan.trials }
    public var decoder: LandscapeDecoder { LandscapeDecoder(plan) }
    /// Eight counts for each cell, each of up to 11 digits and a comma.
    public var longestLine: Int { 512 + 8 * 12 * plan.cellCount }

    public var bytes: [UInt8] {
        document(version: Self.version, deciding: Self.deciding(plan))
    }

    private static func deciding(_ plan: LandscapePlan) -> [JSONValue.Member] {
        [
            .init("d0", .integers(plan.inputDimensions)), .init("n", .integers(plan.points)),
            .init("d1", .integers(plan.units)), .init("trials", .integer(plan.trials)),
            .init("draws", .integer(plan.draws)), .init("seed", .integer(plan.seed)),
            .init("init", .string(plan.initialization.rawValue)), .init("bias", .bool(plan.bias)),
            .init("labels", .string(plan.labels.rawValue)), .init("cells", .string(plan.cells.rawValue)),
            .init("frozen", plan.frozen.map { .string($0.rawValue) } ?? .null), .init("saddles", .bool(plan.saddles)),
        ]
    }

    /// Reads plan.json.
    ///
    /// - Parameter path: for messages.
    /// - Throws: `unknownVersion`; `damaged` naming the key; `differentPlan` if it is of another command.
    public init(parsing bytes: [UInt8], path: String) throws(SweepFolderError) {
        let fields = try PlanFields(parsing: bytes, path: path, of: Self.self, version: Self.version)
        func choice<Choice: RawRepresentable<String>>(_ name: String) throws(SweepFolderError) -> Choice {
            try fields.get(name) { $0.string.flatMap { Choice(rawValue: $0) } }
        }
        plan = LandscapePlan(
            inputDimensions: try fields.numbers("d0"), points: try fields.numbers("n"), units: try fields.numbers("d1"),
            trials: try fields.get("trials", PlanFields.number), draws: try fields.get("draws", PlanFields.number),
            seed: try fields.integer("seed", UInt64.self), initialization: try choice("init"),
            bias: try fields.flag("bias"), labels: try choice("labels"), cells: try choice("cells"),
            frozen: try fields.get("frozen") { value in
                value == .null ? .some(nil) : value.string.flatMap { FrozenOutputs(rawValue: $0) }.map { .some($0) }
            },
            saddles: try fields.flag("saddles"))
        try fields.requireCells([plan.inputDimensions.count, plan.points.count, plan.units.count])
        shard = try fields.shard
        provenance = try fields.provenance
        resumedOn = try fields.laterRuns
    }
}
