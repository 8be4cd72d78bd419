import FullrankBackends
import FullrankMinima
import FullrankModel
import FullrankTestSupport
import Testing

@Suite struct ExplicitMinimumTests {
    /// Every complete region holds the minimum that lemma 15 writes down, and the solver says feasible.
    @Test func completePatternsAreFeasible() throws {
        let backend = try CBackend(BackendTable.cpu(), options: BackendOptions(threads: 1))
        var complete = 0
        for trial in UInt64(0)..<60 {
            let n = 2 + Int(trial % 6), d1 = 40 + 10 * n
            let problem = TrialProblem(
                seed: 7, points: n, inputDimension: 1, units: d1, inputs: .drawn(.cube), network: .drawn(.heUniform))
            let query = MinimaQuery(labels: .random, regions: .regions, points: [n], units: [d1])
            let sample = try backend.minimaSamples(of: problem, query, trial: trial)
            let inputs = try backend.inputs(of: problem, trial: trial)
            let order = inputs.indices.sorted { inputs[$0] < inputs[$1] }
            var words = [UInt64](repeating: 0, count: d1)
            for unit in 0..<d1 {
                for (place, point) in order.enumerated() where sample.pattern[unit, point] {
                    words[unit] |= 1 << UInt64(place)
                }
            }
            let sorted = ActivationPattern(units: d1, points: n, words: words)
            let x = order.map { inputs[$0] }, y = order.map { sample.labels[$0] }
            let minimum = ExplicitMinimum(inputs: x, labels: y, outputs: sample.outputs, pattern: sorted)
            guard
                case .computed(.brackets(let rows)) = try backend.minima(of: problem, query, trials: trial..<trial + 1)[
                    0]
            else { Issue.record("trial \(trial) was not computed"); continue }
            guard let minimum else { continue }
            complete += 1
            #expect(rows[0][d1] == .feasible, "trial \(trial)")
            for (j, x) in x.enumerated() {
                var sum = 0.0
                for unit in 0..<d1 {
                    let z = minimum.weights[unit] * x + minimum.biases[unit]
                    #expect(sorted[unit, j] ? z >= -1e-12 : z <= 1e-12, "trial \(trial), unit \(unit)")
                    sum += sample.outputs[unit] * max(0, z)
                }
                #expect(abs(sum - y[j]) < 1e-9, "trial \(trial), point \(j)")
            }
        }
        #expect(complete > 20, "only \(complete) patterns were complete")
    }

    /// The chain against the published alternating sum, where that has digits.
    @Test(arguments: [(3, 12), (5, 40), (8, 120)])
    func probabilityOfComplete(n: Int, d1: Int) {
        func binomial(_ n: Int, _ k: Int) -> Double { (0..<k).reduce(1.0) { $0 * Double(n - $1) / Double($1 + 1) } }
        func power(_ x: Double, _ k: Int) -> Double { (0..<k).reduce(1.0) { product, _ in product * x } }
        let sums = [(d1 + 1) / 2, d1 / 2].map { (d: Int) -> Double in
            (0...n).reduce(0.0) { (sum: Double, k: Int) -> Double in
                let sign: Double = k % 2 == 0 ? 1 : -1
                return sum + sign * binomial(n, k) * power(1 - Double(k) / Double(2 * n), d)
            }
        }
        let chain = CompletePatterns.probability(points: n, units: d1, outputs: .alternating)
        #expect(abs(chain - sums[0] * sums[1]) < 1e-9)
    }

    @Test func publishedLine() {
        #expect(abs(CompletePatterns.sufficientWidth(points: 20, epsilon: 0.1) - 479.32) < 0.005)
        let width = CompletePatterns.width(points: 20, level: 0.5, outputs: .alternating)
        #expect(CompletePatterns.probability(points: 20, units: width, outputs: .alternating) >= 0.5)
        #expect(CompletePatterns.probability(points: 20, units: width - 2, outputs: .alternating) < 0.5)
    }
}
