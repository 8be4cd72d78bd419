import FullrankBackends
import FullrankModel

extension NetworkBackend {
    /// Ranks of all cells of trials of one problem, modulo the largest of the plan's primes' ranks: a rank modulo a prime
    /// is never above the rank.
    ///
    /// - Parameters:
    ///   - index: of the problem in its plan.
    ///   - data: the file's points, if the plan has one.
    ///   - begun: told how many of how many calls are done before each.
    func trials(
        _ numbers: Range<Int>, of plan: NetworkSweepPlan, index: Int, data: DataSet?,
        begun: (_ done: Int, _ all: Int) -> Void = { _, _ in }
    ) throws(BackendError) -> [NetworkSweepTrial] {
        let problem = plan.problems[index], threads = max(1, min(self.threads, numbers.count))
        let samples = concurrently(threads) { thread in
            stride(from: numbers.lowerBound + thread, to: numbers.upperBound, by: threads).map {
                NetworkSample(plan, problem, trial: $0)
            }
        }
        func sample(_ place: Int) -> NetworkSample { samples[place % threads][place / threads] }
        let cells = problem.points.count * problem.units.count, primes = plan.grid.primes
        var ranks = [[Int]](repeating: [Int](repeating: 0, count: cells), count: numbers.count)
        for (column, units) in problem.units.enumerated() {
            let shape = plan.shape(of: problem, units: units)
            var parameters = [Double]()
            parameters.reserveCapacity(numbers.count * shape.parameterCount)
            for place in ranks.indices { sample(place).appendParameters(units: units, to: &parameters) }
            for (row, points) in problem.points.enumerated() {
                let values = points * problem.inputDimension
                let batch = NetworkBatch(
                    shape: shape, query: plan.query, count: numbers.count, points: points, parameters: parameters,
                    pointValues: data.map { Array($0.values[..<values]) }
                        ?? ranks.indices.flatMap { sample($0).points[..<values] },
                    isSharingPoints: data != nil)
                let cell = row * problem.units.count + column
                for (place, prime) in primes.enumerated() {
                    begun((column * problem.points.count + row) * primes.count + place, cells * primes.count)
                    for (trial, outcome) in try networkRanks(of: batch, prime: prime).enumerated() {
                        guard case .computed(let rank) = outcome else {
                            throw .internal("trial \(numbers.lowerBound + trial) was left out")
                        }
                        ranks[trial][cell] = max(ranks[trial][cell], rank.rank)
                    }
                }
            }
        }
        return zip(numbers, ranks).map { NetworkSweepTrial(problem: index, trial: $0, ranks: $1) }
    }
}
