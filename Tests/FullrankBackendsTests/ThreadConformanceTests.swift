import FullrankBackends
import FullrankModel
import Testing

/// Answers depend on the arguments alone: never on threads, batches or the order of calls.
@Suite struct ThreadConformanceTests {
    private static let problems = [
        TrialProblem(seed: 151, points: 60, inputDimension: 2, units: 90),
        TrialProblem(seed: 152, points: 40, inputDimension: 1, units: 300, bias: true, inputs: .drawn(.uniform)),
        TrialProblem(seed: 153, points: 30, inputDimension: 15, units: 4, bias: false),
    ]

    @Test(arguments: presentBackends)
    func manyTrials(choice: BackendChoice) throws {
        let cells = [Cell(points: 30, units: 4), Cell(points: 11, units: 3), Cell(points: 0, units: 2)]
        for problem in Self.problems {
            let single = try choice.opened(threads: 1)
            let profiles = try single.profiles(of: problem, trials: 0..<70, prime: Prime.largest)
            let values = try single.singularValues(of: problem, cells: cells, trials: 0..<9, precision: .float64)
            for threads in [2, 7] {
                let backend = try choice.opened(threads: threads)
                #expect(try backend.profiles(of: problem, trials: 0..<70, prime: Prime.largest) == profiles)
                // In other batches, from the last one on.
                for trials in [60..<70, 13..<60, 0..<13] {
                    let numbers = UInt64(trials.lowerBound)..<UInt64(trials.upperBound)
                    let batch = try backend.profiles(of: problem, trials: numbers, prime: Prime.largest)
                    #expect(batch == Array(profiles[trials]), "\(threads) threads")
                }
                let others = try backend.singularValues(of: problem, cells: cells, trials: 0..<9, precision: .float64)
                for (one, other) in zip(values, others) { #expect(try one.value == other.value, "\(threads) threads") }
            }
        }
    }

    /// One large trial, which all threads share.
    @Test(arguments: presentBackends)
    func oneLargeTrial(choice: BackendChoice) throws {
        for problem in [
            TrialProblem(seed: 154, points: 900, inputDimension: 3, units: 500),
            TrialProblem(seed: 155, points: 700, inputDimension: 10, units: 90),
        ] {
            let profiles = try [1, 2, 7].map {
                try choice.opened(threads: $0).profiles(of: problem, trials: 0..<1, prime: Prime.largest)
            }
            #expect(profiles[0] == profiles[1] && profiles[0] == profiles[2])
            // Not trivially so: most rows have pivots, not all in the first columns.
            #expect(profiles[0][0].rank > 600)
        }
    }
}
