import FullrankBackends
import FullrankModel
import FullrankProof
import FullrankTestSupport
import Testing

/// Data that a random trial never has. Ranks against plain elimination modulo 2^61 - 2373; each is proved over the
/// rationals, and its certificate passes.
@Suite struct HardInputTests {
    private static let kinds = [
        "duplicates", "line", "origin", "integers", "multiples", "huge and tiny", "subnormal", "powers of two", "zeros",
    ]

    private func point(_ kind: String, _ d0: Int, _ others: [[Double]], _ generator: inout SeededGenerator) -> [Double]
    {
        func uniform() -> Double { Double.random(in: -1...1, using: &generator) }
        switch kind {
        case "duplicates" where !others.isEmpty && generator.below(2) == 0: return others[generator.below(others.count)]
        case "line":
            let step = Double(generator.below(64) - 32) / 8
            return (0..<d0).map { 0.5 + step * Double($0 + 1) }
        case "origin" where generator.below(4) == 0: return Array(repeating: 0, count: d0)
        case "integers": return (0..<d0).map { _ in Double(generator.below(5) - 2) }
        case "multiples" where !others.isEmpty && generator.below(2) == 0:
            let scale = [-1.0, 2, 0.125, 3][generator.below(4)]
            return others[generator.below(others.count)].map { $0 * scale }
        case "huge and tiny": return (0..<d0).map { _ in uniform() * [1e300, 1e-300, 1][generator.below(3)] }
        case "subnormal": return (0..<d0).map { _ in Double(generator.below(7) - 3) * .leastNonzeroMagnitude }
        case "powers of two":
            return (0..<d0).map { _ in Double(sign: .plus, exponent: generator.below(2000) - 1000, significand: 1) }
        case "zeros": return Array(repeating: generator.below(2) == 0 ? 0 : -0.0, count: d0)
        default: return (0..<d0).map { _ in uniform() }
        }
    }

    private func pattern(units: Int, points: Int, _ generator: inout SeededGenerator) -> ActivationPattern {
        // All ones, all zeros, dead and equal units, points that no unit tells apart.
        let kind = generator.below(4)
        var rows = (0..<units).map { _ in
            (0..<points).map { _ in kind == 0 || (kind != 1 && generator.below(2) == 0) }
        }
        for unit in rows.indices where kind == 3 && generator.below(3) == 0 {
            rows[unit] = generator.below(2) == 0 ? rows[generator.below(units)] : Array(repeating: false, count: points)
        }
        for point in 1..<max(points, 2) where kind >= 2 && point < points && generator.below(3) == 0 {
            let twin = generator.below(point)
            for unit in rows.indices { rows[unit][point] = rows[unit][twin] }
        }
        let width = ActivationPattern.wordsPerUnit(points: points)
        var words = [UInt64](repeating: 0, count: units * width)
        for (unit, row) in rows.enumerated() {
            for (point, bit) in row.enumerated() where bit {
                words[unit * width + point / 64] |= 1 << UInt64(point % 64)
            }
        }
        return ActivationPattern(units: units, points: points, words: words)
    }

    @Test(arguments: kinds)
    func ranksAreRightAndProved(kind: String) throws {
        let backend = try BackendChoice.cpu.open(options: BackendOptions(threads: 1)).backend
        var generator = SeededGenerator(seed: 17)
        var deficient = 0, relations = 0
        for round in 0..<60 {
            let n = 1 + generator.below(14), d0 = 1 + generator.below(3), units = 1 + generator.below(8)
            var points = [[Double]]()
            for _ in 0..<n { points.append(point(kind, d0, points, &generator)) }
            let problem = TrialProblem(
                seed: UInt64(round), points: n, inputDimension: d0, units: units, bias: generator.below(2) == 0,
                inputs: .given(DataSet(points: n, inputDimension: d0, values: points.flatMap { $0 })),
                network: .pattern(pattern(units: units, points: n, &generator)))
            let explanation = try Explanation(problem, trial: 0, on: backend)
            #expect(
                explanation.profile.pivotColumns.map(Int.init) == explanation.numbers.plainProfile(), "round \(round)")
            #expect(explanation.isProved, "round \(round)")
            let certificate = try Certificate(parsing: Certificate(explanation, fullrank: "test").bytes)
            try CertificateCheck(certificate, on: backend).run()
            deficient += explanation.isFullRank ? 0 : 1
            relations += explanation.circuits.count { if case .integers = $0.evidence { true } else { false } }
        }
        #expect(deficient > 10, "\(kind): only \(deficient) of 60 are deficient")
        if !["huge and tiny", "powers of two"].contains(kind) {
            #expect(relations > 0, "\(kind): no relation beyond the pattern's")
        }
    }

    /// 10^5 equal units: one of them counts.
    @Test func equalUnitsAreOne() throws {
        let backend = try BackendChoice.cpu.open(options: BackendOptions(threads: 1)).backend
        let bits: UInt64 = 0b1011_0110_1101
        let pattern = ActivationPattern(units: 100_000, points: 12, words: Array(repeating: bits, count: 100_000))
        let problem = TrialProblem(
            seed: 0, points: 12, inputDimension: 2, units: 100_000, inputs: .drawn(.normal), network: .pattern(pattern))
        let explanation = try Explanation(problem, trial: 0, on: backend)
        #expect(explanation.profile.rank == 3 && explanation.circuits.count == 9 && explanation.isProved)
        #expect(explanation.circuits.count { $0.rank == 0 } == 12 - bits.nonzeroBitCount)
    }
}
