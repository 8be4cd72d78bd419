import FullrankNumbers
import FullrankRegions
import FullrankTestSupport
import Testing

/// Points with coordinates that are small integers or random doubles.
func randomInputs(_ count: Int, _ generator: inout SeededGenerator) -> [Double] {
    (0..<count).map { _ in Double(Int64(bitPattern: generator.next()) >> 11) * 0x1p-52 }
}

/// 2 Σ_{j<k} C(n−1, j), by Pascal's triangle.
func schlaefli(_ n: Int, _ k: Int) -> Int {
    func choose(_ n: Int, _ j: Int) -> Int { j == 0 ? 1 : n == 0 ? 0 : choose(n - 1, j - 1) + choose(n - 1, j) }
    return 2 * (0..<k).reduce(0) { $0 + choose(n - 1, $1) }
}

extension PointArrangement {
    init(_ inputs: [Double], _ n: Int, _ d0: Int, bias: Bool = true) {
        self.init(inputs: inputs, points: n, inputDimension: d0, bias: bias)
    }

    /// All patterns as bit masks, n ≤ 64.
    func masks() throws -> [UInt64] { try regions(limit: 1 << 24, threads: 2) }
}

struct RegionTests {
    @Test(
        "P Proposition 6: as many regions as the formula says, all different, all feasible", arguments: [true, false])
    func counts(bias: Bool) throws {
        var generator = SeededGenerator(seed: 11)
        for d0 in 1...5 {
            for n in 1...9 {
                let k = d0 + (bias ? 1 : 0)
                let arrangement = PointArrangement(randomInputs(n * d0, &generator), n, d0, bias: bias)
                let expected = n <= k ? 1 << n : schlaefli(n, k)
                #expect(arrangement.regionCount == BigInteger(UInt64(expected)))
                let found = Set(try arrangement.masks())
                #expect(found.count == expected, "n \(n) d0 \(d0)")
                guard n <= 7 else { continue }
                for mask in 0..<UInt64(1) << UInt64(n) {
                    let pattern = (0..<n).map { mask >> UInt64($0) & 1 == 1 }
                    let answer = arrangement.feasibility(of: pattern)
                    check(answer, pattern, arrangement)
                    if case .feasible = answer { #expect(found.contains(mask)) } else { #expect(!found.contains(mask)) }
                }
            }
        }
    }

    /// Witnesses and certificates, in plain arithmetic on small cases.
    func check(_ answer: PatternFeasibility, _ pattern: [Bool], _ arrangement: PointArrangement) {
        let k = arrangement.columns
        switch answer {
        case .feasible(let witness):
            #expect(witness.weights.count == k)
            for (point, isActive) in pattern.enumerated() {
                let value = (0..<k).reduce(0.0) { $0 + witness.weights[$1] * arrangement.whole[point * k + $1] }
                #expect((value > 0) == isActive)
            }
        case .infeasible(let terms):
            for place in 0..<k {
                var sum = 0.0, absolute = 0.0
                for term in terms {
                    #expect(!term.coefficient.isZero)
                    let product = Double(term.coefficient.digits)! * arrangement.whole[term.point * k + place]
                    sum += pattern[term.point] ? product : -product
                    absolute += abs(product)
                }
                #expect(abs(sum) <= 1e-12 * absolute)
            }
        }
    }

    @Test("Patterns of random weights are among the regions")
    func containsDrawnPatterns() throws {
        var generator = SeededGenerator(seed: 5)
        let (n, d0) = (20, 2)
        let inputs = randomInputs(n * d0, &generator)
        let found = Set(try PointArrangement(inputs, n, d0).masks())
        #expect(found.count == schlaefli(n, d0 + 1))
        for _ in 0..<2000 {
            let w = randomInputs(d0 + 1, &generator)
            var mask: UInt64 = 0
            for point in 0..<n where inputs[2 * point] * w[0] + inputs[2 * point + 1] * w[1] + w[2] > 0 {
                mask |= 1 << UInt64(point)
            }
            #expect(found.contains(mask))
        }
    }

    @Test("Step vectors for one input")
    func steps() throws {
        let inputs: [Double] = [0.5, -1, 3, 2]
        let found = Set(try PointArrangement(inputs, 4, 1).masks())
        let order = [1, 0, 3, 2]
        var expected = Set<UInt64>()
        for m in 0...4 {
            let low = order[..<m].reduce(UInt64(0)) { $0 | 1 << UInt64($1) }
            expected.formUnion([low, 15 ^ low])
        }
        #expect(found == expected)
        #expect(found.count == 8)
    }

    @Test("Integer grids: degenerate functionals, exact signs")
    func integers() throws {
        // On the parabola any three points are independent, but coordinates coincide with those of other points.
        let parabola = (-6..<6).flatMap { (x: Int) -> [Double] in [Double(x), Double(x * x)] }
        let found = try PointArrangement(parabola, 12, 2).masks()
        #expect(Set(found).count == schlaefli(12, 3))
        // The moment curve: any four.
        let curve = (0..<10).flatMap { (x: Int) -> [Double] in [Double(x), Double(x * x), Double(x * x * x)] }
        #expect(Set(try PointArrangement(curve, 10, 3).masks()).count == schlaefli(10, 4))
        let huge = curve.map { $0 * 0x1p200 }
        #expect(Set(try PointArrangement(huge, 10, 3).masks()).count == schlaefli(10, 4))
    }

    @Test("Equal points are merged, a smaller span counts in its own dimension, zero is never active")
    func special() throws {
        var generator = SeededGenerator(seed: 8)
        let base = randomInputs(14, &generator)
        let doubled = PointArrangement(base + base, 14, 2)
        #expect(doubled.regionCount == PointArrangement(base, 7, 2).regionCount)
        #expect(try doubled.masks().allSatisfy { $0 & 127 == $0 >> 7 })
        // Multiples, without biases: the same line.
        let scaled = PointArrangement(base + base.map { -2 * $0 }, 14, 2, bias: false)
        #expect(try scaled.masks().allSatisfy { $0 & 127 == ~($0 >> 7) & 127 })
        // Vectors (1, 2), (3, 6), (−5, −10), (2, 1): two lines.
        let multiples = PointArrangement([1, 2, 3, 6, -5, -10, 2, 1], 4, 2, bias: false)
        #expect(multiples.hyperplanes == 2)
        #expect(Set(try multiples.masks()) == [0b0011, 0b0100, 0b1011, 0b1100])
        // Points of a line in the plane.
        let line = (0..<6).flatMap { (x: Int) -> [Double] in [Double(x * x), Double(2 * x * x - 1)] }
        #expect(PointArrangement(line, 6, 2).regionCount == BigInteger(12))
        #expect(Set(try PointArrangement(line, 6, 2).masks()).count == 12)
        let zero = PointArrangement([0, 0] + base, 8, 2, bias: false)
        #expect(try zero.masks().allSatisfy { $0 & 1 == 0 })
        #expect(zero.regionCount == BigInteger(14))
        // Nothing to tell units apart by.
        #expect(PointArrangement([], 0, 2).regionCount == BigInteger(1))
    }

    @Test("Dependent points are named")
    func dependent() {
        // Points 1, 3, 4 lie on a line.
        let inputs: [Double] = [0, 5, 1, 1, 7, -2, 2, 2, 4, 4, -3, 1]
        #expect(throws: ArrangementError.dependent(points: [1, 3, 4])) { try PointArrangement(inputs, 6, 2).masks() }
        #expect(throws: ArrangementError.dependent(points: [1, 3, 4])) {
            try PointArrangement(inputs, 6, 2).isInGeneralPosition(limit: 1000, threads: 1)
        }
        #expect(throws: ArrangementError.tooMany) {
            try PointArrangement([1, 2, 3], 3, 1).regions(limit: 5, threads: 1)
        }
    }

    @Test("Many points, several threads: the formula, no duplicates")
    func many() throws {
        var generator = SeededGenerator(seed: 3)
        let inputs = randomInputs(120, &generator)
        let arrangement = PointArrangement(inputs, 40, 3)
        let one = try arrangement.regions(limit: 1 << 20, threads: 1)
        #expect(one.count == schlaefli(40, 4))
        #expect(Set(one).count == one.count)
        #expect(try arrangement.regions(limit: 1 << 20, threads: 3) == one)
        #expect(try arrangement.isInGeneralPosition(limit: 1 << 20, threads: 2))
    }
}

struct RegionSamplerTests {
    @Test("Drawn regions are uniform", arguments: [(5, 2), (6, 3), (4, 4), (8, 2)])
    func uniform(n: Int, d0: Int) throws {
        var generator = SeededGenerator(seed: 21)
        let arrangement = PointArrangement(randomInputs(n * d0, &generator), n, d0)
        let all = try arrangement.masks()
        var counts = [UInt64: Int]()
        let draws = 400 * all.count
        let pattern = try RegionSampler(arrangement).pattern(seed: 7, trial: 3, units: draws)
        for word in pattern.words { counts[word, default: 0] += 1 }
        #expect(Set(counts.keys).isSubset(of: Set(all)))
        let square = all.reduce(0.0) {
            $0 + Double((counts[$1, default: 0] - 400) * (counts[$1, default: 0] - 400)) / 400
        }
        // Chi-square with N − 1 degrees of freedom: mean N − 1, variance 2 (N − 1); five standard deviations.
        let freedom = Double(all.count - 1)
        #expect(abs(square - freedom) < 5 * (2 * freedom).squareRoot(), "chi-square \(square) of \(freedom)")
    }

    @Test("Far beyond enumeration")
    func large() throws {
        var generator = SeededGenerator(seed: 2)
        let arrangement = PointArrangement(randomInputs(300 * 20, &generator), 300, 20)
        #expect(arrangement.regionCount.bitWidth > 100)
        let sampler = RegionSampler(arrangement)
        let pattern = try sampler.pattern(seed: 1, trial: 0, units: 20)
        #expect(Set((0..<20).map { unit in (0..<300).map { pattern[unit, $0] } }).count == 20)
        let row = (0..<300).map { pattern[4, $0] }
        guard case .feasible = arrangement.feasibility(of: row) else { Issue.record("infeasible"); return }
        var finder = RegionFinder(arrangement)
        var words = [UInt64]()
        for unit in 0..<20 { try finder.append(sampler.index(seed: 1, trial: 0, unit: unit), to: &words) }
        #expect(words == pattern.words)
        #expect(finder.exactSigns == 0)
    }
}
