import FullrankModel
import FullrankStatistics
import Testing

@Suite struct ScalingTests {
    /// Profiles with planted h(n'): row j's pivot lies in the unit that makes it so.
    private func samples(points: [Int], trials: Int, units: Int, _ width: (Int, Int) -> Int) -> CriticalWidthSamples {
        let problem = SweepProblem(
            ratio: nil, inputDimension: 1, points: [points.last ?? 1], units: [units], bias: true)
        var samples = CriticalWidthSamples(problem: problem, points: points)
        for trial in 0..<trials {
            let columns = (1...(points.last ?? 1)).map { Int64(2 * (width($0, trial) - 1)) }
            samples.add(RankProfile(pivotColumns: columns, columnsPerUnit: 2))
        }
        return samples
    }

    @Test func fullRankCountsAndTheSlowWay() {
        let samples = samples(points: [1, 3, 7], trials: 9, units: 30) { n, trial in n * (trial + 1) }
        for (index, n) in samples.points.enumerated() {
            let counts = samples.fullRankCounts(at: index, units: Array(0...35))
            let expected = (0...35).map { (width: Int) -> Int in
                (0..<9).count { (trial: Int) -> Bool in n * (trial + 1) <= min(width, 30) }
            }
            #expect(counts == expected)
            #expect(samples.statistics(at: index).reached == (0..<9).count { n * ($0 + 1) <= 30 })
        }
    }

    /// Widths n² (1 + trial/100): exponent 2 for the median and for the window, no part of it random.
    @Test func plantedExponentsAreFound() throws {
        let points = [10, 20, 40, 80, 160]
        let samples = samples(points: points, trials: 100, units: 1_000_000) { n, trial in n * n * (100 + trial) / 100 }
        let fit = try #require(FiniteSizeScaling(samples, smallestPoints: 1))
        #expect(fit.points == points)
        #expect(abs(fit.median.exponent - 2) < 0.01 && abs(fit.window.exponent - 2) < 0.03)
        #expect(abs(fit.median(100) / 15_000 - 1) < 0.03)
        #expect(fit.medianError < 0.02 && fit.medianError > 0)
        let larger = try #require(FiniteSizeScaling(samples, smallestPoints: 20))
        #expect(larger.points == [20, 40, 80, 160])
    }

    /// The bootstrap's error is the spread of exponents over repeated experiments, within a factor.
    @Test func errorsAreOfTheRightSize() throws {
        let seed: UInt64 = 41
        var state = seed
        func noise() -> Double {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(state >> 40) / Double(1 << 24)
        }
        var exponents = [Double](), errors = [Double]()
        for _ in 0..<30 {
            let level = (0..<60).map { _ in 1 + noise() }
            let samples = samples(points: [20, 60, 180], trials: 60, units: 1_000_000) { n, trial in
                // One level for all n of a trial would cancel: some of its own each.
                Int(Double(100 * n) * (level[trial] + noise() * (n % 20 == 0 ? 1 : 0)))
            }
            let fit = try #require(FiniteSizeScaling(samples, smallestPoints: 1))
            exponents.append(fit.median.exponent)
            errors.append(fit.medianError)
        }
        let mean = exponents.reduce(0, +) / 30
        let spread = (exponents.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 29).squareRoot()
        let error = errors.reduce(0, +) / 30
        #expect(error > spread / 2 && error < 2 * spread, "seed \(seed): \(error) for a spread of \(spread)")
    }

    @Test func contoursAgreeWithCells() {
        let units = Array(1...40)
        let samples = samples(points: [2, 5, 9], trials: 20, units: 40) { n, trial in n + trial * n / 4 }
        var tally = SweepTally(
            problem: SweepProblem(ratio: nil, inputDimension: 1, points: [2, 5, 9], units: units, bias: true))
        for trial in 0..<20 {
            let columns = (1...9).map { (point: Int) -> Int64 in
                let unit: Int = point + trial * point / 4 - 1
                return Int64(2 * unit)
            }
            tally.add(RankProfile(pivotColumns: columns, columnsPerUnit: 2))
        }
        for level in [0.05, 0.5, 0.95] {
            let contour = ProbabilityContour(level: level, samples: samples)
            #expect(contour == ProbabilityContour(level: level, cells: tally.cells))
            for row in contour.rows {
                #expect((row.low ?? 99) <= (row.width ?? 99) && (row.width ?? 99) <= (row.high ?? 99))
            }
        }
    }

    @Test func selections() {
        #expect(CriticalWidthSamples.selection([1, 2, 3], atMost: 5) == [1, 2, 3])
        #expect(CriticalWidthSamples.selection(Array(1...101), atMost: 5) == [1, 26, 51, 76, 101])
        #expect(CriticalWidthSamples.selection(Array(1...1000), atMost: 4, geometric: true) == [1, 10, 100, 1000])
    }
}
