import FullrankFiles
import FullrankModel
import FullrankRuns

/// How many of the combinations that were drawn for one n and d1 of a trial have a property.
public struct CombinationCounts: Hashable, Sendable {
    /// The Jacobian has rank n.
    public var fullRank = 0
    /// The combination holds a differentiable minimum; whether it does is not proved.
    public var minimum = 0, minimumOpen = 0
    /// Of those that hold one: it is the only solution.
    public var unique = 0
    /// Of those that hold one: a point with a lower loss was found; none was, and the loss is above 0.
    public var bad = 0, badOpen = 0
    /// The combination holds a saddle; whether it does is not proved.
    public var saddle = 0, saddleOpen = 0

    public init() {}

    /// Names in files, in their order.
    static let names: [(name: String, path: WritableKeyPath<CombinationCounts, Int> & Sendable)] = [
        ("full_rank", \.fullRank), ("minimum", \.minimum), ("minimum_undecided", \.minimumOpen), ("unique", \.unique),
        ("bad", \.bad), ("bad_undecided", \.badOpen), ("saddle", \.saddle), ("saddle_undecided", \.saddleOpen),
    ]

    static func += (left: inout CombinationCounts, right: CombinationCounts) {
        for (_, path) in names { left[keyPath: path] += right[keyPath: path] }
    }
}

/// A finished trial: one data set, and what its combinations of cells hold.
public struct LandscapeTrial: JournalTrial, Hashable {
    /// Index of its d0 in the plan.
    public var problem: Int
    public var trial: Int
    /// By n, then d1.
    public var counts: [CombinationCounts]

    public init(problem: Int, trial: Int, counts: [CombinationCounts]) {
        (self.problem, self.trial, self.counts) = (problem, trial, counts)
    }
}

/// Turns trials into lines of a journal, docs/file-formats.md.
public struct LandscapeEncoder: TrialEncoder {
    let plan: LandscapePlan
    let isSealed: Bool

    /// Counts that are all 0 are left out.
    public func append(_ trial: LandscapeTrial, to bytes: inout [UInt8]) {
        let start = bytes.count
        var text = "{\"d0\":\(plan.inputDimensions[trial.problem]),\"trial\":\(trial.trial)"
        for (name, path) in CombinationCounts.names where trial.counts.contains(where: { $0[keyPath: path] != 0 }) {
            text += ",\"\(name)\":[\(trial.counts.map { "\($0[keyPath: path])" }.joined(separator: ","))]"
        }
        bytes += text.utf8
        if isSealed { LineSeal.close(&bytes, from: start) } else { bytes += "}\n".utf8 }
    }
}

/// Turns the lines of a journal into trials of a plan.
public struct LandscapeDecoder: TrialDecoder {
    private let plan: LandscapePlan
    public var isSealed = true

    init(_ plan: LandscapePlan) { self.plan = plan }

    public func trial(_ line: UnsafeBufferPointer<UInt8>) throws(LineDamage) -> LandscapeTrial {
        let text = isSealed ? Array(try LineSeal.open(line)) + [UInt8(ascii: "}")] : Array(line.dropLast())
        guard let trial = trial(text) else { throw LineDamage("it is not a trial of this plan") }
        return trial
    }

    public func words(problem: Int) -> String { "d0 = \(plan.inputDimensions[problem])" }

    /// nil if the line is not a trial of the plan.
    private func trial(_ bytes: [UInt8]) -> LandscapeTrial? {
        guard let json = try? JSONValue(parsing: bytes), let dimension: Int = json["d0"]?.integer(),
            let problem = plan.inputDimensions.firstIndex(of: dimension), let trial: Int = json["trial"]?.integer(),
            (0..<plan.trials).contains(trial)
        else { return nil }
        var counts = [CombinationCounts](repeating: CombinationCounts(), count: plan.cellCount)
        for (name, path) in CombinationCounts.names {
            guard let value = json[name] else { continue }
            guard case .array(let items) = value, items.count == counts.count else { return nil }
            for (place, item) in items.enumerated() {
                guard let count: Int = item.integer(), (0...plan.draws).contains(count) else { return nil }
                counts[place][keyPath: path] = count
            }
        }
        return LandscapeTrial(problem: problem, trial: trial, counts: counts)
    }
}
