import FullrankFiles
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
        operand: OptionSpec(
            "DIR", nil,
            "folders of sweep, threshold, minima, landscape sample, dimension,\ntrain or reproduce, or folders of these"
        ),
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
struct FolderStatus {
    var path: String
    var shard: Shard?
    var count: (done: Int, total: Int, mayGrow: Bool)
    var isRunning: Bool
    var isComplete: Bool
    var resumed = 0
    var seconds = 0.0
    var rate: Double?
    var secondsLeft: Double?
    /// What is counted: "trials", "steps".
    var unit = "trials"

    init(_ folder: String) throws(SweepFolderError) {
        if ReadTraining.holds(folder) {
            self.init(try ReadTraining(folder), folder)
        } else if let kind = RunKind.of(folder) {
            self = try kind.status(folder)
        } else {
            self.init(try SweepStatus(folder))
        }
    }

    private init(_ training: ReadTraining, _ folder: String) {
        path = folder
        count = (training.stepsDone, training.words.steps, false)
        (isRunning, isComplete, unit) = (training.isRunning, training.isComplete, "steps")
        secondsLeft = isComplete ? 0 : nil
    }

    init(_ status: RunStatus<some RunRecord>) {
        (path, shard, isRunning, isComplete) = (status.path, status.record.shard, status.isRunning, status.isComplete)
        count = (status.count.done, status.count.total, status.count.mayGrow)
        (resumed, seconds) = (status.resumed, status.seconds)
        (rate, secondsLeft) = (status.rate, status.secondsLeft)
    }

    var line: String {
        let share = shard.map { ", shard \($0)" } ?? ""
        let state = isComplete ? "complete" : isRunning ? "running" : "stopped"
        let progress =
            unit != "trials" || (isComplete && rate == nil)
            ? "\(count.done)/\(count.total) \(unit)"
            : RunProgress(
                done: count.done, total: count.total, seconds: seconds, resumed: resumed, mayGrow: count.mayGrow
            ).line(width: 60)
        return "\(path.printable())\(share): \(state)  \(progress)"
    }

    var json: JSONText {
        .object([
            ("folder", .string(path)), ("shard", shard.map { .string($0.description) } ?? .null),
            ("trials", .integer(count.done)), ("total", .integer(count.total)), ("complete", .boolean(isComplete)),
            ("running", .boolean(isRunning)), ("trials_per_second", rate.map { .number($0) } ?? .null),
            ("seconds_left", secondsLeft.map { .number($0) } ?? .null), ("total_may_grow", .boolean(count.mayGrow)),
            ("unit", .string(unit)),
        ])
    }
}
