import FullrankDimension
import FullrankLandscape
import FullrankMinima
import FullrankNetworks
import FullrankRuns

/// The kinds of runs made of trials besides sweeps of full rank.
enum RunKinds {
    static let all: [any TalliedPlan.Type] = [
        MinimaPlan.self, NetworkSweepPlan.self, LandscapePlan.self, DimensionPlan.self,
    ]

    /// The kind of the run that a folder holds; nil if it holds none of these.
    static func of(_ folder: String) -> (any TalliedPlan.Type)? { all.first { $0.isHeld(by: folder) } }
}

extension RunPlan {
    fileprivate static func isHeld(by folder: String) -> Bool { TrialReader<PlanRecord<Self>>.holds(folder) }
}
