import FullrankFiles
import FullrankModel

/// A finished trial, as a journal has it: a line.
public protocol JournalTrial: Equatable, Sendable {
    /// Index of its problem in the plan.
    var problem: Int { get }
    /// Counted from 0.
    var trial: Int { get }
}

/// Turns the lines of a journal into trials of a plan: strict, a line at a time, without memory of the lines before.
public protocol TrialDecoder {
    associatedtype Trial: JournalTrial
    /// Whether lines end with their checksums, as the journal's first line says.
    var isSealed: Bool { get set }
    /// The trial that a line describes, if it fits the plan. The line includes its newline.
    ///
    /// - Throws: `LineDamage`.
    mutating func trial(_ line: UnsafeBufferPointer<UInt8>) throws(LineDamage) -> Trial
    /// A problem in words: "d0 = 2, n = 30".
    func words(problem: Int) -> String
}

/// The content of plan.json of a run that is made of trials: a plan, the share of its trials that the folder is for, and
/// who computed. With `TrialFolder`, `TrialReader` and `TrialMerge` every such run resumes, is read while it goes on, and
/// merges alike.
public protocol RunRecord: Hashable, Sendable {
    associatedtype Plan: Hashable, Sendable
    associatedtype Decoder: TrialDecoder
    /// "fullrank-sweep": the member `format` of plan.json.
    static var format: String { get }
    /// What trials.jsonl begins with.
    static var header: JournalHeader { get }
    /// Whether a file of that name, besides plan and journal, is one that such runs write.
    static func isOutput(_ name: String) -> Bool

    var plan: Plan { get }
    /// Set where the folder holds a share of the trials only.
    var shard: Shard? { get set }
    /// The run that began.
    var provenance: RunProvenance { get }
    /// Later runs that were not like it.
    var resumedOn: [RunProvenance] { get set }

    init(plan: Plan, shard: Shard?, provenance: RunProvenance)
    /// Reads plan.json.
    ///
    /// - Parameter path: for messages.
    /// - Throws: `unknownVersion`; `damaged` naming the key; `otherCommand`.
    init(parsing bytes: [UInt8], path: String) throws(SweepFolderError)
    /// plan.json.
    var bytes: [UInt8] { get }

    /// The fields that decide the numbers, in which the plan differs from one asked for.
    func differences(from asked: Plan, shard: Shard?) -> [PlanDifference]
    /// Whether a plan, the same but for its trials, asks for all of this one's.
    func isExtended(by asked: Plan) -> Bool
    /// Takes a plan with more trials for its own.
    mutating func adopt(_ larger: Plan)
    /// Takes over another folder's runs: what was computed here was computed there.
    mutating func add(_ other: Self)

    var problems: Int { get }
    /// Of each problem, without half-width.
    var trials: Int { get }
    /// Of each problem, at most.
    var mostTrials: Int { get }
    /// Bytes that no line of the journal comes up to.
    var longestLine: Int { get }
    var decoder: Decoder { get }
}

extension RunRecord {
    /// Trials of each problem that the folder is for, without half-width.
    public var share: Range<Int> { shard?.trials(of: trials) ?? 0..<trials }

    /// Lists another folder's runs where they were not like the first.
    package mutating func add(runsOf other: Self) {
        for run in [other.provenance] + other.resumedOn where run != provenance && !resumedOn.contains(run) {
            resumedOn.append(run)
        }
    }

    /// Whether a folder with this record may continue with a plan.
    ///
    /// - Throws: `differentPlan`, `fewerTrials`, `moreTrials`, `shardExtended`.
    package func check(_ asked: Plan, _ askedShard: Shard?, extending: Bool, path: String) throws(SweepFolderError) {
        let differences = differences(from: asked, shard: askedShard)
        guard !differences.isEmpty else { return }
        let others = differences.filter { !["trials", "half_width", "max_trials"].contains($0.field) }
        if extending, shard != nil, others.allSatisfy({ $0.field == "shard" }) { throw .shardExtended(path: path) }
        guard others.isEmpty, shard == nil else { throw .differentPlan(path: path, differences: differences) }
        guard isExtended(by: asked) else {
            throw extending
                ? .moreTrials(path: path, differences: differences) : .differentPlan(path: path, differences: differences)
        }
        guard extending else { throw .fewerTrials(path: path, differences: differences) }
    }
}
