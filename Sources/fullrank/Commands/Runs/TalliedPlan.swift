import FullrankFiles
import FullrankReport
import FullrankRuns

/// What the trials of one problem, or of one architecture, add up to.
protocol TrialTally: Sendable {
    associatedtype Trial: JournalTrial
    mutating func add(_ trial: Trial)
}

/// A plan whose trials are added up and written as tables and figures: what runs of different kinds do differently in
/// their commands.
protocol TalliedPlan: RunPlan {
    associatedtype Tally: TrialTally where Tally.Trial == Decoder.Trial
    /// First word of messages about folders of this kind: "minima".
    static var command: String { get }

    /// Before there is a trial.
    ///
    /// - Throws: usage if the plan makes no sense.
    func tallies() throws(CommandFailure) -> [Tally]
    /// The place of a trial's tally.
    func tally(of trial: Decoder.Trial) -> Int
    /// Writes the tables and diagrams of all trials that count.
    static func write(
        _ tallies: [Tally], of job: RunJob<Self>, to folder: TrialFolder<PlanRecord<Self>>
    ) throws(SweepFolderError)
    /// Prints the cells as JSON; nothing if these runs have none.
    static func printJSON(_ tallies: [Tally]) throws(CommandFailure)

    /// What the cells of the diagram show that fills in on a terminal; nil: there is none.
    var liveQuantity: String? { get }
    func livePanels(_ tallies: [Tally]) -> [PhaseDiagram.Panel]
    /// The panel of a trial.
    func livePanel(of trial: Decoder.Trial) -> Int
}

extension TalliedPlan {
    func tally(of trial: Decoder.Trial) -> Int { trial.problem }
    static func printJSON(_ tallies: [Tally]) throws(CommandFailure) {}
    var liveQuantity: String? { nil }
    func livePanels(_ tallies: [Tally]) -> [PhaseDiagram.Panel] { [] }
    func livePanel(of trial: Decoder.Trial) -> Int { 0 }
}
