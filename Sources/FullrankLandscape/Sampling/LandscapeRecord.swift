import FullrankFiles
import FullrankModel
import FullrankRuns

/// The content of plan.json of a sweep over combinations of cells.
public typealias LandscapeRecord = PlanRecord<LandscapePlan>
/// The output folder of such a sweep, locked for this process.
public typealias LandscapeFolder = TrialFolder<LandscapeRecord>
/// A folder read without a lock and without changing anything.
public typealias LandscapeFolderReader = TrialReader<LandscapeRecord>

extension LandscapePlan: RunPlan {
    public static let format = "fullrank-landscape"
    public static let formatVersion = 1
    public static let header = JournalHeader(format: "fullrank-landscape-trials", version: 2)
    public static let tables = ["cells.csv"]

    public func isExtended(by asked: LandscapePlan) -> Bool { asked.trials >= trials }

    public var problemCount: Int { inputDimensions.count }
    public var trialsPerProblem: Int { trials }
    public var decoder: LandscapeDecoder { LandscapeDecoder(self) }
    public func encoder(isSealed: Bool) -> LandscapeEncoder { LandscapeEncoder(plan: self, isSealed: isSealed) }
    /// Eight counts for each cell, each of up to 11 digits and a comma.
    public var longestLine: Int { 512 + 8 * 12 * cellCount }

    public var deciding: [JSONValue.Member] {
        [
            .init("d0", .integers(inputDimensions)), .init("n", .integers(points)), .init("d1", .integers(units)),
            .init("trials", .integer(trials)), .init("draws", .integer(draws)), .init("seed", .integer(seed)),
            .init("init", .string(initialization.rawValue)), .init("bias", .bool(bias)),
            .init("labels", .string(labels.rawValue)), .init("cells", .string(cells.rawValue)),
            .init("frozen", frozen.map { .string($0.rawValue) } ?? .null), .init("saddles", .bool(saddles)),
        ]
    }

    public init(_ fields: PlanFields) throws(SweepFolderError) {
        self.init(
            inputDimensions: try fields.numbers("d0"), points: try fields.numbers("n"), units: try fields.numbers("d1"),
            trials: try fields.get("trials", PlanFields.number), draws: try fields.get("draws", PlanFields.number),
            seed: try fields.integer("seed", UInt64.self), initialization: try fields.choice("init"),
            bias: try fields.flag("bias"), labels: try fields.choice("labels"), cells: try fields.choice("cells"),
            frozen: try fields.get("frozen") { value in
                value == .null ? .some(nil) : value.string.flatMap { FrozenOutputs(rawValue: $0) }.map { .some($0) }
            },
            saddles: try fields.flag("saddles"))
        try fields.requireCells([inputDimensions.count, points.count, units.count])
    }
}
