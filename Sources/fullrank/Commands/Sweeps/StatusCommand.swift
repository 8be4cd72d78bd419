import FullrankDimension
import FullrankFiles
import FullrankMinima
import FullrankModel
import FullrankRuns
import FullrankSweep

/// `fullrank status`.
struct StatusOptions: Sendable {
    var folders: [String]
    var json: Bool

    static let spec = CommandSpec(
        name: "status", summary: "report the progress of sweeps", usage: "DIR... [options]",
        details: """
            Prints for each folder how many of its trials are finished, the rate of the last run, the time left at
            that rate, and whether a process works in it now. With --half-width the trials are those called for so
            far, and a + says that more may follow. For train it counts steps. For shards of one sweep it also names
            the shards that have no folder here. If DIR contains folders of runs, as reproduce makes them, each of
            these is reported.
            """,
        operand: OptionSpec("DIR", nil, "folders of sweep, threshold, minima, dimension, train or\nreproduce, or folders of these"),
        takesSeveral: true,
        options: [.json], example: "fullrank status shard-1 shard-2")

    init(_ arguments: ParsedArguments) throws(CommandFailure) {
        folders = arguments.operands
        json = arguments.has("--json")
    }
}

func runStatus(_ options: StatusOptions, _ context: CommandContext) throws(CommandFailure) {
    var statuses = [FolderStatus]()
    // One folder that can't be read, or that a job has yet to fill, does not hide the others.
    var failures = [CommandFailure]()
    var seen = Set<String>()
    for folder in options.folders.flatMap({ RunFolders.of($0) }) where seen.insert(folder).inserted {
        do throws(SweepFolderError) { statuses.append(try FolderStatus(folder)) } catch {
            failures.append(CommandFailure(error, option: nil))
        }
    }
    if options.json, !statuses.isEmpty {
        try writeOutput(JSONText.array(statuses.map(\.json)).text + "\n")
    } else {
        try writeOutput(statuses.map { $0.line + "\n" }.joined())
        if let missing = ShardRuns(missingFrom: statuses.compactMap(\.shard)), !missing.isEmpty {
            try writeOutput("missing shards: \(missing)\n")
        }
    }
    guard let last = failures.popLast() else { return }
    for failure in failures { writeError("status: " + failure.message) }
    throw last
}

/// A folder of `sweep`, `minima`, `dimension` or `train`.
private struct FolderStatus {
    var path: String
    var shard: Shard?
    var trials: Int
    var total: Int
    var mayGrow = false
    var isRunning: Bool
    var resumed = 0
    var seconds: Double
    /// What is counted: "trials", "steps".
    var unit = "trials"
    private var isComplete: Bool

    init(_ folder: String) throws(SweepFolderError) {
        if ReadTraining.holds(folder) {
            let training = try ReadTraining(folder)
            (path, shard, trials, total) = (folder, nil, training.stepsDone, training.words.steps)
            (isRunning, seconds, unit, isComplete) = (training.isRunning, 0, "steps", training.isComplete)
            return
        }
        if DimensionReader.holds(folder) {
            let status = try DimensionStatus(folder)
            (path, shard, trials, total) = (status.path, status.record.shard, status.trials, status.total)
            (isRunning, seconds) = (status.isRunning, status.seconds)
        } else if MinimaReader.holds(folder) {
            let status = try MinimaStatus(folder)
            (path, shard, trials, total) = (status.path, status.record.shard, status.trials, status.total)
            (isRunning, seconds, mayGrow) = (status.isRunning, status.seconds, status.mayGrow)
        } else {
            let status = try SweepStatus(folder)
            (path, shard, trials, total) = (status.path, status.record.shard, status.trials, status.total)
            (isRunning, resumed, seconds) = (status.isRunning, status.resumed, status.seconds)
            mayGrow = status.mayGrow
        }
        isComplete = trials == total
    }

    /// Trials a second of the last run; nil if it is not known.
    var rate: Double? { seconds > 0 && trials > resumed ? Double(trials - resumed) / seconds : nil }
    var secondsLeft: Double? { isComplete ? 0 : rate.map { Double(total - trials) / $0 } }

    var line: String {
        let share = shard.map { ", shard \($0)" } ?? ""
        let state = isComplete ? "complete" : isRunning ? "running" : "stopped"
        let progress =
            unit != "trials" || (isComplete && rate == nil)
            ? "\(trials)/\(total) \(unit)"
            : RunProgress(done: trials, total: total, seconds: seconds, resumed: resumed, mayGrow: mayGrow).line(width: 60)
        return "\(path.printable())\(share): \(state)  \(progress)"
    }

    var json: JSONText {
        .object([
            ("folder", .string(path)), ("shard", shard.map { .string($0.description) } ?? .null),
            ("trials", .integer(trials)), ("total", .integer(total)), ("complete", .boolean(isComplete)),
            ("running", .boolean(isRunning)), ("trials_per_second", rate.map { .number($0) } ?? .null),
            ("seconds_left", secondsLeft.map { .number($0) } ?? .null), ("total_may_grow", .boolean(mayGrow)),
            ("unit", .string(unit)),
        ])
    }
}
