import FullrankModel
import FullrankTestSupport

/// A problem with random ascending lists, sometimes starting at 0, and one input beside the bias.
func randomProblem(using generator: inout SeededGenerator) -> SweepProblem {
    func ascending(_ range: ClosedRange<Int>) -> [Int] {
        let count = Int.random(in: 1...6, using: &generator)
        return Set((0..<count).map { _ in Int.random(in: range, using: &generator) }).sorted()
    }
    return SweepProblem(
        ratio: nil, inputDimension: Int.random(in: 1...4, using: &generator), points: ascending(0...30),
        units: ascending(1...20), bias: Bool.random(using: &generator))
}

/// A profile with distinct pivot columns, a few rows without; now and then more rows or columns than are listed.
func randomProfile(of problem: SweepProblem, using generator: inout SeededGenerator) -> RankProfile {
    let rows = problem.largestPoints + Int.random(in: 0...2, using: &generator)
    let columns = (problem.largestUnits + Int.random(in: 0...2, using: &generator)) * problem.columnsPerUnit
    let deficiency = Double.random(in: 0...0.1, using: &generator)
    var free = Array(0..<columns).shuffled(using: &generator)
    let pivots = (0..<rows).map { _ -> Int64 in
        Double.random(in: 0..<1, using: &generator) < deficiency ? -1 : Int64(free.popLast() ?? -1)
    }
    return RankProfile(pivotColumns: pivots, columnsPerUnit: problem.columnsPerUnit)
}
