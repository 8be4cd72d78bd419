import FullrankFiles
import FullrankModel
import FullrankRuns
import FullrankSweep

/// The content of plan.json of a run over architectures. All draws of all architectures count as trials of one problem.
public struct DimensionRecord: RunRecord {
    public static let header = JournalHeader(format: "fullrank-dimension-trials", version: 1)
    public static let format = "fullrank-dimension"
    public static let version = 1

    public var plan: DimensionPlan
    public var shard: Shard?
    public var provenance: RunProvenance
    public var resumedOn: [RunProvenance] = []

    public init(plan: DimensionPlan, shard: Shard? = nil, provenance: RunProvenance) {
        self.plan = plan
        self.shard = shard
        self.provenance = provenance
    }

    public func differences(from asked: DimensionPlan, shard askedShard: Shard? = nil) -> [PlanDifference] {
        differences(from: asked, shard: askedShard, deciding: Self.deciding)
    }

    public func isExtended(by asked: DimensionPlan) -> Bool { asked.trials >= plan.trials }
    public mutating func adopt(_ larger: DimensionPlan) { plan = larger }
    public mutating func add(_ other: DimensionRecord) { add(runsOf: other) }

    public static let tableName = "dimensions.csv", histogramName = "histogram.csv"
    public static func isOutput(_ name: String) -> Bool {
        [tableName, histogramName].contains(name) || SweepRecord.isDiagram(name)
    }

    public var problems: Int { 1 }
    public var trials: Int { plan.allTrials }
    public var mostTrials: Int { plan.allTrials }
    public var decoder: DimensionDecoder { DimensionDecoder(plan) }
    /// A width takes 11 bytes, a prime 8, and there are nine primes at most.
    public var longestLine: Int { 512 + 11 * (plan.architectures.map(\.widths.count).max() ?? 0) }

    public var bytes: [UInt8] {
        document(
            version: Self.version, deciding: Self.deciding(plan),
            notes: [.init("primes", .integers(plan.primes.map(Int.init)))])
    }

    private static func deciding(_ plan: DimensionPlan) -> [JSONValue.Member] {
        [
            .init("architectures", .array(plan.architectures.map { .string($0.description) })),
            .init("activation", .string(plan.activation.description)), .init("biases", .bool(plan.biases)),
            .init("trials", .integer(plan.trials)), .init("seed", .integer(plan.seed)),
            .init("points", plan.points.map { .integer($0) } ?? .null),
            .init("patience", plan.patience.map { .integer($0) } ?? .null),
            .init("prime_count", .integer(plan.primeCount)),
            .init("weights", .string(plan.activation.hasKink ? plan.weights.rawValue : "residues")),
        ]
    }

    /// Reads plan.json.
    public init(parsing bytes: [UInt8], path: String) throws(SweepFolderError) {
        let fields = try PlanFields(parsing: bytes, path: path, of: Self.self, version: Self.version)
        let biases = try fields.flag("biases")
        let activation: NetworkActivation = try fields.get("activation") { $0.string.flatMap(NetworkActivation.init) }
        let architectures = try fields.list("architectures") { value in
            value.string.flatMap { try? Architecture(parsing: $0, biases: biases) }
        }
        let trials = try fields.get("trials", PlanFields.number)
        guard !architectures.isEmpty, Set(architectures).count == architectures.count,
            architectures.count * trials <= DimensionPlan.mostTrials
        else {
            throw .damaged(
                path: path, line: nil, reason: "\"architectures\" is empty, repeats one, or makes too many trials")
        }
        func optional(_ name: String) throws(SweepFolderError) -> Int? {
            try fields.get(name) { value -> Int?? in
                value == .null ? .some(nil) : PlanFields.number(value).map { .some($0) }
            }
        }
        plan = DimensionPlan(
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
            do throws(DimensionError) { _ = try plan.problem(index) } catch {
                throw .damaged(path: path, line: nil, reason: error.description)
            }
        }
        shard = try fields.shard
        provenance = try fields.provenance
        resumedOn = try fields.laterRuns
    }
}
