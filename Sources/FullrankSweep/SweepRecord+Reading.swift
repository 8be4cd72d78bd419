import FullrankModel

extension SweepRecord {
    /// Reads plan.json.
    ///
    /// - Parameter path: for messages.
    /// - Throws: `unknownVersion`; `damaged` naming the key.
    public init(parsing bytes: [UInt8], path: String) throws(SweepFolderError) {
        let fields: Fields
        do throws(JSONDamage) {
            fields = Fields(json: try JSONValue(parsing: bytes), path: path)
        } catch {
            throw .damaged(path: path, line: nil, reason: error.words)
        }
        guard try fields.string("format") == Self.format else {
            throw .damaged(path: path, line: nil, reason: "\"format\" is not \"\(Self.format)\"")
        }
        let version = try fields.integer("version", Int.self)
        guard version == Self.version else {
            throw .unknownVersion(path: path, version: "\(version)", known: Self.version)
        }

        var plan = SweepPlan(inputDimensions: .fixed([]), points: [], units: [])
        if fields.has("ratio") {
            let ratios = try fields.ascending("ratio") { $0.string.flatMap { Ratio($0) } }
            plan.inputDimensions = .proportional(ratios)
        } else {
            plan.inputDimensions = .fixed(try fields.numbers("d0"))
        }
        if fields.has("hidden") {
            guard case .fixed = plan.inputDimensions else {
                throw .damaged(path: path, line: nil, reason: "\"hidden\" does not go with \"ratio\"")
            }
            plan.hidden = try fields.ascending("hidden") { layers in
                guard case .array(let items) = layers else { return nil }
                let widths = items.compactMap(Fields.number)
                return widths.count == items.count ? HiddenLayers(widths) : nil
            }
        }
        plan.points = try fields.numbers("n")
        plan.units = try fields.numbers("d1")
        guard plan.problems.allSatisfy({ $0.inputDimension <= IntegerList.largestValue }) else {
            throw .damaged(path: path, line: nil, reason: "a \"ratio\" makes d0 too large")
        }
        guard plan.hidden == nil || plan.problems.allSatisfy({ $0.columns(units: $0.largestUnits) <= Int32.max }) else {
            throw .damaged(path: path, line: nil, reason: "\"hidden\" makes a network of more than 2^31 parameters")
        }
        plan.trials = try fields.get("trials", Fields.number)
        if fields.has("half_width") {
            let halfWidth = try fields.get("half_width") { $0.double.flatMap { IntervalTarget.isHalfWidth($0) ? $0 : nil } }
            let trials = plan.trials
            let most: Int = try fields.get("max_trials") { Fields.number($0).flatMap { $0 >= trials ? $0 : nil } }
            plan.target = IntervalTarget(halfWidth: halfWidth, maxTrials: most)
        }
        plan.seed = try fields.integer("seed", UInt64.self)
        plan.inputs = try fields.get("inputs") { value in
            if let file = value["file"]?.string, let fingerprint = value["fingerprint"]?.string {
                return .file(path: file, fingerprint: fingerprint)
            }
            return value.string.flatMap(InputDistribution.init(rawValue:)).map { .drawn($0) }
        }
        plan.preparation = try fields.get("inputs") { .some(DataPreparation($0)) }
        if fields.has("patterns") {
            plan.patterns = try fields.get("patterns") { $0.string.flatMap(PatternEnsemble.init(rawValue:)) }
        }
        if plan.patterns == .initialization {
            plan.initialization = try fields.get("init") { $0.string.flatMap(Initialization.init(rawValue:)) }
        }
        plan.bias = try fields.get("bias") { if case .bool(let flag) = $0 { flag } else { nil } }
        plan.method = try fields.get("method") { value in
            ([RankMethod.exact] + Precision.allCases.map { .svd($0) }).first { $0.name == value.string }
        }
        if fields.has("primes") { plan.primeCount = try fields.list("primes") { $0.integer() as UInt32? }.count }

        self.init(plan: plan, provenance: try Self.run(fields))
        if plan.primeCount > 1 {
            guard try fields.list("primes", { $0.integer() as UInt32? }) == plan.primes else {
                throw .damaged(path: path, line: nil, reason: "\"primes\" are not those of the seed")
            }
        }
        if fields.has("disagreements") {
            disagreements = try fields.list("disagreements") { PrimeDisagreement($0) }
        }
        shard = fields.has("shard") ? try fields.get("shard") { $0.string.flatMap { Shard($0) } } : nil
        prime = fields.has("prime") ? try fields.integer("prime", UInt32.self) : nil
        errorBound = fields.has("error_bound") ? try fields.get("error_bound") { $0.double } : nil
        guard fields.has("resumed_on") else { return }
        for run in try fields.list("resumed_on", { $0 }) {
            resumedOn.append(try Self.run(Fields(json: run, path: path)))
        }
    }

    private static func run(_ fields: Fields) throws(SweepFolderError) -> SweepProvenance {
        SweepProvenance(
            fullrank: try fields.string("fullrank"), backend: try fields.string("backend"),
            device: try fields.string("device"), library: try fields.string("library"))
    }
}

/// An object's members, with errors that name them.
private struct Fields {
    let json: JSONValue
    let path: String

    func has(_ name: String) -> Bool { json[name] != nil }

    func get<Value>(_ name: String, _ convert: (JSONValue) -> Value?) throws(SweepFolderError) -> Value {
        guard let value = json[name] else {
            throw .damaged(path: path, line: nil, reason: "\"\(name)\" is missing")
        }
        guard let converted = convert(value) else {
            throw .damaged(path: path, line: nil, reason: "\"\(name)\" cannot be \(value.text)")
        }
        return converted
    }

    func string(_ name: String) throws(SweepFolderError) -> String { try get(name) { $0.string } }

    func integer<Number: FixedWidthInteger>(_ name: String, _: Number.Type) throws(SweepFolderError) -> Number {
        let number: Number = try get(name) { $0.integer() }
        guard number >= 0 else { throw .damaged(path: path, line: nil, reason: "\"\(name)\" cannot be \(number)") }
        return number
    }

    func list<Item>(_ name: String, _ convert: (JSONValue) -> Item?) throws(SweepFolderError) -> [Item] {
        try get(name) { value in
            guard case .array(let items) = value else { return nil }
            let converted = items.compactMap(convert)
            return converted.count == items.count ? converted : nil
        }
    }

    /// Ascending, without repetition, not empty.
    func ascending<Item: Comparable>(
        _ name: String, _ convert: (JSONValue) -> Item?
    ) throws(SweepFolderError) -> [Item] {
        let items = try list(name, convert)
        guard !items.isEmpty, zip(items, items.dropFirst()).allSatisfy({ $0 < $1 }) else {
            throw .damaged(path: path, line: nil, reason: "\"\(name)\" is not ascending, or empty")
        }
        return items
    }

    func numbers(_ name: String) throws(SweepFolderError) -> [Int] { try ascending(name, Self.number) }

    /// What the command line takes for a number of points, units, inputs or trials.
    static func number(_ value: JSONValue) -> Int? {
        value.integer().flatMap { (1...IntegerList.largestValue).contains($0) ? $0 : nil }
    }
}

extension JSONValue {
    package var string: String? { if case .string(let text) = self { text } else { nil } }
    /// nil beyond the range of float64, too.
    package var double: Double? {
        if case .number(let digits) = self, let value = Double(digits), value.isFinite { value } else { nil }
    }

    package func integer<Number: FixedWidthInteger>() -> Number? {
        if case .number(let digits) = self { Number(digits) } else { nil }
    }
}
