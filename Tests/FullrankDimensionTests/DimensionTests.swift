import FullrankBackends
import FullrankDimension
import FullrankModel
import FullrankNumbers
import Testing

@Suite struct DimensionTests {
    private let backend: any DimensionBackend

    init() throws { backend = try CBackend(BackendTable.cpu(), options: BackendOptions(threads: 2)) }

    private func summary(
        _ widths: [Int], _ activation: NetworkActivation, biases: Bool = false, seed: UInt64 = 0
    ) throws -> DimensionSummary {
        let plan = DimensionPlan(
            architectures: [try Architecture(widths, biases: biases)], activation: activation, biases: biases,
            seed: seed)
        let problem = try plan.problem(0)
        var summary = DimensionSummary(problem, points: plan.points(of: problem))
        let group = DrawGroup(architecture: 0, draws: 0..<1)
        for trial in try DimensionRanking(plan: plan).trials(of: [group], problems: [problem], on: backend) {
            summary.add(trial)
        }
        return summary
    }

    /// arXiv 2605.09609's tables (r = 2), Alexander and Hirschowitz (1995), and others that two programs agree on.
    static let known: [(widths: [Int], exponent: Int, dimension: Int)] = [
        ([2, 3, 3, 4, 4, 2, 1], 2, 33), ([2, 3, 4, 5, 4, 6, 4, 1], 2, 65), ([2, 3, 4, 7, 8, 7, 10, 3], 2, 195),
        ([2, 2, 6, 2, 7, 11, 13, 10, 5, 1], 2, 39), ([2, 9, 10, 2, 2, 10, 11, 3], 2, 25),
        ([2, 12, 8, 5, 2, 12, 12, 3], 2, 31),
        ([3, 5, 1], 4, 14), ([4, 9, 1], 4, 34), ([5, 14, 1], 4, 69), ([5, 7, 1], 3, 34), ([5, 8, 12, 7, 1], 2, 179),
        ([3, 2, 8, 5, 10, 8, 4], 2, 72), ([2, 4, 9, 15, 7, 3], 3, 210), ([6, 2, 9, 3], 3, 22),
        ([3, 10, 12, 1], 4, 140),
    ]

    @Test(arguments: known)
    func knownDimensions(widths: [Int], exponent: Int, dimension: Int) throws {
        #expect(try summary(widths, .power(exponent)).dimension == dimension)
    }

    @Test func linearNetworksReachTheirBound() throws {
        for (widths, dimension) in [([8, 3, 5, 6, 4], 27), ([64, 4, 4, 10], 280)] {
            let summary = try summary(widths, .identity)
            #expect(summary.dimension == dimension && summary.isProved)
        }
    }

    /// The kernels against integers, one entry at a time: drawn the same, ranked the same.
    @Test(arguments: [
        ([2, 3, 4, 1], 2, false), ([3, 4, 2, 3], 3, false), ([2, 2, 3, 2], 2, true), ([3, 2, 4, 2, 2], 2, false),
    ])
    func kernelsRankTheDocumentedDraws(widths: [Int], exponent: Int, biases: Bool) throws {
        for seed in UInt64(0)..<5 {
            let plan = DimensionPlan(
                architectures: [try Architecture(widths, biases: biases)], activation: .power(exponent), biases: biases,
                seed: seed)
            let problem = try plan.problem(0), points = plan.points(of: problem)
            let trials = try DimensionRanking(plan: plan).trials(
                of: [DrawGroup(architecture: 0, draws: 3..<6)], problems: [problem], on: backend)
            for (draw, trial) in zip(3..<6, trials) {
                let prime = try #require(trial.primes.first)
                let network = ResidueNetwork(problem, seed: seed, draw: draw, prime: prime)
                var echelon = RowEchelon(prime: prime)
                for point in 0..<points { _ = echelon.add(network.row(point), number: point) }
                #expect(echelon.rank == trial.rank, "seed \(seed), draw \(draw)")
            }
        }
    }

    /// Every architecture of a box is ranked, and the minimal ones picked out: the search finds the same.
    @Test func searchFindsTheMinimalOnesOfAWholeBox() throws {
        var search = try MinimalFilling(inputs: 2, outputs: 1, layers: 4, exponent: 2)
        #expect(search.limits == [3, 5, 9])
        var queries = FillingQueries(activation: .power(2), seed: 1, primeCount: 1, backend: backend)
        try search.run(&queries)
        var filling = Set<[Int]>()
        for a in 1...3 {
            for b in 1...5 {
                for c in 1...9 where try summary([2, a, b, c, 1], .power(2)).isFilling == true {
                    filling.insert([a, b, c])
                }
            }
        }
        let minimal = filling.filter { point in
            point.indices.allSatisfy { place in
                var less = point
                less[place] -= 1
                return !filling.contains(less)
            }
        }
        #expect(Set(search.found.map { Array($0.hidden) }) == minimal)
    }

    /// arXiv 2605.09609: 13 at depth 7 from 2 inputs to 1 output, one of them not unimodal.
    @Test func minimalFillingAtDepthSeven() throws {
        var search = try MinimalFilling(inputs: 2, outputs: 1, layers: 7, exponent: 2)
        var queries = FillingQueries(activation: .power(2), seed: 0, primeCount: 2, backend: backend)
        try search.run(&queries)
        #expect(search.found.count == 13)
        #expect(search.found.filter { !$0.isUnimodal }.map(\.widths) == [[2, 3, 4, 5, 4, 6, 4, 1]])
    }

    @Test func certificatesHoldAMinorOfTheRank() throws {
        let plan = DimensionPlan(architectures: [try Architecture([2, 3, 3, 4, 4, 2, 1])], activation: .power(2))
        let problem = try plan.problem(0)
        let certificate = try #require(
            DimensionCertificate(problem, rank: 33, points: 41, seed: 0, draw: 0, prime: plan.primes[0]))
        #expect(certificate.points.count == 33 && Set(certificate.columns).count == 33)
        #expect(DimensionCertificate(problem, rank: 34, points: 41, seed: 0, draw: 0, prime: plan.primes[0]) == nil)
    }
}
