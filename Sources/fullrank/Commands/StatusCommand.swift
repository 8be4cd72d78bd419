import FullrankModel
import FullrankSweep

/// `fullrank status`.
struct StatusOptions: Sendable {
    var folders: [String]
    var json: Bool

    static let spec = CommandSpec(
        name: "status", summary: "say how far sweeps have come", usage: "DIR... [options]",
        details: """
            Prints for each folder how many of its trials are done, their rate, the time left at that rate, and whether
            a process works in it now. With --half-width the trials are those called for so far, and a + says that
            more may follow. For shards of one sweep also which shards have no folder here.
            """,
        operand: OptionSpec("DIR", nil, "folders of sweep, threshold or reproduce"), takesSeveral: true,
        options: [.json], example: "fullrank status shard-1 shard-2")

    init(_ arguments: ParsedArguments) throws(CommandFailure) {
        folders = arguments.operands
        json = arguments.has("--json")
    }
}

func runStatus(_ options: StatusOptions, _ context: CommandContext) throws(CommandFailure) {
    var statuses = [SweepStatus]()
    do throws(SweepFolderError) {
        for folder in options.folders { statuses.append(try SweepStatus(folder)) }
    } catch {
        throw CommandFailure(error, option: nil)
    }
    if options.json {
        try writeOutput(JSONText.array(statuses.map(\.json)).text + "\n")
        return
    }
    try writeOutput(statuses.map { $0.line + "\n" }.joined())
    let shards = statuses.compactMap(\.record.shard)
    if let count = shards.first?.count, shards.allSatisfy({ $0.count == count }) {
        let missing = (1...count).filter { index in !shards.contains { $0.index == index } }
        if !missing.isEmpty { try writeOutput("missing shards: \(missing.map { "\($0)/\(count)" }.joined(separator: ", "))\n") }
    }
}

extension SweepStatus {
    fileprivate var line: String {
        let share = record.shard.map { ", shard \($0)" } ?? ""
        let state = isComplete ? "complete" : isRunning ? "running" : "stopped"
        let progress = RunProgress(done: trials, total: total, seconds: seconds, mayGrow: mayGrow).line(width: 60)
        return "\(path.printable())\(share): \(state)  \(progress)"
    }

    fileprivate var json: JSONText {
        .object([
            ("folder", .string(path)), ("shard", record.shard.map { .string($0.description) } ?? .null),
            ("trials", .integer(trials)), ("total", .integer(total)), ("complete", .boolean(isComplete)),
            ("running", .boolean(isRunning)), ("trials_per_second", rate.map { .number($0) } ?? .null),
            ("seconds_left", secondsLeft.map { .number($0) } ?? .null), ("total_may_grow", .boolean(mayGrow)),
        ])
    }
}
