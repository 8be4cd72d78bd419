import FullrankFiles
import FullrankBackends
import FullrankModel
import FullrankSweep

/// What a job would take: `--dry-run`.
struct DryRun {
    let job: SweepJob
    let probe: SpeedProbe
    let backend: any RankBackend
    /// In the folder already; nil where a sweep would begin.
    let there: TrialCount?
    let isRunning: Bool
    /// Trials left of each problem; at least and at most differ with a half-width only.
    let left: [(least: Int, most: Int)]

    /// Looks into the folder, if there is one, and measures. Writes nothing.
    init(_ job: SweepJob, on backend: any RankBackend, threads: Int) throws(SweepError) {
        self.job = job
        self.backend = backend
        let plan = job.plan
        do throws(SweepFolderError) {
            let reader: SweepReader? =
                if job.output.isEmpty { nil } else {
                    try SweepReader(
                        job.output, plan: plan, shard: job.shard, extending: job.isExtending,
                        replacing: job.isReplacing)
                }
            let state = try reader?.state()
            there = state?.count
            isRunning = reader?.isRunning ?? false
            let share = job.shard?.trials(of: plan.trials).count
            left = state?.left ?? plan.problems.map { _ in (share ?? plan.trials, share ?? plan.mostTrials) }
        } catch {
            throw .folder(error)
        }
        if case .svd(let precision) = plan.method { try SweepJob.loadLibraries(of: backend, precision) }
        probe = try SpeedProbe(plan: plan, dataSet: job.data, backend: backend, threads: threads)
    }

    var cells: Int { job.plan.problems.reduce(0) { $0 + $1.points.count * $1.units.count } }

    /// A quantity of every trial that is left, added up: at least and at most.
    func sum(_ quantity: (Int) -> Double) -> (least: Double, most: Double) {
        var sums = (least: 0.0, most: 0.0)
        for index in left.indices {
            let one = quantity(index)
            sums.least += one * Double(left[index].least)
            sums.most += one * Double(left[index].most)
        }
        return sums
    }
    var trials: (least: Double, most: Double) { sum { _ in 1 } }
    var work: (least: Double, most: Double) {
        let problems = job.plan.problems
        return sum { problems[$0].multiplyAdds(job.plan.method) }
    }
    var seconds: (least: Double, most: Double) { sum { probe.costs[$0].seconds } }
    var bytes: (least: Double, most: Double) { sum { probe.costs[$0].bytes } }
}

extension DryRun {
    /// Several lines, for people.
    var text: String {
        let plan = job.plan, problems = plan.problems.count
        let several = problems == 1 ? "1 problem" : "\(problems) problems"
        let each = plan.target.map { "\(plan.trials) to \($0.maxTrials) trials each" } ?? "\(plan.trials) trials each"
        var lines = ["\(job.title): \(several), \(cells) cells, \(each)"]
        if let shard = job.shard { lines[0] += ", shard \(shard) of them" }
        let measured = probe.costs.count { $0.isMeasured }
        let source =
            measured == problems
            ? "trials of these shapes"
            : measured == 0 ? "smaller trials" : "trials of \(measured) of the problems, or smaller ones"
        var trials = "trials: " + Self.range(self.trials) { "\(Int($0))" }
        if let there {
            let total = "\(there.total)\(there.mayGrow ? " or more" : "")"
            trials += " left; \(there.done) of \(total) are in \(job.output.printable())"
            if isRunning { trials += ", where a process is at work" }
        }
        lines += [
            trials,
            "work: " + Self.range(work, Self.scientific) + " multiply-adds, from the shapes: " + formula,
            "time: about " + Self.range(seconds, Self.duration) + " on \(backend.name), \(backend.device.printable()); from "
                + "\(source), run now for \(Self.duration(probe.elapsed)); tables and figures come on top",
            "memory: about " + Self.bytes(probe.memory) + " at the peak, from the probe's"
                + (backend.name == "cpu" ? "" : "; the device's own is not counted"),
            "disk: about " + Self.range(bytes, Self.bytes) + " of journal, from the probe's lines",
        ]
        return lines.map { $0 + "\n" }.joined()
    }

    private var formula: String {
        switch job.plan.method {
        case .exact: "r^2 (n - 2r/3) a trial, r = min(n, \(job.plan.hidden == nil ? "d1 k" : "columns"))"
        case .svd: "4 m^2 M a cell, m and M its sides"
        }
    }

    var json: JSONText {
        .object([
            ("title", .string(job.title)), ("folder", job.output.isEmpty ? .null : .string(job.output)),
            ("backend", .string(backend.name)), ("device", .string(backend.device)),
            ("problems", .integer(left.count)), ("cells", .integer(cells)),
            ("trials_done", .integer(there?.done ?? 0)), ("running", .boolean(isRunning)),
            ("trials_left", .integer(Int(trials.least))), ("trials_left_most", .integer(Int(trials.most))),
            ("multiply_adds", .number(work.least)), ("multiply_adds_most", .number(work.most)),
            ("seconds", .number(seconds.least)), ("seconds_most", .number(seconds.most)),
            ("memory_bytes", .number(probe.memory)),
            ("journal_bytes", .number(bytes.least)), ("journal_bytes_most", .number(bytes.most)),
            ("measured_problems", .integer(probe.costs.count { $0.isMeasured })),
            ("probe_seconds", .number(probe.elapsed)),
        ])
    }

    /// "3 s", or "3 s to 2 min".
    private static func range(_ value: (least: Double, most: Double), _ words: (Double) -> String) -> String {
        let (least, most) = (words(value.least), words(value.most))
        return least == most ? least : "\(least) to \(most)"
    }

    /// Two digits: "1.4e8", "350".
    private static func scientific(_ value: Double) -> String {
        guard value >= 1000 else { return "\(Int(value.rounded()))" }
        var (mantissa, exponent) = (value, 0)
        while mantissa >= 9.95 { (mantissa, exponent) = (mantissa / 10, exponent + 1) }
        return "\(twoDigits(mantissa))e\(exponent)"
    }

    private static func duration(_ seconds: Double) -> String {
        let units: [(String, Double)] = [("days", 86_400), ("h", 3600), ("min", 60), ("s", 1)]
        let (name, size) = units.first { seconds >= 2 * $0.1 } ?? ("s", 1)
        return seconds == 0 ? "0 s" : seconds < 0.01 ? "0.01 s" : "\(twoDigits(seconds / size)) \(name)"
    }

    private static func bytes(_ count: Double) -> String {
        if count == 0 { return "0 kB" }
        let units: [(String, Double)] = [("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3)]
        let (name, size) = units.first { count >= $0.1 } ?? ("kB", 1e3)
        return "\(twoDigits(max(count / size, 0.1))) \(name)"
    }

    /// "0.034", "0.34", "3.4", "34", "340".
    private static func twoDigits(_ value: Double) -> String {
        guard value < 9.95 else { return "\(Int(min(value, 1e15).rounded()))" }
        let places = value >= 0.995 || value == 0 ? 1 : value >= 0.0995 ? 2 : 3
        let scale = [1, 10, 100, 1000][places]
        let scaled = Int((value * Double(scale)).rounded())
        let digits = "\(scaled % scale)"
        return "\(scaled / scale)." + String(repeating: "0", count: places - digits.count) + digits
    }
}

extension CommandContext {
    /// Prints what jobs would take, one after the other.
    func dryRun(_ jobs: [SweepJob], on flags: BackendFlags, json: Bool) throws(CommandFailure) {
        let backend = try flags.openTelling()
        interruption.onSignal { backend.cancel() }
        defer { interruption.onSignal(nil) }
        var runs = [DryRun]()
        for job in jobs {
            do throws(SweepError) {
                let threads = try flags.threadsTaken()
                runs.append(try DryRun(job, on: backend, threads: threads))
            } catch {
                throw CommandFailure(error, signal: interruption.signal)
            }
        }
        try writeOutput(
            json ? JSONText.array(runs.map(\.json)).text + "\n" : runs.map(\.text).joined(separator: "\n"))
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
