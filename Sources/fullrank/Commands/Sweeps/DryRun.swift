import FullrankBackends
import FullrankFiles
import FullrankModel
import FullrankReport
import FullrankRuns
import FullrankSweep

/// What a job would take: `--dry-run`.
struct DryRun {
    var title: String
    /// Empty without `--output`.
    var output: String
    var shard: Shard?
    var problems: Int
    var cells: Int
    /// Of each problem, at least and at most.
    var each: (least: Int, most: Int)
    /// In the folder already; nil if a run would begin.
    var there: TrialCount?
    var isRunning: Bool
    /// Trials left of each problem; at least and at most differ with a half-width only.
    var left: [(least: Int, most: Int)]
    /// The work of one trial of each problem.
    var costs: [SpeedProbe.Cost]
    var work: Work
    /// Bytes at the peak, and seconds that the probe took.
    var memory: Double
    var elapsed: Double
    /// Bytes of the GPU's memory that a trial takes; nil on the CPU, and if it is not known.
    var deviceMemory: Double?
    /// With --per-trial: bytes of trials.csv, at least and at most.
    var tableBytes: (least: Double, most: Double)?
    /// Where it was measured.
    var backend: any RankBackend

    /// What a trial of each problem amounts to on any machine.
    enum Work {
        case multiplyAdds([Double], formula: String)
        /// One for each cell.
        case verdicts(Int)
        /// Of activation cells, in each trial.
        case combinations(Int)

        /// Their name in JSON, where they are whole numbers unless they are multiply-adds.
        var unit: String {
            switch self {
            case .multiplyAdds: "multiply_adds"
            case .verdicts: "verdicts"
            case .combinations: "combinations"
            }
        }
        var isCounted: Bool { if case .multiplyAdds = self { false } else { true } }
    }

    /// A quantity of every trial that is left, added up: at least and at most.
    func sum(_ quantity: (Int) -> Double) -> (least: Double, most: Double) {
        (sum(quantity, left.map(\.least)), sum(quantity, left.map(\.most)))
    }

    private func sum(_ quantity: (Int) -> Double, _ trials: [Int]) -> Double {
        trials.indices.reduce(0) { $0 + quantity($1) * Double(trials[$1]) }
    }

    var trials: (least: Double, most: Double) { sum { _ in 1 } }
    var workLeft: (least: Double, most: Double) {
        switch work {
        case .multiplyAdds(let ofProblems, _): sum { ofProblems[$0] }
        case .verdicts(let ofTrial), .combinations(let ofTrial): sum { _ in Double(ofTrial) }
        }
    }
    /// The least of the probe's range, and its most.
    var seconds: (least: Double, most: Double) {
        (sum { costs[$0].seconds / costs[$0].spread }.least, sum { costs[$0].seconds * costs[$0].spread }.most)
    }
    var bytes: (least: Double, most: Double) { sum { costs[$0].bytes } }
    var measured: Int { costs.count { $0.isMeasured } }
}

/// A job whose costs can be told beforehand.
protocol DryRunnable {
    /// Looks into the folder, if there is one, and measures. Writes nothing.
    func dryRun(on backend: any RankBackend, threads: Int) throws(SweepError) -> DryRun
}

/// A plan whose runs' costs can be told beforehand.
protocol DryRunPlan: TalliedPlan {
    static func dryRun(
        _ job: RunJob<Self>, on backend: any RankBackend, threads: Int
    ) throws(SweepError) -> DryRun
}

extension RunJob: DryRunnable where Plan: DryRunPlan {
    func dryRun(on backend: any RankBackend, threads: Int) throws(SweepError) -> DryRun {
        try Plan.dryRun(self, on: backend, threads: threads)
    }

    /// What the folder holds: nil if a run would begin; whether a process works in it; by problem, the trials left.
    func begun() throws(SweepError) -> (count: TrialCount?, isRunning: Bool, left: [(least: Int, most: Int)]) {
        do throws(SweepFolderError) {
            guard let reader = try readFolder() else {
                let all = 0..<plan.trialsPerProblem
                return (nil, false, plan.selection(share: shard?.trials(of: all.count) ?? all).left)
            }
            let selection = try reader.readCounted()
            return (selection.count, reader.isRunning, selection.left)
        } catch {
            throw .folder(error)
        }
    }
}

extension SweepJob: DryRunnable {
    func dryRun(on backend: any RankBackend, threads: Int) throws(SweepError) -> DryRun {
        let state: SweepState?, isRunning: Bool
        do throws(SweepFolderError) {
            let reader: SweepReader? =
                if output.isEmpty { nil } else {
                    try SweepReader(
                        output, plan: plan, shard: shard, extending: isExtending, replacing: isReplacing)
                }
            state = try reader?.state()
            isRunning = reader?.isRunning ?? false
        } catch {
            throw .folder(error)
        }
        if case .svd(let precision) = plan.method { try Self.loadLibraries(of: backend, precision) }
        let probe = try SpeedProbe(plan: plan, dataSet: data, backend: backend, threads: threads)
        let share = shard?.trials(of: plan.trials).count
        return DryRun(
            title: title, output: output, shard: shard, problems: plan.problems.count,
            cells: plan.problems.reduce(0) { $0 + $1.points.count * $1.units.count },
            each: (plan.trials, plan.mostTrials),
            there: state?.count, isRunning: isRunning,
            left: state?.left ?? plan.problems.map { _ in (share ?? plan.trials, share ?? plan.mostTrials) },
            costs: probe.costs,
            work: .multiplyAdds(plan.problems.map { $0.multiplyAdds(plan.method) }, formula: formula),
            memory: probe.memory, elapsed: probe.elapsed, deviceMemory: probe.deviceMemory,
            tableBytes: isPerTrial ? (tableSize(share ?? plan.trials), tableSize(share ?? plan.mostTrials)) : nil,
            backend: backend)
    }

    /// trials.csv of so many trials of each problem.
    private func tableSize(_ trials: Int) -> Double {
        plan.problems.reduce(0) { $0 + Double(trials) * TrialTable.size(of: $1, trials: plan.mostTrials, plan.method) }
    }

    private var formula: String {
        switch plan.method {
        case .exact where plan.isProvedByOrder: "20 a draw, of at most 3 n^1.5, and 1000 a point"
        case .exact:
            "r^2 (n - 2r/3) a trial, r = min(n, \(plan.hidden == nil ? "d1 k" : "columns"))"
                + (plan.dimensionsProvedByOrder.isEmpty ? "" : "; d0 = 1: 20 a draw, 1000 a point")
        case .svd: "4 m^2 M a cell, m and M its sides"
        }
    }
}

extension CommandContext {
    /// Prints what jobs would take, one after the other.
    func dryRun(_ jobs: [some DryRunnable], on flags: BackendFlags, json: Bool) throws(CommandFailure) {
        let backend = try flags.openTelling()
        interruption.onSignal { backend.cancel() }
        defer { interruption.onSignal(nil) }
        var runs = [DryRun]()
        for job in jobs {
            do throws(SweepError) {
                let threads = try flags.threadsTaken()
                runs.append(try job.dryRun(on: backend, threads: threads))
            } catch {
                throw CommandFailure(error, signal: interruption.signal)
            }
        }
        try writeOutput(
            json
                ? JSONText.array(runs.map(\.json)).text + "\n"
                : (runs.map(\.text) + (runs.count > 1 ? [DryRun.sums(runs)] : [])).joined(separator: "\n"))
    }
}

extension BackendFlags {
    /// Of the CPU: as many as asked for, or all the process may use.
    fileprivate func threadsTaken() throws(SweepError) -> Int {
        if let threads { return threads }
        do throws(BackendError) {
            return max(1, try BackendTable.cpu().devices().first?.computeUnits ?? 1)
        } catch {
            throw .backend(error, during: "asking for the CPU")
        }
    }
}
