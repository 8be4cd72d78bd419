import FullrankModel
import FullrankReport
import FullrankStatistics
import FullrankSweep

/// The cells and trials that are in all of several sweeps of the same samples.
struct SharedTrials {
    /// For each sweep, only the shared cells and trials.
    let digests: [SweepDigest]
    /// "60 trials" or "40 to 60 trials", of each problem.
    let count: String

    /// - Throws: usage if nothing is shared.
    init(_ sweeps: [ReadSweep]) throws(CommandFailure) {
        func nothing(_ what: String) -> CommandFailure {
            let others = sweeps.dropFirst().map { $0.path.printable() }.joined(separator: ", ")
            return .usage("--compare: no \(what) is in \(sweeps[0].path.printable()) and in \(others)")
        }
        guard let grid = SharedGrid(sweeps.map(\.plan)) else { throw nothing("cell") }
        let problems = grid.part(of: sweeps[0].plan, trials: 1).problems
        var trials = [Set<Int>]()
        for sweep in sweeps {
            let own = try sweep.countedTrials(problems)
            trials = trials.isEmpty ? own : zip(trials, own).map { $0.intersection($1) }
        }
        guard let most = trials.map(\.count).max(), most > 0 else { throw nothing("trial") }
        let fewest = trials.map(\.count).min() ?? most
        count = fewest == most ? counted(most, "trial") : "\(fewest) to \(most) trials"
        var digests = [SweepDigest]()
        for sweep in sweeps { digests.append(try sweep.digest(of: grid.part(of: sweep.plan, trials: most), trials)) }
        self.digests = digests
    }

    /// "Compared: the 60 trials and 40 cells that all of them hold."
    func words(_ sweeps: [ReadSweep]) -> String {
        let cells = digests[0].plan.problems.reduce(0) { $0 + $1.points.count * $1.units.count }
        let isAll = sweeps.allSatisfy { sweep in
            sweep.plan.problems.reduce(0) { $0 + $1.points.count * $1.units.count } == cells
                && sweep.plan.target == nil && counted(sweep.plan.trials, "trial") == count
        }
        let folders = sweeps.count == 2 ? "both sweeps" : "all \(sweeps.count) sweeps"
        return isAll
            ? "" : " Compared: the \(count) of each problem and \(counted(cells, "cell")) that \(folders) hold."
    }
}

extension ReadSweep {
    /// By problem of a part of the plan, the trials that count. A trial that lacks a cell (svd) counts in no table.
    fileprivate func countedTrials(_ parts: [SweepProblem]) throws(CommandFailure) -> [Set<Int>] {
        let places = places(of: parts)
        var trials = parts.map { _ in Set<Int>() }
        try readCounted { trial in
            if case .summaries(let summaries) = trial.result, summaries.contains(where: { $0 == nil }) { return }
            for place in places[trial.problem] { trials[place].insert(trial.trial) }
        }
        return trials
    }

    /// By problem, the indices of the parts that it contains: at most one if it was cut down.
    private func places(of parts: [SweepProblem]) -> [[Int]] {
        plan.problems.map { problem in parts.indices.filter { problem.holds(parts[$0]) } }
    }

    /// The trials of a part of the plan.
    ///
    /// - Parameter trials: by problem of the part.
    fileprivate func digest(of part: SweepPlan, _ trials: [Set<Int>]) throws(CommandFailure) -> SweepDigest {
        let problems = plan.problems, parts = part.problems
        let places = places(of: parts)
        var digest = SweepDigest(plan: part)
        try readCounted { trial in
            for place in places[trial.problem] where trials[place].contains(trial.trial) {
                switch trial.result {
                case .profile(let profile): digest.add(profile, problem: place)
                case .summaries(let summaries):
                    digest.add(problems[trial.problem].cells(summaries, of: parts[place]), problem: place)
                }
            }
        }
        return digest
    }
}

extension SweepProblem {
    /// The cells of a part among those of a trial, points-major.
    fileprivate func cells(_ summaries: [SingularSummary?], of part: SweepProblem) -> [SingularSummary?] {
        let wantedPoints = Set(part.points), wantedUnits = Set(part.units)
        let columns = units.indices.filter { wantedUnits.contains(units[$0]) }
        return points.indices.filter { wantedPoints.contains(points[$0]) }.flatMap { row in
            columns.map { summaries[row * units.count + $0] }
        }
    }
}
