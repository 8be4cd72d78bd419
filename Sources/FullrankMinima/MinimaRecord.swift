import FullrankFiles
import FullrankModel
import FullrankRuns
import FullrankSweep

/// The content of plan.json of a sweep over global minima.
public struct MinimaRecord: RunRecord {
    public static let header = JournalHeader(format: "fullrank-minima-trials", version: 2)
    public static let format = "fullrank-minima"
    public static let version = 1

    public var plan: MinimaPlan
    /// Set if the folder contains only a share of the trials.
    public var shard: Shard?
    /// The run that began the sweep.
    public var provenance: RunProvenance
    /// Later runs that were not like it.
    public var resumedOn: [RunProvenance] = []

    public init(plan: MinimaPlan, shard: Shard? = nil, provenance: RunProvenance) {
        self.plan = plan
        self.shard = shard
        self.provenance = provenance
    }

    /// The fields that decide the numbers, in which a folder's plan differs from one asked for.
    public func differences(from asked: MinimaPlan, shard askedShard: Shard? = nil) -> [PlanDifference] {
        differences(from: asked, shard: askedShard, deciding: Self.deciding)
    }

    public func isExtended(by asked: MinimaPlan) -> Bool { asked.asksForMore(than: plan) }
    public mutating func adopt(_ larger: MinimaPlan) { plan = larger }
    public mutating func add(_ other: MinimaRecord) { add(runsOf: other) }

    public static func isOutput(_ name: String) -> Bool {
        ["cells.csv", "widths.csv"].contains(name) || SweepRecord.isDiagram(name)
    }

    public var problems: Int { plan.inputDimensions.count }
    public var trials: Int { plan.trials }
    public var mostTrials: Int { plan.mostTrials }
    public var decoder: MinimaDecoder { MinimaDecoder(plan) }
    /// A width takes 10 digits, and a row of a trial has two; a verdict takes a byte.
    public var longestLine: Int {
        let row = plan.labels == .teacher ? plan.units.count + 3 : 2 * 11
        return (256 + plan.points.count).multipliedReportingOverflow(by: row).partialValue
    }

    public var bytes: [UInt8] {
        document(version: Self.version, deciding: Self.deciding(plan))
    }

    private static func deciding(_ plan: MinimaPlan) -> [JSONValue.Member] {
        var trials = [JSONValue.Member("trials", .integer(plan.trials))]
        if let target = plan.target, let halfWidth = JSONValue.double(target.halfWidth) {
            trials += [.init("half_width", halfWidth), .init("max_trials", .integer(target.maxTrials))]
        }
        // Only for prepared points, so that folders of earlier versions remain valid.
        let isPrepared = plan.preparation?.isStandardised == true || plan.preparation?.subsample != nil
        return [
            .init("d0", .integers(plan.inputDimensions)), .init("n", .integers(plan.points)),
            .init("d1", .integers(plan.units)),
        ] + trials + [
            .init("seed", .integer(plan.seed)), .init("inputs", plan.inputs.json(isPrepared ? plan.preparation : nil)),
            .init("init", .string(plan.initialization.rawValue)), .init("bias", .bool(plan.bias)),
            .init("labels", .string(plan.labels.rawValue)), .init("output_weights", .string(plan.outputs.rawValue)),
            .init("patterns", .string(plan.regions.rawValue)), .init("fixed_data", .bool(plan.fixedData)),
        ]
    }

    /// Reads plan.json.
    ///
    /// - Parameter path: for messages.
    /// - Throws: `unknownVersion`; `damaged` naming the key.
    public init(parsing bytes: [UInt8], path: String) throws(SweepFolderError) {
        let fields = try PlanFields(parsing: bytes, path: path, of: Self.self, version: Self.version)
        func choice<Choice: RawRepresentable<String>>(_ name: String) throws(SweepFolderError) -> Choice {
            try fields.get(name) { $0.string.flatMap { Choice(rawValue: $0) } }
        }
        plan = MinimaPlan(
            inputDimensions: try fields.numbers("d0"), points: try fields.numbers("n"), units: try fields.numbers("d1"),
            trials: try fields.get("trials", PlanFields.number), seed: try fields.integer("seed", UInt64.self),
            inputs: try fields.inputs, initialization: try choice("init"), bias: try fields.flag("bias"),
            labels: try choice("labels"), outputs: try choice("output_weights"),
            regions: try fields.get("patterns") { value in
                value.string.flatMap { RegionSource(rawValue: $0) ?? .formerlyCalled($0) }
            },
            fixedData: try fields.flag("fixed_data"),
            preparation: try fields.get("inputs") { .some(DataPreparation($0)) })
        try fields.requireCells([plan.inputDimensions.count, plan.points.count, plan.units.count])
        plan.target = try fields.target(trials: plan.trials)
        shard = try fields.shard
        provenance = try fields.provenance
        resumedOn = try fields.laterRuns
    }
}
