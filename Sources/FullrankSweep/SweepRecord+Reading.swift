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
            plan.inputDimensions = .proportional(try fields.list("ratio") { $0.string.flatMap { Ratio($0) } })
        } else {
            plan.inputDimensions = .fixed(try fields.list("d0") { $0.integer() })
        }
        plan.points = try fields.list("n") { $0.integer() }
        plan.units = try fields.list("d1") { $0.integer() }
        plan.trials = try fields.integer("trials", Int.self)
        if fields.has("half_width") {
            let halfWidth = try fields.get("half_width") { $0.double.flatMap { IntervalTarget.isHalfWidth($0) ? $0 : nil } }
            let trials = plan.trials
            let most: Int = try fields.get("max_trials") { $0.integer().flatMap { $0 >= trials ? $0 : nil } }
            plan.target = IntervalTarget(halfWidth: halfWidth, maxTrials: most)
        }
        plan.seed = try fields.integer("seed", UInt64.self)
        plan.inputs = try fields.get("inputs") { value in
            if let file = value["file"]?.string, let fingerprint = value["fingerprint"]?.string {
                return .file(path: file, fingerprint: fingerprint)
            }
            return value.string.flatMap(InputDistribution.init(rawValue:)).map { .drawn($0) }
        }
        plan.initialization = try fields.get("init") { $0.string.flatMap(Initialization.init(rawValue:)) }
        plan.bias = try fields.get("bias") { if case .bool(let flag) = $0 { flag } else { nil } }
        plan.method = try fields.get("method") { value in
            ([RankMethod.exact] + Precision.allCases.map { .svd($0) }).first { $0.name == value.string }
        }

        self.init(plan: plan, provenance: try Self.run(fields))
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
}

extension JSONValue {
    package var string: String? { if case .string(let text) = self { text } else { nil } }
    package var double: Double? { if case .number(let digits) = self { Double(digits) } else { nil } }

    package func integer<Number: FixedWidthInteger>() -> Number? {
        if case .number(let digits) = self { Number(digits) } else { nil }
    }
}
