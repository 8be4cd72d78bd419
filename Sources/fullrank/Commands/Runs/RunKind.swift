import FullrankDimension
import FullrankFiles
import FullrankLandscape
import FullrankMinima
import FullrankNetworks
import FullrankRuns

/// A kind of runs made of trials, besides sweeps of full rank: what commands do with a folder, whatever it holds.
struct RunKind: Sendable {
    /// As plan.json has it.
    let format: String
    let merge: @Sendable (MergeOptions) throws(CommandFailure) -> Void
    let status: @Sendable (_ folder: String) throws(SweepFolderError) -> FolderStatus

    // Closures, because the compiler specializes them; calls through `any TalliedPlan.Type` would be generic for each
    // trial.
    private init<Plan: TalliedPlan>(_: Plan.Type) {
        format = Plan.format
        merge = { (options) throws(CommandFailure) in try mergeRuns(of: Plan.self, options) }
        status = { (folder) throws(SweepFolderError) in FolderStatus(try RunStatus<PlanRecord<Plan>>(folder)) }
    }

    static let all = [
        RunKind(MinimaPlan.self), RunKind(NetworkSweepPlan.self), RunKind(LandscapePlan.self),
        RunKind(DimensionPlan.self),
    ]

    /// The kind of the run that a folder holds; nil if it is none of these.
    static func of(_ folder: String) -> RunKind? {
        guard let format = PlanFields.format(inFolder: folder) else { return nil }
        return all.first { $0.format == format }
    }
}
