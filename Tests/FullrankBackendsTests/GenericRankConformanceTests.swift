import FullrankBackends
import FullrankModel
import Testing

/// Ranks of generic data, which theorems give (docs/mathematics.md, section 7): `k ≥ n`, and the min-max formula.
@Suite struct GenericRankConformanceTests {
    @Test(arguments: presentBackends)
    func wideInputsCountActivePoints(choice: BackendChoice) throws {
        let backend = try choice.opened()
        var deficient = 0
        for points in 1...12 {
            for (inputs, bias) in [(points - 1, true), (points, false), (points + 3, true)] where inputs > 0 {
                for units in [1, 2, 3, 6] {
                    let problem = TrialProblem(
                        seed: 131, points: points, inputDimension: inputs, units: units, bias: bias)
                    let profiles = try backend.profiles(of: problem, trials: 0..<20, prime: Prime.largest)
                    for (trial, profile) in zip(UInt64(0)..., profiles) {
                        let pattern = try backend.activationPattern(of: problem, trial: trial)
                        let active = (0..<points).count { point in (0..<units).contains { pattern[$0, point] } }
                        #expect(profile.rank == active, "trial \(trial) of \(problem)")
                        if active < points { deficient += 1 }
                    }
                }
            }
        }
        #expect(deficient > 500, "only a test where some points are inactive: \(deficient)")
    }

    /// rank J = min over sets S of points of n - |S| + k rank(A_S), over all 2^n sets.
    @Test(arguments: presentBackends, [1, 2, 3])
    func minimumOverAllSubsets(choice: BackendChoice, dimension: Int) throws {
        let backend = try choice.opened()
        var random = RandomProblems(seed: 132)
        var deficient = 0
        for round in 0..<100 {
            var problem = TrialProblem(
                seed: UInt64(round), points: 1 + random.below(10), inputDimension: dimension,
                units: 1 + random.below(7), bias: dimension == 1 || random.below(2) == 0)
            // Patterns that no network has, too: the formula holds for every 0/1 matrix.
            if random.below(2) == 0 {
                problem.network = .pattern(random.pattern(units: problem.units, points: problem.points))
            }
            let pattern = try backend.activationPattern(of: problem, trial: 0)
            let least = (0..<(1 << problem.points)).map { set in
                let members = (0..<problem.points).filter { set >> $0 & 1 == 1 }
                let columns = (0..<problem.units).flatMap { unit in members.map { pattern[unit, $0] ? 1.0 : 0 } }
                let rank = ReferenceElimination.rank(
                    columns, width: members.count, rows: problem.units, columns: members.count, prime: Prime.largest)
                return problem.points - members.count + problem.columnsPerUnit * rank
            }.min()!
            let rank = try backend.profiles(of: problem, trials: 0..<1, prime: Prime.largest)[0].rank
            #expect(rank == least, "round \(round): \(problem)")
            if rank < problem.points { deficient += 1 }
        }
        #expect((20..<95).contains(deficient), "full rank and deficient ones are both met: \(deficient)")
    }
}
