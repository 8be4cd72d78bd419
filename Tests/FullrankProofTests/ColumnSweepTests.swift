import FullrankBackends
import FullrankModel
import FullrankSweep
import Testing

/// Sweeps that find columns only, on the CPU: the ranks of their cells are those of whole profiles.
@Suite struct ColumnSweepTests {
    @Test(arguments: [[300], [256, 300], [130, 290]], PatternEnsemble.allCases)
    func cellsHaveTheRanksOfWholeProfiles(points: [Int], patterns: PatternEnsemble) throws {
        let backend = try BackendChoice.cpu.open(options: BackendOptions(threads: 2)).backend
        // Regions of several inputs are drawn by enumeration: few points.
        guard patterns != .regions else { return }
        let plan = SweepPlan(
            inputDimensions: .fixed([3, 6]), points: points, units: [20, 45, 60, 74, 76, 80, 200], trials: 8, seed: 11,
            patterns: patterns)
        #expect(plan.problems.allSatisfy { plan.findsColumnsOnly($0) })
        var compared = 0
        _ = try SweepRunner(plan: plan, backend: backend).run { trial in
            let problem = plan.problems[trial.problem]
            guard case .profile(let found) = trial.result,
                let outcomes = try? backend.rankProfiles(
                    of: plan.trialProblem(of: problem, dataSet: nil),
                    trials: UInt64(trial.trial)..<UInt64(trial.trial + 1), prime: plan.prime),
                case .computed(let whole)? = outcomes.first
            else {
                Issue.record("trial \(trial.trial)")
                return
            }
            for n in problem.points {
                for units in plan.units {
                    #expect(found.rank(points: n, units: units) == whole.rank(points: n, units: units))
                }
            }
            compared += 1
        }
        #expect(compared == 16)
    }
}
