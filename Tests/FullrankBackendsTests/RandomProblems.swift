import FullrankModel
import FullrankTestSupport

/// Problems of every kind a backend takes, drawn at random: shapes, biases, distributions, given networks and
/// patterns, given data with duplicates, small integers, tiny and huge numbers.
struct RandomProblems {
    private var generator: SeededGenerator

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    mutating func below(_ bound: Int) -> Int { generator.below(bound) }

    mutating func next(mostPoints: Int = 40, mostUnits: Int = 30) -> TrialProblem {
        let dimension = below(7)
        var problem = TrialProblem(
            seed: generator.next(), points: below(mostPoints + 1), inputDimension: dimension,
            units: below(mostUnits + 1), bias: dimension == 0 || below(3) > 0)
        switch below(4) {
        case 0: problem.inputs = .given(data(points: problem.points + below(3), dimension: dimension))
        default: problem.inputs = .drawn(InputDistribution.allCases[below(3)])
        }
        switch below(5) {
        case 0: problem.network = .pattern(pattern(units: problem.units + below(3), points: problem.points + below(70)))
        case 1: problem.network = network(units: problem.units, dimension: dimension)
        default: problem.network = .drawn(Initialization.allCases[below(3)])
        }
        return problem
    }

    mutating func data(points: Int, dimension: Int) -> DataSet {
        let kind = below(4)
        var rows = [[Double]]()
        for _ in 0..<points {
            if kind == 0, !rows.isEmpty, below(2) == 0 {
                rows.append(rows[below(rows.count)])
            } else {
                rows.append((0..<dimension).map { _ in number(kind) })
            }
        }
        return DataSet(points: points, inputDimension: dimension, values: rows.flatMap { $0 })
    }

    /// 0: any; 1: small integers; 2: 1e±300 and subnormals beside ordinary ones; 3: any, often 0.
    private mutating func number(_ kind: Int) -> Double {
        let uniform = Double.random(in: -1...1, using: &generator)
        switch kind {
        case 1: return Double(below(5) - 2)
        case 2: return uniform * [1e300, 1e-300, 1, .leastNonzeroMagnitude * 9, 1e16][below(5)]
        case 3: return below(2) == 0 ? 0 : uniform
        default: return uniform
        }
    }

    private mutating func network(units: Int, dimension: Int) -> TrialProblem.Network {
        let kind = 1 + below(3)
        return .given(
            weights: (0..<(units * dimension)).map { _ in number(kind) }, biases: (0..<units).map { _ in number(kind) })
    }

    /// Rows that repeat, as repeated patterns are skipped; bits beyond the problem are set too.
    mutating func pattern(units: Int, points: Int) -> ActivationPattern {
        let width = ActivationPattern.wordsPerUnit(points: points)
        let density = below(4)
        var rows = [[UInt64]]()
        for _ in 0..<units {
            let bits = (0..<width).map { _ in
                switch density {
                case 0: generator.next() & generator.next()
                case 1: generator.next() | generator.next()
                default: generator.next()
                }
            }
            rows.append(!rows.isEmpty && below(4) == 0 ? rows[below(rows.count)] : bits)
        }
        if points % 64 != 0 {
            for row in rows.indices { rows[row][width - 1] &= (1 << UInt64(points % 64)) - 1 }
        }
        return ActivationPattern(units: units, points: points, words: rows.flatMap { $0 })
    }
}
