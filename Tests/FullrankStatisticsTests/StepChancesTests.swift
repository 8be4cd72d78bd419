import FullrankModel
import FullrankStatistics
import FullrankTestSupport
import Testing

@Suite struct StepChancesTests {
    /// The contour integral against the recursion over units, which share no formula.
    @Test(arguments: [1, 2, 3, 4, 7, 20, 60])
    func uniformStepsAgreeWithTheCouponCollector(n: Int) {
        let chances = StepChances(uniformOn: n)
        var patterns = StepPatterns(points: n)
        for units in 1...300 {
            patterns.addUnit()
            guard units < 20 || units % 13 == 0 else { continue }
            let exact = chances.fullRank(units: units)
            #expect(abs(exact - patterns.fullRank) < 1e-11, "n = \(n), d1 = \(units): \(exact), \(patterns.fullRank)")
        }
    }

    /// Chances of unlike patterns, every choice of patterns weighed, ranks by elimination.
    @Test(arguments: [(1, 2), (2, 2), (3, 2), (3, 4), (4, 3), (4, 4), (5, 3), (6, 3)])
    func unlikeGapsAgainstEnumeration(n: Int, units: Int) {
        let inputs: [Double] = Array([-0.9, -0.2, -0.1, 0.5, 0.55, 0.9].prefix(n))
        let chances = StepChances(inputs: inputs, initialization: .uniform)
        var rows = [([Bool], Double)]()
        rows.append((Array(repeating: true, count: n), chances.ones))
        rows.append((Array(repeating: false, count: n), chances.ones))
        for gap in chances.gaps.indices {
            rows.append(((0..<n).map { $0 <= gap }, chances.gaps[gap]))
            rows.append(((0..<n).map { $0 > gap }, chances.gaps[gap]))
        }
        #expect(abs(rows.reduce(0) { $0 + $1.1 } - 1) < 1e-15)
        var full = 0.0
        func visit(_ chosen: [[Bool]], _ chance: Double) {
            if chosen.count == units {
                let jacobian = (0..<n).map { j in
                    chosen.flatMap { [$0[j] ? Int(inputs[j] * 100) : 0, $0[j] ? 1 : 0] }
                }
                if modularRank(jacobian) == n { full += chance }
                return
            }
            for (row, weight) in rows { visit(chosen + [row], chance * weight) }
        }
        visit([], 1)
        #expect(abs(chances.fullRank(units: units) - full) < 1e-12)
    }

    private func modularRank(_ matrix: [[Int]]) -> Int {
        let p = 1_000_003
        var rows = matrix, rank = 0
        for column in 0..<(matrix.first?.count ?? 0) {
            guard rank < rows.count, let pivot = (rank..<rows.count).first(where: { rows[$0][column] % p != 0 }) else {
                continue
            }
            rows.swapAt(rank, pivot)
            for row in (rank + 1)..<max(rows.count, rank + 1) {
                let (a, b) = (rows[rank][column], rows[row][column])
                for c in column..<rows[row].count {
                    rows[row][c] = ((rows[row][c] * a - rows[rank][c] * b) % p + p) % p
                }
            }
            rank += 1
        }
        return rank
    }

    /// CATALOGUE, section 6: (x_m - x_(m-1))/8 an orientation, all ones and all zeros 1/2 - (x_n - x_1)/8.
    @Test func uniformWeightsInsideTheCube() {
        let chances = StepChances(inputs: [0.5, -1, 0.25, 1], initialization: .uniform)
        #expect(chances.gaps == [1.25 / 8, 0.25 / 8, 0.5 / 8] && chances.ones == 0.25)
        #expect(chances == StepChances(inputs: [0.5, -1, 0.25, 1], initialization: .heUniform))
        #expect(chances.separation == 2 * 0.25 / 8)
    }

    /// Outside [-1, 1], against the share of a grid of weights; Gaussian weights, against angles.
    @Test func otherInputsAndWeights() {
        let inputs = [-3, -0.5, 1.5, 4.0]
        let chances = StepChances(inputs: inputs, initialization: .uniform)
        let size = 2000
        var counts = [Int](repeating: 0, count: 5)
        for a in 0..<size {
            for b in 0..<size {
                let (w, bias) = ((Double(a) + 0.5) / Double(size) * 2 - 1, (Double(b) + 0.5) / Double(size) * 2 - 1)
                let active = inputs.map { w * $0 + bias > 0 }
                if active.allSatisfy({ $0 }) {
                    counts[4] += 1
                } else if active[0] {
                    counts[active.lastIndex(of: true)!] += 1
                }
            }
        }
        for gap in 0..<3 { #expect(abs(Double(counts[gap]) / Double(size * size) - chances.gaps[gap]) < 1e-3) }
        #expect(abs(Double(counts[4]) / Double(size * size) - chances.ones) < 1e-3)
        let gaussian = StepChances(inputs: [0, 3, 0.5], initialization: .normal)
        let gamma = Separation.gammas(inputs: [0, 3, 0.5], points: 3, inputDimension: 1, bias: true)
        #expect(abs(gaussian.separation - gamma[2]) < 1e-15)
        #expect(abs(2 * gaussian.gaps.reduce(0, +) + 2 * gaussian.ones - 1) < 1e-15)
        // Close neighbours keep their digits.
        let near = StepChances(inputs: [1, 1 + 0x1p-40], initialization: .normal)
        #expect(abs(near.gaps[0] / (0x1p-40 / (2 * 2 * Double.pi)) - 1) < 1e-9)
    }

    /// γ: the least mass of patterns that a vector u sees, over all u with entries -2...2.
    @Test(arguments: [[-0.9, -0.5, 0.1, 0.2], [0.3], [-1, 1.0], [-8, -1, 0, 7.0]])
    func separationIsTheLeastMass(inputs: [Double]) {
        let chances = StepChances(inputs: inputs, initialization: .uniform)
        let n = inputs.count
        var least = 1.0
        for code in 0..<(0..<n).reduce(1, { value, _ in value * 5 }) {
            var rest = code
            let u = (0..<n).map { _ -> Int in
                defer { rest /= 5 }
                return rest % 5 - 2
            }
            guard u.contains(where: { $0 != 0 }) else { continue }
            var mass = u.reduce(0, +) != 0 ? chances.ones : 0
            for gap in chances.gaps.indices {
                if u[...gap].reduce(0, +) != 0 { mass += chances.gaps[gap] }
                if u[(gap + 1)...].reduce(0, +) != 0 { mass += chances.gaps[gap] }
            }
            least = min(least, mass)
        }
        #expect(abs(chances.separation - least) < 1e-15)
    }

    @Test func widthsAndEqualPoints() throws {
        let chances = StepChances(uniformOn: 20)
        #expect(chances.width(level: 0.5) == StepPatterns.widths(points: 20, levels: [0.5], of: \.fullRank)[0])
        let equal = StepChances(inputs: [0.5, 0.5, 1], initialization: .uniform)
        #expect(equal.fullRank(units: 50) == 0 && equal.width(level: 0.5) == nil && equal.separation == 0)
        // A gap of 2^-30 takes some 2^30 units: large numbers of units, small chances.
        let thin = StepChances(inputs: [0, 0x1p-30, 1], initialization: .uniform)
        let width = try #require(thin.width(level: 0.9))
        #expect(thin.fullRank(units: width) >= 0.9 && thin.fullRank(units: width - 1) < 0.9)
        #expect((4..<40).contains(width), "blocks of two points need no break between them: \(width)")
        #expect(thin.width(level: 0.9, atMost: 3) == nil)
        #expect(thin.width(level: 0.9, atMost: width - 1) == nil && thin.width(level: 0.9, atMost: width) == width)
    }

    @Test func volumesOfTheLaterVersionsTheorems() throws {
        let volumes = LineVolumes(inputs: [-0.9, -0.5, 0, 0.25], initialization: .uniform, epsilon: 0.1)
        // 16 log 40
        #expect(abs(try #require(volumes.proposition) - 59.02207126582298) < 1e-9)
        let exact = try #require(volumes.exactWidth())
        #expect(Double(exact) <= 59 && Double(exact) <= (volumes.anticoncentration ?? 0))
        #expect(LineVolumes(inputs: [-2, 0], initialization: .uniform, epsilon: 0.1).proposition == nil)
        #expect(LineVolumes(inputs: [-1, 0], initialization: .normal, epsilon: 0.1).proposition == nil)
        #expect(volumes.entries.map(\.name) == ["proposition-11", "volumes"])
        // So near that no bound is a number.
        let near = LineVolumes(inputs: [0x1p-1070, 0x1p-1069], initialization: .uniform, epsilon: 0.1)
        #expect(near.proposition == nil && near.anticoncentration == nil && near.exactWidth() == 4)
    }
}

@Suite struct ExactChancesTests {
    private func plan(_ patterns: PatternEnsemble, d0: Int, n: [Int], d1: [Int], bias: Bool = true) -> SweepPlan {
        SweepPlan(inputDimensions: .fixed([d0]), points: n, units: d1, patterns: patterns, bias: bias)
    }

    /// Every 0/1 matrix of the shape, its rank by elimination.
    @Test(arguments: [(1, 3), (2, 1), (2, 3), (2, 4), (3, 3)])
    func bitsAgainstEnumeration(n: Int, d1: Int) throws {
        let exact = try #require(ExactChances(plan: plan(.bernoulli, d0: 1, n: [n], d1: [d1], bias: false), data: nil))
        var full = 0
        for code in 0..<1 << (n * d1) {
            let columns = (0..<n).map { j in (0..<d1).map { Double(code >> (j * d1 + $0) & 1) } }
            if independent(columns) { full += 1 }
        }
        let chance = try #require(exact.chances(inputDimension: 1, points: n, units: [d1])[0])
        #expect(abs(chance - Double(full) / Double(1 << (n * d1))) < 1e-15)
    }

    private func independent(_ vectors: [[Double]]) -> Bool {
        var basis = [[Double]]()
        for vector in vectors {
            var rest = vector
            for known in basis {
                let place = known.firstIndex { $0 != 0 }!
                let factor = rest[place] / known[place]
                rest = zip(rest, known).map { $0 - factor * $1 }
            }
            guard rest.contains(where: { abs($0) > 1e-9 }) else { return false }
            basis.append(rest.map { abs($0) > 1e-9 ? $0 : 0 })
        }
        return true
    }

    @Test func onlyWhereThereIsAClosedForm() throws {
        #expect(ExactChances(plan: plan(.initialization, d0: 1, n: [5], d1: [5]), data: nil) == nil)
        #expect(ExactChances(plan: plan(.regions, d0: 2, n: [5], d1: [5]), data: nil) == nil)
        var deep = plan(.regions, d0: 1, n: [5], d1: [5])
        deep.hidden = [HiddenLayers([4])]
        #expect(ExactChances(plan: deep, data: nil) == nil)
        let mixed = try #require(ExactChances(plan: plan(.regions, d0: 2, n: [3, 5], d1: [5]), data: nil))
        #expect(mixed.chances(inputDimension: 2, points: 3, units: [2])[0] == 0.421875)
        #expect(mixed.chances(inputDimension: 2, points: 5, units: [2]) == [nil])
        let steps = try #require(ExactChances(plan: plan(.regions, d0: 1, n: [3], d1: [2, 3]), data: nil))
        let chances = steps.chances(inputDimension: 1, points: 3, units: [2, 3]).compactMap { $0 }
        #expect(zip(chances, [14.0 / 36, 144.0 / 216]).allSatisfy { abs($0 - $1) < 1e-15 } && chances.count == 2)
        // (1 - 2^-5)^4 = 0.88, (1 - 2^-4)^4 = 0.77.
        let few = try #require(ExactChances(plan: plan(.bernoulli, d0: 5, n: [4], d1: [5]), data: nil))
        #expect(few.widths(inputDimension: 5, points: 4, levels: [0.5, 0.8]) == [3, 5])
    }

    @Test func pointsOfAFile() throws {
        var plan = plan(.initialization, d0: 1, n: [2, 3], d1: [4])
        plan.inputs = .file(path: "x", fingerprint: "")
        #expect(ExactChances(plan: plan, data: nil) == nil)
        let data = DataSet(points: 3, inputDimension: 1, values: [0.5, 0.1, 0.5])
        let exact = try #require(ExactChances(plan: plan, data: data))
        let expected = StepChances(inputs: [0.5, 0.1], initialization: .uniform).fullRank(units: 4)
        #expect(exact.chances(inputDimension: 1, points: 2, units: [4]) == [expected])
        #expect(exact.chances(inputDimension: 1, points: 3, units: [4]) == [0], "equal points")
    }

    /// By trying d1 after d1: even and uneven gaps, every level, the limit at the answer and below it.
    @Test(arguments: 0..<12)
    func widthsAreTheFirstToReachTheirLevel(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let inputs = (0..<(1 + generator.below(12))).map { _ in Double(generator.below(4000) - 2000) / 1000 }
        let kinds = Initialization.allCases
        let chances = StepChances(
            inputs: Array(Set(inputs)), initialization: kinds[generator.below(kinds.count)])
        for level in [0.01, 0.3, 0.5, 0.9, 0.999] {
            var width = 1
            while width < 1000, chances.fullRank(units: width) < level { width += 1 }
            let expected = width < 1000 ? width : nil
            #expect(chances.width(level: level, atMost: 999) == expected, "seed \(seed), level \(level)")
            if let expected { #expect(chances.width(level: level, atMost: expected) == expected, "seed \(seed)") }
            if let expected, expected > 1 { #expect(chances.width(level: level, atMost: expected - 1) == nil) }
        }
    }
}
