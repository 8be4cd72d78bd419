import FullrankFiles
import FullrankModel
import FullrankSweep

/// The content of plan.json of a sweep over global minima.
public struct MinimaRecord: Hashable, Sendable {
    public static let format = "fullrank-minima"
    public static let version = 1

    public var plan: MinimaPlan
    /// Set where the folder holds a share of the trials only.
    public var shard: Shard?
    /// The run that began the sweep.
    public var provenance: SweepProvenance
    /// Later runs that were not like it.
    public var resumedOn: [SweepProvenance] = []

    public init(plan: MinimaPlan, shard: Shard? = nil, provenance: SweepProvenance) {
        self.plan = plan
        self.shard = shard
        self.provenance = provenance
    }

    /// Trials of each d0 that the folder is for.
    public var share: Range<Int> { shard?.trials(of: plan.trials) ?? 0..<plan.trials }

    /// The fields that decide the numbers, in which a folder's plan differs from one asked for.
    func differences(from asked: MinimaPlan, shard askedShard: Shard?) -> [PlanDifference] {
        func members(_ plan: MinimaPlan, _ shard: Shard?) -> [JSONValue.Member] {
            Self.deciding(plan) + (shard.map { [.init("shard", .string($0.description))] } ?? [])
        }
        let here = members(asked, askedShard), there = members(plan, shard)
        return PlanDifference.list(recorded: there, asked: here)
    }

    /// Whether a folder with this record may go on with a plan: the rule of `SweepFolder`.
    func check(_ asked: MinimaPlan, _ askedShard: Shard?, extending: Bool, path: String) throws(SweepFolderError) {
        let differences = differences(from: asked, shard: askedShard)
        guard !differences.isEmpty else { return }
        let others = differences.filter { !["trials", "half_width", "max_trials"].contains($0.field) }
        if extending, shard != nil, others.allSatisfy({ $0.field == "shard" }) { throw .shardExtended(path: path) }
        guard others.isEmpty, shard == nil else { throw .differentPlan(path: path, differences: differences) }
        guard asked.asksForMore(than: plan) else {
            throw extending
                ? .moreTrials(path: path, differences: differences) : .differentPlan(path: path, differences: differences)
        }
        guard extending else { throw .fewerTrials(path: path, differences: differences) }
    }

    /// Takes over another record's runs: what was computed here was computed there.
    mutating func add(_ other: MinimaRecord) {
        for run in [other.provenance] + other.resumedOn where run != provenance && !resumedOn.contains(run) {
            resumedOn.append(run)
        }
    }

    package var bytes: [UInt8] {
        var members: [JSONValue.Member] = [
            .init("format", .string(Self.format)), .init("version", .integer(Self.version)),
            .init("fullrank", .string(provenance.fullrank)),
        ]
        members += Self.deciding(plan)
        if let shard { members.append(.init("shard", .string(shard.description))) }
        members += provenance.members + SweepProvenance.members(laterRuns: resumedOn)
        return Array(JSONValue.object(members).document.utf8)
    }

    private static func deciding(_ plan: MinimaPlan) -> [JSONValue.Member] {
        var trials = [JSONValue.Member("trials", .integer(plan.trials))]
        if let target = plan.target, let halfWidth = JSONValue.double(target.halfWidth) {
            trials += [.init("half_width", halfWidth), .init("max_trials", .integer(target.maxTrials))]
        }
        // Of prepared points only: folders of earlier versions stay as they are.
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
    package init(parsing bytes: [UInt8], path: String) throws(SweepFolderError) {
        let fields = try PlanFields(parsing: bytes, path: path)
        guard try fields.string("format") == Self.format else {
            throw .damaged(path: path, line: nil, reason: "\"format\" is not \"\(Self.format)\"")
        }
        try fields.requireVersion(Self.version)
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
            fixedData: try fields.flag("fixed_data"), preparation: try fields.get("inputs") { .some(DataPreparation($0)) })
        try fields.requireCells([plan.inputDimensions.count, plan.points.count, plan.units.count])
        plan.target = try fields.target(trials: plan.trials)
        shard = try fields.shard
        provenance = try fields.provenance
        resumedOn = try fields.laterRuns
    }

    /// Whether plan.json's bytes are of a sweep over global minima.
    ///
    /// - Throws: `damaged` where they are of none.
    static func isItsFormat(_ bytes: [UInt8], path: String) throws(SweepFolderError) -> Bool {
        try PlanFields(parsing: bytes, path: path).string("format") == format
    }
}
