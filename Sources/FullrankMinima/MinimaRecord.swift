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
        var names = there.map(\.name)
        names += here.map(\.name).filter { !names.contains($0) }
        return names.compactMap { name in
            let recorded = there.first { $0.name == name }?.value, asked = here.first { $0.name == name }?.value
            if recorded == asked { return nil }
            // The same data under another name are the same data.
            if name == "inputs", let print = recorded?["fingerprint"], print == asked?["fingerprint"] { return nil }
            return PlanDifference(field: name, recorded: recorded?.text ?? "none", asked: asked?.text ?? "none")
        }
    }

    /// Takes over another record's runs: what was computed here was computed there.
    mutating func add(_ other: MinimaRecord) {
        for run in [other.provenance] + other.resumedOn where run != provenance && !resumedOn.contains(run) {
            resumedOn.append(run)
        }
    }

    var bytes: [UInt8] {
        var members: [JSONValue.Member] = [
            .init("format", .string(Self.format)), .init("version", .integer(Self.version)),
            .init("fullrank", .string(provenance.fullrank)),
        ]
        members += Self.deciding(plan)
        if let shard { members.append(.init("shard", .string(shard.description))) }
        members += Self.members(of: provenance)
        if !resumedOn.isEmpty {
            let runs = resumedOn.map {
                JSONValue.object([.init("fullrank", .string($0.fullrank))] + Self.members(of: $0))
            }
            members.append(.init("resumed_on", .array(runs)))
        }
        return Array(JSONValue.object(members).document.utf8)
    }

    private static func members(of run: SweepProvenance) -> [JSONValue.Member] {
        [
            .init("backend", .string(run.backend)), .init("device", .string(run.device)),
            .init("library", .string(run.library)),
        ]
    }

    private static func deciding(_ plan: MinimaPlan) -> [JSONValue.Member] {
        let inputs: JSONValue
        switch plan.inputs {
        case .drawn(let distribution): inputs = .string(distribution.rawValue)
        case .file(let path, let fingerprint):
            inputs = .object([.init("file", .string(path)), .init("fingerprint", .string(fingerprint))])
        }
        return [
            .init("d0", .integers(plan.inputDimensions)), .init("n", .integers(plan.points)),
            .init("d1", .integers(plan.units)), .init("trials", .integer(plan.trials)),
            .init("seed", .integer(plan.seed)), .init("inputs", inputs),
            .init("init", .string(plan.initialization.rawValue)), .init("bias", .bool(plan.bias)),
            .init("labels", .string(plan.labels.rawValue)), .init("output_weights", .string(plan.outputs.rawValue)),
            .init("patterns", .string(plan.regions.rawValue)), .init("fixed_data", .bool(plan.fixedData)),
        ]
    }

    /// Reads plan.json.
    init(parsing bytes: [UInt8], path: String) throws(SweepFolderError) {
        func damage(_ reason: String) -> SweepFolderError { .damaged(path: path, line: nil, reason: reason) }
        let json: JSONValue
        do throws(JSONDamage) { json = try JSONValue(parsing: bytes) } catch { throw damage(error.words) }
        func get<Value>(_ name: String, _ convert: (JSONValue) -> Value?) throws(SweepFolderError) -> Value {
            guard let value = json[name] else { throw damage("\"\(name)\" is missing") }
            guard let converted = convert(value) else { throw damage("\"\(name)\" cannot be \(value.text)") }
            return converted
        }
        func flag(_ value: JSONValue) -> Bool? { if case .bool(let flag) = value { flag } else { nil } }
        func list(_ value: JSONValue) -> [Int]? {
            guard case .array(let items) = value else { return nil }
            let numbers = items.compactMap { item -> Int? in item.integer() }
            let ascends = zip(numbers, numbers.dropFirst()).allSatisfy { $0 < $1 }
            return numbers.count == items.count && !numbers.isEmpty && numbers[0] > 0 && ascends ? numbers : nil
        }
        func run(_ json: JSONValue) -> SweepProvenance? {
            guard let fullrank = json["fullrank"]?.string, let backend = json["backend"]?.string,
                let device = json["device"]?.string, let library = json["library"]?.string
            else { return nil }
            return SweepProvenance(fullrank: fullrank, backend: backend, device: device, library: library)
        }
        let format = try get("format") { $0.string }
        guard format == Self.format else { throw .notASweep(path: path) }
        let version: Int = try get("version") { $0.integer() }
        guard version == Self.version else {
            throw .unknownVersion(path: path, version: "\(version)", known: Self.version)
        }
        plan = MinimaPlan(
            inputDimensions: try get("d0", list), points: try get("n", list), units: try get("d1", list),
            trials: try get("trials") { value in value.integer().flatMap { $0 > 0 ? $0 : nil } },
            seed: try get("seed") { $0.integer() },
            inputs: try get("inputs") { value in
                if let file = value["file"]?.string, let fingerprint = value["fingerprint"]?.string {
                    return .file(path: file, fingerprint: fingerprint)
                }
                return value.string.flatMap(InputDistribution.init(rawValue:)).map { .drawn($0) }
            },
            initialization: try get("init") { $0.string.flatMap(Initialization.init(rawValue:)) },
            bias: try get("bias", flag), labels: try get("labels") { $0.string.flatMap(LabelSource.init(rawValue:)) },
            outputs: try get("output_weights") { $0.string.flatMap(OutputWeights.init(rawValue:)) },
            regions: try get("patterns") { value in
                value.string.flatMap { RegionSource(rawValue: $0) ?? .formerlyCalled($0) }
            },
            fixedData: try get("fixed_data", flag))
        shard = json["shard"] == nil ? nil : try get("shard") { $0.string.flatMap { Shard($0) } }
        guard let first = run(json) else { throw damage("\"backend\", \"device\" or \"library\" is missing") }
        provenance = first
        guard json["resumed_on"] != nil else { return }
        resumedOn = try get("resumed_on") { value in
            guard case .array(let items) = value else { return nil }
            let runs = items.compactMap(run)
            return runs.count == items.count ? runs : nil
        }
    }

    /// Whether plan.json's bytes are of a sweep over global minima.
    static func isItsFormat(_ bytes: [UInt8]) -> Bool {
        (try? JSONValue(parsing: bytes))?["format"]?.string == format
    }
}
