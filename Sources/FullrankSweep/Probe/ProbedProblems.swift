/// Which of many problems a probe runs: evenly spaced, the first and the last among them. The others lie between two.
package struct ProbedProblems {
    /// Ascending.
    package let chosen: [Int]

    package init(of problems: Int, atMost most: Int) {
        let count = min(problems, most)
        chosen = (0..<count).map { count == 1 ? 0 : $0 * (problems - 1) / (count - 1) }
    }

    /// The places in `chosen` that a problem lies between, and how far it is from the first to the second; 0 if it
    /// is the first one itself.
    package func neighbours(of problem: Int) -> (before: Int, after: Int, share: Double) {
        let after = chosen.firstIndex { $0 >= problem } ?? chosen.count - 1
        guard chosen[after] != problem else { return (after, after, 0) }
        let (low, high) = (chosen[after - 1], chosen[after])
        return (after - 1, after, Double(problem - low) / Double(high - low))
    }
}
