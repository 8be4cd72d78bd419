import FullrankBackends
import FullrankModel
import Testing

/// What every backend's rank profiles must be: the reference elimination's, for whatever problem.
@Suite struct RankProfileConformanceTests {
    /// The matrices and their profiles, from the backend alone.
    @Test(arguments: presentBackends, [101, 102, 103, 104] as [UInt64])
    func profilesEqualTheReference(choice: BackendChoice, seed: UInt64) throws {
        let backend = try choice.opened()
        var random = RandomProblems(seed: seed)
        for round in 0..<250 {
            let problem = random.next()
            // Small primes too: there the rank mod p often falls short of the rank, and must do so everywhere.
            let prime = [Prime.largest, Prime.drawn(seed: seed), 4_194_319, 3, 5, 101][random.below(6)]
            let first = UInt64(random.below(3)) << UInt64(random.below(40))
            let profiles = try backend.profiles(of: problem, trials: first..<(first + 3), prime: prime)
            for (trial, profile) in zip(first..., profiles) {
                let expected = ReferenceElimination.profile(
                    try backend.jacobian(of: problem, trial: trial), rows: problem.points, columns: problem.columns,
                    columnsPerUnit: problem.columnsPerUnit, prime: prime)
                #expect(profile == expected, "seed \(seed), round \(round), trial \(trial), p = \(prime): \(problem)")
            }
        }
    }

    /// Large enough for blocked paths: several words of a pattern, several blocks of units.
    @Test(arguments: presentBackends)
    func largerProfilesEqualTheReference(choice: BackendChoice) throws {
        let backend = try choice.opened()
        let shapes = [(300, 1, 200, true), (257, 4, 64, false), (400, 3, 130, true), (65, 6, 9, true)]
        for (points, dimension, units, bias) in shapes {
            let problem = TrialProblem(seed: 105, points: points, inputDimension: dimension, units: units, bias: bias)
            let profile = try backend.profiles(of: problem, trials: 4..<5, prime: Prime.largest)[0]
            let expected = ReferenceElimination.profile(
                try backend.jacobian(of: problem, trial: 4), rows: points, columns: problem.columns,
                columnsPerUnit: problem.columnsPerUnit, prime: Prime.largest)
            #expect(profile == expected, "n = \(points), d0 = \(dimension), d1 = \(units)")
        }
    }

    /// Columns alone: those of the rank profile, proved or not.
    @Test(arguments: presentBackends)
    func columnProfilesAreTheColumnsOfRankProfiles(choice: BackendChoice) throws {
        let backend = try choice.opened()
        var random = RandomProblems(seed: 107)
        var problems = (0..<150).map { _ in random.next() }
        for (points, dimension, units) in [(64, 4, 40), (100, 10, 200), (300, 3, 400), (200, 5, 20)] {
            problems.append(TrialProblem(seed: 108, points: points, inputDimension: dimension, units: units))
        }
        var proved = 0
        for problem in problems {
            let profiles = try backend.profiles(of: problem, trials: 5..<10, prime: Prime.largest)
            let columns = try backend.columnProfiles(of: problem, trials: 5..<10, prime: Prime.largest)
            try #require(columns.count == 5)
            for (profile, outcome) in zip(profiles, columns) {
                let found = try outcome.value
                #expect(found.columns == profile.columnProfile.columns, "\(problem)")
                proved += found.isProved ? 1 : 0
            }
        }
        #expect(proved >= 15, "of the 20 larger trials")
    }

    /// Fact 2: the pivots in a leading block are as many as that block's rank.
    @Test(arguments: presentBackends)
    func leadingBlocksHaveTheRankOfTheBlockAlone(choice: BackendChoice) throws {
        let backend = try choice.opened()
        let seed: UInt64 = 106
        var random = RandomProblems(seed: seed)
        var blocks = 0
        for round in 0..<60 {
            let problem = random.next(mostPoints: 50, mostUnits: 25)
            let prime = random.below(3) == 0 ? 7 : Prime.largest
            let profile = try backend.profiles(of: problem, trials: 9..<10, prime: prime)[0]
            let jacobian = try backend.jacobian(of: problem, trial: 9)
            for _ in 0..<10 {
                let points = random.below(problem.points + 1), units = random.below(problem.units + 1)
                let alone = ReferenceElimination.rank(
                    jacobian, width: problem.columns, rows: points, columns: units * problem.columnsPerUnit,
                    prime: prime)
                #expect(
                    profile.rank(points: points, units: units) == alone,
                    "seed \(seed), round \(round), p = \(prime), block \(points) × \(units) of \(problem)")
                blocks += 1
            }
        }
        #expect(blocks == 600)
    }

    /// And as the trial of that size, drawn with the same seed, has.
    @Test(arguments: presentBackends)
    func leadingBlocksAreTrialsOfTheirOwn(choice: BackendChoice) throws {
        let backend = try choice.opened()
        let whole = TrialProblem(seed: 107, points: 60, inputDimension: 2, units: 50)
        let profile = try backend.profiles(of: whole, trials: 3..<4, prime: Prime.largest)[0]
        for points in stride(from: 0, through: 60, by: 4) {
            for units in stride(from: 0, through: 50, by: 5) {
                var part = whole
                (part.points, part.units) = (points, units)
                let own = try backend.profiles(of: part, trials: 3..<4, prime: Prime.largest)[0]
                #expect(own.rank == profile.rank(points: points, units: units), "\(points) × \(units)")
            }
        }
    }
}
