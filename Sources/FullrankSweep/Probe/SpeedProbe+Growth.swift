import FullrankModel
import FullrankPlatform

// From smaller trials to whole ones.
extension SpeedProbe {
    /// How much longer a whole trial takes than the largest one run: between the growth of the work, which large
    /// eliminations keep to, and that of the last two runs, where small ones still gain on it. Singular values gain
    /// until their matrix leaves the cache and lose then; 3.3 is what they have between n = 600 and 2400 (2 cores of
    /// a Zen 4, OpenBLAS 0.3.21, Scripts/check/estimates).
    func growth(_ runs: [(factor: Double, seconds: Double, bytes: Double)], work: (Double) -> Double) -> Double {
        let last = runs[runs.count - 1]
        guard plan.method == .exact else { return pow(1 / last.factor, 3.3) }
        let byWork = work(1) / work(last.factor)
        guard runs.count > 1 else { return byWork }
        let before = runs[runs.count - 2]
        let exponent = log(last.seconds / before.seconds) / log(last.factor / before.factor)
        return (byWork * pow(1 / last.factor, max(0, exponent))).squareRoot()
    }

    /// A whole trial's line, by how lines grow from one run to the next: repeated steps take no room
    /// (docs/file-formats.md), so that the growth depends on the problem.
    func bytes(_ runs: [(factor: Double, seconds: Double, bytes: Double)], of problem: SweepProblem) -> Double {
        let last = runs[runs.count - 1]
        guard plan.method == .exact, runs.count > 1 else { return last.bytes }
        let before = runs[runs.count - 2]
        let exponent = log(last.bytes / before.bytes) / log(last.factor / before.factor)
        // By order steps are large and do not repeat: a line grows with the points at least.
        return last.bytes * pow(1 / last.factor, min(max(problem.isByOrder ? 1 : 0, exponent), 1.2))
    }
}
