import FullrankFiles
import FullrankModel
import FullrankRuns

/// The content of plan.json of a run over architectures.
public typealias DimensionRecord = PlanRecord<DimensionPlan>
/// The output folder of such a run, locked for this process.
public typealias DimensionFolder = TrialFolder<DimensionRecord>
/// A folder read without a lock and without changing anything.
public typealias DimensionReader = TrialReader<DimensionRecord>

/// All draws of all architectures count as trials of one problem.
extension DimensionPlan: RunPlan {
    public static let format = "fullrank-dimension"
    public static let formatVersion = 1
    public static let header = JournalHeader(format: "fullrank-dimension-trials", version: 1)
    public static let tableName = "dimensions.csv", histogramName = "histogram.csv"
    public static let tables = [tableName, histogramName]

    public func isExtended(by asked: DimensionPlan) -> Bool { asked.trials >= trials }

    public var problemCount: Int { 1 }
    public var trialsPerProblem: Int { allTrials }
    public var decoder: DimensionDecoder { DimensionDecoder(self) }
    public func encoder(isSealed: Bool) -> DimensionEncoder { DimensionEncoder(plan: self) }
    /// A width takes 11 bytes, a prime 8, and there are nine primes at most.
    public var longestLine: Int { 512 + 11 * (architectures.map(\.widths.count).max() ?? 0) }

    public var notes: [JSONValue.Member] { [.init("primes", .integers(primes.map(Int.init)))] }
    public var deciding: [JSONValue.Member] {
        [
            .init("architectures", .array(architectures.map { .string($0.description) })),
            .init("activation", .string(activation.description)), .init("biases", .bool(biases)),
            .init("trials", .integer(trials)), .init("seed", .integer(seed)),
            .init("points", points.map { .integer($0) } ?? .null),
            .init("patience", patience.map { .integer($0) } ?? .null),
            .init("prime_count", .integer(primeCount)),
            .init("weights", .string(activation.hasKink ? weights.rawValue : "residues")),
        ]
    }

    public init(_ fields: PlanFields) throws(SweepFolderError) {
        func damaged(_ reason: String) -> SweepFolderError { .damaged(path: fields.path, line: nil, reason: reason) }
        let biases = try fields.flag("biases")
        let activation: NetworkActivation = try fields.get("activation") { $0.string.flatMap(NetworkActivation.init) }
        let architectures = try fields.list("architectures") { value in
            value.string.flatMap { try? Architecture(parsing: $0, biases: biases) }
        }
        let trials = try fields.get("trials", PlanFields.number)
        guard !architectures.isEmpty, Set(architectures).count == architectures.count,
            architectures.count * trials <= DimensionPlan.mostTrials
        else { throw damaged("\"architectures\" is empty, repeats one, or makes too many trials") }
        func optional(_ name: String) throws(SweepFolderError) -> Int? {
            try fields.get(name) { value -> Int?? in
                value == .null ? .some(nil) : PlanFields.number(value).map { .some($0) }
            }
        }
        self.init(
            architectures: architectures, activation: activation, biases: biases, trials: trials,
            seed: try fields.integer("seed", UInt64.self), points: try optional("points"),
            patience: try optional("patience"),
            primeCount: try fields.get("prime_count") {
                PlanFields.number($0).flatMap { $0 <= DimensionPlan.mostPrimes ? $0 : nil }
            },
            weights: try fields.get("weights") { value in
                activation.hasKink
                    ? value.string.flatMap(Initialization.init(rawValue:)) : value.string == "residues" ? .uniform : nil
            })
        for index in architectures.indices {
            do throws(DimensionError) { _ = try problem(index) } catch { throw damaged(error.description) }
        }
    }
}
