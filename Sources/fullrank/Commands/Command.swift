import FullrankFiles
import FullrankModel

/// The parts of the process's environment that a command may use.
struct CommandContext: Sendable {
    let interruption: Interruption
}

/// A command of the command line: its grammar, and what it does with arguments that fit it.
struct Command: Sendable {
    let spec: CommandSpec
    let run: @Sendable (ParsedArguments, CommandContext) throws(CommandFailure) -> Void

    /// The order is that of `fullrank --help`.
    static let all: [Command] = [
        Command(spec: ReproduceOptions.spec) { (arguments, context) throws(CommandFailure) in
            try runReproduce(ReproduceOptions(arguments), context)
        },
        Command(spec: SweepOptions.spec) { (arguments, context) throws(CommandFailure) in
            try runSweep(SweepOptions(arguments), context)
        },
        Command(spec: ThresholdOptions.spec) { (arguments, context) throws(CommandFailure) in
            try runThreshold(ThresholdOptions(arguments), context)
        },
        Command(spec: MinimaOptions.spec) { (arguments, context) throws(CommandFailure) in
            try runMinima(MinimaOptions(arguments), context)
        },
        Command(spec: FunctionSpaceOptions.spec) { (arguments, context) throws(CommandFailure) in
            try runFunctionSpace(FunctionSpaceOptions(arguments), context)
        },
        Command(spec: MergeOptions.spec) { (arguments, context) throws(CommandFailure) in
            try runMerge(MergeOptions(arguments), context)
        },
        Command(spec: StatusOptions.spec) { (arguments, context) throws(CommandFailure) in
            try runStatus(StatusOptions(arguments), context)
        },
        Command(spec: PlotOptions.spec) { (arguments, context) throws(CommandFailure) in
            try runPlot(PlotOptions(arguments), context)
        },
        Command(spec: ReportOptions.spec) { (arguments, context) throws(CommandFailure) in
            try runReport(ReportOptions(arguments), context)
        },
        Command(spec: TheoryOptions.spec) { (arguments, context) throws(CommandFailure) in
            try runTheory(TheoryOptions(arguments), context)
        },
        Command(spec: RankOptions.spec) { (arguments, context) throws(CommandFailure) in
            try runRank(RankOptions(arguments), context)
        },
        Command(spec: NetworkOptions.spec) { (arguments, context) throws(CommandFailure) in
            try runNetwork(NetworkOptions(arguments), context)
        },
        Command(spec: DimensionOptions.spec) { (arguments, context) throws(CommandFailure) in
            try runDimension(DimensionOptions(arguments), context)
        },
        Command(spec: ExportOptions.spec) { (arguments, context) throws(CommandFailure) in
            try runExport(ExportOptions(arguments), context)
        },
        Command(spec: ExplainOptions.spec) { (arguments, context) throws(CommandFailure) in
            try runExplain(ExplainOptions(arguments), context)
        },
        Command(spec: CheckOptions.spec) { (arguments, context) throws(CommandFailure) in
            try runCheck(CheckOptions(arguments), context)
        },
        Command(spec: RegionsOptions.spec) { (arguments, context) throws(CommandFailure) in
            try runRegions(RegionsOptions(arguments), context)
        },
        Command(spec: BinaryOptions.spec) { (arguments, context) throws(CommandFailure) in
            try runBinary(BinaryOptions(arguments), context)
        },
        Command(spec: LandscapeOptions.spec) { (arguments, context) throws(CommandFailure) in
            try runLandscape(LandscapeOptions(arguments), context)
        },
        Command(spec: TrainOptions.spec) { (arguments, context) throws(CommandFailure) in
            try runTrain(TrainOptions(arguments), context)
        },
        Command(spec: BackendsOptions.spec) { (arguments, context) throws(CommandFailure) in
            try runBackends(BackendsOptions(arguments), context)
        },
        Command(spec: HelpOptions.spec) { (arguments, _) throws(CommandFailure) in try runHelp(HelpOptions(arguments))
        },
        Command(spec: CompletionsOptions.spec) { (arguments, _) throws(CommandFailure) in
            try writeOutput(CompletionsOptions(arguments).shell.script(all.map(\.spec)))
        },
        Command(spec: ManualOptions.spec) { (arguments, _) throws(CommandFailure) in
            try runManual(ManualOptions(arguments))
        },
    ]

    /// Runs the command line `arguments` (without the program's name), says on standard error what went wrong, and
    /// returns the exit code.
    static func main(_ arguments: [String]) -> Int32 {
        guard let first = arguments.first else {
            return report(.usage("a command is missing; 'fullrank --help' lists them"), command: nil)
        }
        guard let command = all.first(where: { $0.spec.name == first }) else {
            return general(first, arguments)
        }
        ProcessSetup.endWithoutMemory(command: first)
        do throws(CommandFailure) {
            let rest = arguments.dropFirst()
            if ParsedArguments.askForHelp(rest) {
                try writeOutput(command.spec.help)
            } else {
                let parsed = try ParsedArguments(rest, of: command.spec)
                Console.isQuiet = parsed.has(OptionSpec.quiet.name)
                try command.run(parsed, CommandContext(interruption: Interruption()))
                tellWrittenFiles()
            }
            return ExitCode.done.number
        } catch {
            return report(error, command: first)
        }
    }

    /// The word in the place of a command.
    private static func general(_ first: String, _ arguments: [String]) -> Int32 {
        let names = all.map(\.spec.name)
        do throws(CommandFailure) {
            if ParsedArguments.askForHelp(arguments), first.hasPrefix("-") {
                try writeOutput(overview(of: all.map(\.spec)))
            } else if first == "--version" {
                guard arguments.count == 1 else { throw .usage("--version stands alone") }
                try writeOutput("fullrank \(version)\n")
            } else {
                let (kind, names) = first.hasPrefix("-") ? ("option", ["--help", "--version"]) : ("command", names)
                let suggestion =
                    nearest(to: first, among: names).map { "did you mean '\($0)'?" } ?? "see 'fullrank --help'"
                throw .usage("unknown \(kind) \(first.quoted); \(suggestion)")
            }
            return ExitCode.done.number
        } catch {
            return report(error, command: nil)
        }
    }

    /// "wrote in sweep: plan.json, trials.jsonl, cells.csv": the last message of a command that writes files.
    private static func tellWrittenFiles() {
        for (folder, names) in WrittenFiles.byFolder(WrittenFiles.all) {
            writeMessage("wrote in \(folder.printable()): \(names.map { $0.printable() }.joined(separator: ", "))")
        }
    }

    private static func report(_ failure: CommandFailure, command: String?) -> Int32 {
        writeError((command.map { $0 + ": " } ?? "") + failure.message)
        return failure.code.number
    }
}

extension WrittenFiles {
    /// A sweep's journal, to which trials were added.
    static func noteJournal(in folder: String) { note("\(folder)/trials.jsonl") }
}
