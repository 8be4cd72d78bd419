import FullrankBackends
import FullrankModel

extension NetworkBackend {
    /// Ranks of all cells of trials of one problem, each the largest modulo one of the plan's primes: a rank modulo a
    /// prime is never above the rank. One elimination for each trial and prime gives all cells.
    ///
    /// - Parameters:
    ///   - index: of the problem in its plan.
    ///   - data: the file's points, if the plan has one.
    ///   - begun: told how many of how many calls are done before each.
    package func trials(
        _ numbers: Range<Int>, of plan: NetworkSweepPlan, index: Int, data: DataSet?,
        begun: (_ done: Int, _ all: Int) -> Void = { _, _ in }
    ) throws(BackendError) -> [NetworkSweepTrial] {
        let problem = plan.problems[index]
        let batch = batch(numbers, of: plan, problem, data: data)
        let cells = problem.points.count * problem.units.count, primes = plan.grid.primes
        var ranks = [[Int]](repeating: [Int](repeating: 0, count: cells), count: numbers.count)
        for (place, prime) in primes.enumerated() {
            begun(place, primes.count)
            let outcomes = try networkBlockRanks(of: batch, points: problem.points, units: problem.units, prime: prime)
            for (trial, outcome) in outcomes.enumerated() {
                guard case .computed(let found) = outcome else {
                    throw .internal("trial \(numbers.lowerBound + trial) was left out")
                }
                for cell in 0..<cells { ranks[trial][cell] = max(ranks[trial][cell], found[cell]) }
            }
        }
        return zip(numbers, ranks).map { NetworkSweepTrial(problem: index, trial: $0, ranks: $1) }
    }

    private func batch(
        _ numbers: Range<Int>, of plan: NetworkSweepPlan, _ problem: SweepProblem, data: DataSet?
    ) -> NetworkBatch {
        let threads = max(1, min(self.threads, numbers.count))
        let samples = concurrently(threads) { thread in
            stride(from: numbers.lowerBound + thread, to: numbers.upperBound, by: threads).map {
                NetworkSample(plan, problem, trial: $0)
            }
        }
        let shape = plan.shape(of: problem, units: problem.largestUnits)
        var parameters = [Double](), points = [Double]()
        parameters.reserveCapacity(numbers.count * shape.parameterCount)
        if let data { points = Array(data.values[..<(problem.largestPoints * problem.inputDimension)]) }
        for place in 0..<numbers.count {
            let sample = samples[place % threads][place / threads]
            parameters += sample.parameters
            points += sample.points
        }
        return NetworkBatch(
            shape: shape, query: plan.query, count: numbers.count, points: problem.largestPoints,
            parameters: parameters,
            pointValues: points, isSharingPoints: data != nil)
    }
}
