import FullrankFiles
import FullrankModel

/// The content of plan.json of a run that is made of trials: a plan, the folder's share of its trials, and what
/// computed them. `TrialFolder`, `TrialReader` and `TrialMerge` resume each such run, read it while it continues, and
/// merge it. `PlanRecord` is the record of every kind of run except sweeps of full rank, whose plan.json also lists
/// what the trials showed.
public protocol RunRecord: Hashable, Sendable {
    associatedtype Plan: Hashable, Sendable
    associatedtype Decoder: TrialDecoder
    associatedtype Encoder: TrialEncoder where Encoder.Trial == Decoder.Trial
    /// "fullrank-sweep": the member `format` of plan.json.
    static var format: String { get }
    /// The beginning of trials.jsonl.
    static var header: JournalHeader { get }
    /// Whether these runs write a file of that name, in addition to plan and journal.
    static func isOutput(_ name: String) -> Bool

    var plan: Plan { get }
    /// Set if the folder contains only a share of the trials.
    var shard: Shard? { get set }
    /// The run that began.
    var provenance: RunProvenance { get }
    /// Later runs with another version, backend, device or library.
    var resumedOn: [RunProvenance] { get set }

    init(plan: Plan, shard: Shard?, provenance: RunProvenance)
    /// Reads plan.json.
    ///
    /// - Parameter path: for messages.
    /// - Throws: `unknownVersion`; `damaged` naming the key; `otherCommand`.
    init(parsing bytes: [UInt8], path: String) throws(SweepFolderError)
    /// plan.json.
    var bytes: [UInt8] { get }

    /// The fields that determine the numbers and differ from a requested plan.
    func differences(from asked: Plan, shard: Shard?) -> [PlanDifference]
    /// Whether a plan, the same but for its trials, asks for all of this one's.
    func isExtended(by asked: Plan) -> Bool
    /// Replaces the plan by one with more trials.
    mutating func adopt(_ larger: Plan)
    /// Adopts another folder's list of runs, because the trials here were computed there.
    mutating func add(_ other: Self)

    var problems: Int { get }
    /// Trials of each problem, without half-width.
    var trials: Int { get }
    /// Largest number of trials of each problem.
    var mostTrials: Int { get }
    /// Every line of the journal is shorter than this many bytes.
    var longestLine: Int { get }
    var decoder: Decoder { get }
    /// - Parameter isSealed: whether lines end with their checksums.
    func encoder(isSealed: Bool) -> Encoder
}

extension RunRecord {
    /// Whether a file of that name is a diagram, or one in another format.
    package static func isDiagram(_ name: String) -> Bool {
        name.hasPrefix("diagram-") && [".svg", ".pdf", ".png"].contains { name.hasSuffix($0) }
    }

    /// Trials of each problem that the folder is for, without half-width.
    public var share: Range<Int> { shard?.trials(of: trials) ?? 0..<trials }

    /// Lists another folder's runs that differ from the first run.
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
                ? .moreTrials(path: path, differences: differences)
                : .differentPlan(path: path, differences: differences)
        }
        guard extending else { throw .fewerTrials(path: path, differences: differences) }
    }
}
