import FullrankBackends
import FullrankModel
import FullrankProof
import FullrankTestSupport
import Testing

/// Several primes: with tiny ones, so that they do disagree.
@Suite struct ProfileAgreementTests {
    private static let tiny: [UInt32] = [3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73]

    private func problem(_ generator: inout SeededGenerator) -> TrialProblem {
        TrialProblem(
            seed: UInt64(generator.below(1000)), points: 3 + generator.below(10),
            inputDimension: 1 + generator.below(3),
            units: 2 + generator.below(8), bias: true, inputs: .drawn(.normal), network: .drawn(.uniform))
    }

    @Test func whatTinyPrimesAgreeOnIsTheRankOverTheRationals() throws {
        let backend = try BackendChoice.cpu.open(options: BackendOptions(threads: 1)).backend
        var generator = SeededGenerator(seed: 1)
        var disagreed = 0
        for trial in 0..<300 {
            let problem = problem(&generator)
            let expected = try Explanation(problem, trial: UInt64(trial), on: backend)
            #expect(expected.dissenting.isEmpty && expected.primes.count == 2)
            let found = try Explanation(problem, trial: UInt64(trial), primes: 2, prime: { Self.tiny[$0] }, on: backend)
            if !found.dissenting.isEmpty { disagreed += 1 }
            // Two tiny primes may fall short together; never is a rank too high, and what is proved is right.
            #expect(expected.profile.dominates(found.profile), "trial \(trial)")
            if found.isProved { #expect(found.profile.rank == expected.profile.rank, "trial \(trial)") }
            #expect(expected.isProved, "trial \(trial)")
        }
        #expect(disagreed > 50, "\(disagreed) of 300: the disagreements are what this is about")
    }

    /// The definition, rank by rank.
    @Test func dominatingIsHavingNoSmallerRankInAnyBlock() {
        var generator = SeededGenerator(seed: 2)
        var both = 0
        for _ in 0..<2000 {
            let rows = 1 + generator.below(5), columns = 6
            func profile() -> RankProfile {
                var free = Array(0..<columns)
                let pivots = (0..<rows).map { _ -> Int64 in
                    guard !free.isEmpty, generator.below(3) > 0 else { return -1 }
                    return Int64(free.remove(at: generator.below(free.count)))
                }
                return RankProfile(pivotColumns: pivots, columnsPerUnit: 1)
            }
            let (a, b) = (profile(), profile())
            let expected = (0...rows).allSatisfy { n in
                (0...columns).allSatisfy { d1 in a.rank(points: n, units: d1) >= b.rank(points: n, units: d1) }
            }
            #expect(a.dominates(b) == expected)
            both += expected ? 1 : 0
        }
        #expect(both > 100 && both < 1900)
    }
}
