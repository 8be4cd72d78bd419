import FullrankFiles
import FullrankModel

/// What a run made of trials was asked to compute: everything that decides its numbers. `PlanRecord` records it in
/// plan.json.
public protocol RunPlan: Hashable, Sendable {
    associatedtype Decoder: TrialDecoder
    associatedtype Encoder: TrialEncoder where Encoder.Trial == Decoder.Trial
    associatedtype Selection: TrialSelection = AllTrials<Decoder.Trial> where Selection.Trial == Decoder.Trial
    typealias Trial = Decoder.Trial

    /// "fullrank-minima": the member `format` of plan.json, and its version.
    static var format: String { get }
    static var formatVersion: Int { get }
    /// The beginning of trials.jsonl.
    static var header: JournalHeader { get }
    /// The files of these runs besides plan, journal and diagrams.
    static var tables: [String] { get }

    /// The members of plan.json that decide the numbers.
    var deciding: [JSONValue.Member] { get }
    /// Members that follow from these.
    var notes: [JSONValue.Member] { get }
    /// - Throws: `damaged` naming the key.
    init(_ fields: PlanFields) throws(SweepFolderError)

    /// Whether a plan, the same but for its trials, asks for all of this one's.
    func isExtended(by asked: Self) -> Bool
    /// Replaces the plan by one with more trials.
    mutating func adopt(_ larger: Self)

    var problemCount: Int { get }
    /// Without half-width.
    var trialsPerProblem: Int { get }
    var mostTrialsPerProblem: Int { get }
    /// Every line of the journal is shorter than this many bytes.
    var longestLine: Int { get }
    var decoder: Decoder { get }
    func encoder(isSealed: Bool) -> Encoder
    /// Which trials count, before there are any.
    ///
    /// - Parameter share: trials of each problem. A plan with a half-width has no shares.
    func selection(share: Range<Int>) -> Selection
}

extension RunPlan {
    public var notes: [JSONValue.Member] { [] }
    public mutating func adopt(_ larger: Self) { self = larger }
    public var mostTrialsPerProblem: Int { trialsPerProblem }
}

extension RunPlan where Selection == AllTrials<Decoder.Trial> {
    public func selection(share: Range<Int>) -> Selection { AllTrials(problems: problemCount, share: share) }
}
