import FullrankModel
import FullrankRuns

/// Which of many problems a probe runs: evenly spaced, the first and the last among them. The others lie between two.
package struct ProbedProblems {
    /// Ascending.
    package let chosen: [Int]

    package init(of problems: Int, atMost most: Int) {
        chosen = evenlySpread(problems, atMost: most)
    }

    /// The places in `chosen` that a problem lies between, and how far it is from the first to the second; 0 if it
    /// is the first one itself.
    package func neighbours(of problem: Int) -> (before: Int, after: Int, share: Double) {
        let after = chosen.firstIndex { $0 >= problem } ?? chosen.count - 1
        guard chosen[after] != problem else { return (after, after, 0) }
        let (low, high) = (chosen[after - 1], chosen[after])
        return (after - 1, after, Double(problem - low) / Double(high - low))
    }

    /// The costs of all problems: measured, and evenly changing between those that are.
    ///
    /// - Parameters:
    ///   - seconds: for all of them together, from `start` on.
    ///   - measure: a problem, in about so many seconds.
    package func costs(
        seconds: Double, since start: ContinuousClock.Instant,
        _ measure: (_ problem: Int, _ seconds: Double) throws(SweepError) -> SpeedProbe.Cost
    ) throws(SweepError) -> [SpeedProbe.Cost] {
        var measured = [SpeedProbe.Cost]()
        for (place, problem) in chosen.enumerated() {
            let left = max(0, seconds - (ContinuousClock.now - start).seconds)
            measured.append(try measure(problem, left / Double(chosen.count - place)))
        }
        return (0..<(chosen.last.map { $0 + 1 } ?? 0)).map { problem in
            let (before, after, share) = neighbours(of: problem)
            func between(_ value: (SpeedProbe.Cost) -> Double) -> Double {
                value(measured[before]) * (1 - share) + value(measured[after]) * share
            }
            return SpeedProbe.Cost(
                seconds: between(\.seconds), bytes: between(\.bytes),
                isMeasured: share == 0 && measured[before].isMeasured, spread: between(\.spread))
        }
    }
}
