import FullrankModel
import FullrankRuns

extension FinishedTrials {
    public init(of plan: SweepPlan) { self.init(problems: plan.problems.count, trials: plan.mostTrials) }
}
