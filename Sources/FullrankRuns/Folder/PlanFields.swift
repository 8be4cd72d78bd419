import FullrankFiles
import FullrankModel

/// The members of a plan.json, with errors that name them.
public struct PlanFields {
    let json: JSONValue
    package let path: String

    /// - Parameter path: for messages.
    package init(parsing bytes: [UInt8], path: String) throws(SweepFolderError) {
        do throws(JSONDamage) {
            self.init(json: try JSONValue(parsing: bytes), path: path)
        } catch {
            throw .damaged(path: path, line: nil, reason: error.words)
        }
    }

    private init(json: JSONValue, path: String) { (self.json, self.path) = (json, path) }

    package func has(_ name: String) -> Bool { json[name] != nil }

    package func get<Value>(_ name: String, _ convert: (JSONValue) -> Value?) throws(SweepFolderError) -> Value {
        guard let value = json[name] else {
            throw .damaged(path: path, line: nil, reason: "\"\(name)\" is missing")
        }
        guard let converted = convert(value) else {
            throw .damaged(path: path, line: nil, reason: "\"\(name)\" cannot be \(value.text)")
        }
        return converted
    }

    package func string(_ name: String) throws(SweepFolderError) -> String { try get(name) { $0.string } }

    package func integer<Number: FixedWidthInteger>(_ name: String, _: Number.Type) throws(SweepFolderError) -> Number {
        let number: Number = try get(name) { $0.integer() }
        guard number >= 0 else { throw .damaged(path: path, line: nil, reason: "\"\(name)\" cannot be \(number)") }
        return number
    }

    package func choice<Choice: RawRepresentable<String>>(_ name: String) throws(SweepFolderError) -> Choice {
        try get(name) { $0.string.flatMap { Choice(rawValue: $0) } }
    }

    package func list<Item>(_ name: String, _ convert: (JSONValue) -> Item?) throws(SweepFolderError) -> [Item] {
        try get(name) { value in
            guard case .array(let items) = value else { return nil }
            let converted = items.compactMap(convert)
            return converted.count == items.count ? converted : nil
        }
    }

    /// Ascending, without repetition, not empty.
    package func ascending<Item: Comparable>(
        _ name: String, _ convert: (JSONValue) -> Item?
    ) throws(SweepFolderError) -> [Item] {
        let items = try list(name, convert)
        guard items.count <= IntegerList.longest else {
            throw .damaged(path: path, line: nil, reason: "\"\(name)\" has more than \(IntegerList.longest) entries")
        }
        guard !items.isEmpty, zip(items, items.dropFirst()).allSatisfy({ $0 < $1 }) else {
            throw .damaged(path: path, line: nil, reason: "\"\(name)\" is not ascending, or empty")
        }
        return items
    }

    /// Lists of a plan make no more cells than a command takes.
    ///
    /// - Parameter lengths: at most a million each.
    package func requireCells(_ lengths: [Int]) throws(SweepFolderError) {
        var cells = 1
        for length in lengths where cells <= SweepPlan.mostCells { cells *= length }
        guard cells <= SweepPlan.mostCells else {
            throw .damaged(path: path, line: nil, reason: "the lists make more than \(SweepPlan.mostCells) cells")
        }
    }

    package func numbers(_ name: String) throws(SweepFolderError) -> [Int] { try ascending(name, Self.number) }

    /// The values that the command line accepts for a number of points, units, inputs or trials.
    package static func number(_ value: JSONValue) -> Int? {
        value.integer().flatMap { (1...IntegerList.largestValue).contains($0) ? $0 : nil }
    }
}

// Fields of plans of all kinds.
extension PlanFields {
    /// The kind of a folder's plan.json, in its own words; nil if there is none, or none that can be read.
    package static func format(inFolder path: String) -> String? {
        guard let bytes = (try? Files.readPlan(path)).flatMap({ $0 }) else { return nil }
        return (try? JSONValue(parsing: bytes))?["format"]?.string
    }

    /// A plan.json of runs of that kind.
    ///
    /// - Throws: `damaged`; `differentPlan` if it is of another kind; `unknownVersion`.
    package init(
        parsing bytes: [UInt8], path: String, format known: String, version: Int
    ) throws(SweepFolderError) {
        try self.init(parsing: bytes, path: path)
        let format = try string("format")
        guard format == known else {
            let isInFolder = path.hasSuffix("/\(Files.planName)")
            throw .differentPlan(
                path: isInFolder ? String(path.dropLast(Files.planName.utf8.count + 1)) : path,
                differences: [PlanDifference(field: "format", recorded: format, asked: known)])
        }
        try requireVersion(version)
    }

    package func requireVersion(_ known: Int) throws(SweepFolderError) {
        let version = try integer("version", Int.self)
        guard version == known else { throw .unknownVersion(path: path, version: "\(version)", known: known) }
    }

    /// "half_width" and "max_trials"; nil if trials are fixed.
    package func target(trials: Int) throws(SweepFolderError) -> IntervalTarget? {
        guard has("half_width") else { return nil }
        let halfWidth = try get("half_width") { $0.double.flatMap { IntervalTarget.isHalfWidth($0) ? $0 : nil } }
        let most: Int = try get("max_trials") { Self.number($0).flatMap { $0 >= trials ? $0 : nil } }
        return IntervalTarget(halfWidth: halfWidth, maxTrials: most)
    }

    package func flag(_ name: String) throws(SweepFolderError) -> Bool {
        try get(name) { if case .bool(let flag) = $0 { flag } else { nil } }
    }

    package var inputs: SweepPlan.Inputs {
        get throws(SweepFolderError) {
            try get("inputs") { value in
                if let file = value["file"]?.string, let fingerprint = value["fingerprint"]?.string {
                    return .file(path: file, fingerprint: fingerprint)
                }
                return value.string.flatMap(InputDistribution.init(rawValue:)).map { .drawn($0) }
            }
        }
    }

    /// nil if the folder is for all trials.
    package var shard: Shard? {
        get throws(SweepFolderError) { has("shard") ? try get("shard") { $0.string.flatMap { Shard($0) } } : nil }
    }

    /// The run that began.
    package var provenance: RunProvenance {
        get throws(SweepFolderError) {
            RunProvenance(
                fullrank: try string("fullrank"), backend: try string("backend"), device: try string("device"),
                library: try string("library"))
        }
    }

    /// Runs after it that were not like it.
    package var laterRuns: [RunProvenance] {
        get throws(SweepFolderError) {
            guard has("resumed_on") else { return [] }
            var runs = [RunProvenance]()
            for run in try list("resumed_on", { $0 }) { runs.append(try PlanFields(json: run, path: path).provenance) }
            return runs
        }
    }
}

extension SweepPlan.Inputs {
    /// - Parameter preparation: what was made of a file's points.
    package func json(_ preparation: DataPreparation? = nil) -> JSONValue {
        switch self {
        case .drawn(let distribution): .string(distribution.rawValue)
        case .file(let path, let fingerprint):
            .object(
                [.init("file", .string(path)), .init("fingerprint", .string(fingerprint))]
                    + (preparation?.members ?? []))
        }
    }
}

extension DataPreparation {
    /// As plan.json and its like record it, behind file and fingerprint.
    package var members: [JSONValue.Member] {
        var members = [JSONValue.Member]()
        if isStandardised { members.append(.init("standardise", .bool(true))) }
        if let subsample { members.append(.init("subsample", .integer(subsample))) }
        return members + [.init("duplicates", .integer(duplicates))]
    }

    /// nil if there are none, as in folders of before.
    package init?(_ inputs: JSONValue) {
        guard let duplicates: Int = inputs["duplicates"]?.integer() else { return nil }
        self.init(
            isStandardised: inputs["standardise"] == .bool(true), subsample: inputs["subsample"]?.integer(),
            duplicates: duplicates)
    }
}
