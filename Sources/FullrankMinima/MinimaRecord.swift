import FullrankFiles
import FullrankModel
import FullrankRuns

/// The content of plan.json of a sweep over global minima.
public typealias MinimaRecord = PlanRecord<MinimaPlan>
/// The output folder of such a sweep, locked for this process.
public typealias MinimaFolder = TrialFolder<MinimaRecord>
/// A folder read without a lock and without changing anything.
public typealias MinimaReader = TrialReader<MinimaRecord>
/// The progress of the run in a folder.
public typealias MinimaStatus = RunStatus<MinimaRecord>
/// Several folders of one plan as one sweep.
public typealias MinimaMerge = TrialMerge<MinimaRecord>

extension MinimaPlan: RunPlan {
    public static let format = "fullrank-minima"
    public static let formatVersion = 1
    public static let header = JournalHeader(format: "fullrank-minima-trials", version: 2)
    public static let tables = ["cells.csv", "widths.csv"]

    /// Whether the other plan, the same but for its trials, asks for all of this one's: a smaller half-width asks for
    /// more, a plan without one for all its trials.
    public func isExtended(by asked: MinimaPlan) -> Bool {
        let isNarrower =
            switch (asked.target?.halfWidth, target?.halfWidth) {
            case (let new?, let old?): new <= old
            case (_, nil), (nil, _): true
            }
        return asked.trials >= trials && asked.mostTrials >= mostTrials && isNarrower
    }

    public var problemCount: Int { inputDimensions.count }
    public var trialsPerProblem: Int { trials }
    public var mostTrialsPerProblem: Int { mostTrials }
    public var decoder: MinimaDecoder { MinimaDecoder(self) }
    public func encoder(isSealed: Bool) -> MinimaEncoder { MinimaEncoder(plan: self, isSealed: isSealed) }
    public func selection(share: Range<Int>) -> CountedMinima { CountedMinima(self, share: share) }
    /// A width takes 10 digits, and a row of a trial has two; a verdict takes a byte.
    public var longestLine: Int {
        let row = labels == .teacher ? units.count + 3 : 2 * 11
        return (256 + points.count).multipliedReportingOverflow(by: row).partialValue
    }

    public var deciding: [JSONValue.Member] {
        var members: [JSONValue.Member] = [
            .init("d0", .integers(inputDimensions)), .init("n", .integers(points)), .init("d1", .integers(units)),
            .init("trials", .integer(trials)),
        ]
        if let target, let halfWidth = JSONValue.double(target.halfWidth) {
            members += [.init("half_width", halfWidth), .init("max_trials", .integer(target.maxTrials))]
        }
        // Only for prepared points, so that folders of earlier versions remain valid.
        let isPrepared = preparation?.isStandardised == true || preparation?.subsample != nil
        return members + [
            .init("seed", .integer(seed)), .init("inputs", inputs.json(isPrepared ? preparation : nil)),
            .init("init", .string(initialization.rawValue)), .init("bias", .bool(bias)),
            .init("labels", .string(labels.rawValue)), .init("output_weights", .string(outputs.rawValue)),
            .init("patterns", .string(regions.rawValue)), .init("fixed_data", .bool(fixedData)),
        ]
    }

    public init(_ fields: PlanFields) throws(SweepFolderError) {
        self.init(
            inputDimensions: try fields.numbers("d0"), points: try fields.numbers("n"), units: try fields.numbers("d1"),
            trials: try fields.get("trials", PlanFields.number), seed: try fields.integer("seed", UInt64.self),
            inputs: try fields.inputs, initialization: try fields.choice("init"), bias: try fields.flag("bias"),
            labels: try fields.choice("labels"), outputs: try fields.choice("output_weights"),
            regions: try fields.get("patterns") { value in
                value.string.flatMap { RegionSource(rawValue: $0) ?? .formerlyCalled($0) }
            },
            fixedData: try fields.flag("fixed_data"),
            preparation: try fields.get("inputs") { .some(DataPreparation($0)) })
        try fields.requireCells([inputDimensions.count, points.count, units.count])
        target = try fields.target(trials: trials)
    }
}
