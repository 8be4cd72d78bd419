import FullrankTestSupport
import Testing

@Suite struct HelpTests {
    /// --extend is about half-widths where there are some.
    @Test func extendingIsExplainedByWhatThereIs() {
        for command in ["sweep", "threshold", "minima", "reproduce", "dimension", "landscape"] {
            let help = BuiltCommand.succeed("\(command) --help").output
            let hasHalfWidth = help.contains("--half-width H")
            #expect(help.contains("fewer trials or a larger half-width") == hasHalfWidth, "\(command)")
            #expect(help.contains("fewer trials"), "\(command)")
        }
    }

    static let commands = [
        "reproduce", "sweep", "threshold", "minima", "function-space", "merge", "status", "plot", "help", "completions",
        "manual",
        "report", "theory", "rank", "export", "explain", "check", "regions", "binary", "landscape", "train", "backends",
    ]

    @Test(arguments: ["--help", "-h"])
    func overviewListsEveryCommand(option: String) {
        let result = BuiltCommand.run([option])
        #expect(result.status == 0 && result.messages == "")
        #expect(result.output.hasPrefix("Usage: fullrank COMMAND [options]\n"))
        for command in Self.commands { #expect(result.output.contains("\n  \(command) "), "\(command)") }
    }

    @Test(arguments: commands)
    func everyCommandExplainsItself(command: String) {
        let result = BuiltCommand.run([command, "--help"])
        #expect(result.status == 0 && result.messages == "")
        #expect(result.output.hasPrefix("Usage: fullrank \(command) "))
        #expect(result.output.contains("\nOptions:\n"))
        #expect(result.output.contains("\nExample:\n  fullrank \(command) "))
        // Help wins over whatever else is wrong, wherever it stands.
        #expect(BuiltCommand.run([command, "--bogus", "-h"]).output == result.output)
        for line in result.output.split(separator: "\n") { #expect(line.count <= 110, "\(line)") }
    }

    @Test func sweepHelpNamesEveryFlagWithItsDefault() {
        let help = BuiltCommand.run(["sweep", "--help"]).output
        for flag in [
            "--d0 LIST", "--ratio LIST", "--n LIST", "--d1 LIST", "--trials N", "--seed S", "--inputs WHICH",
            "--init WHICH", "--no-bias", "--method WHICH", "--precision WHICH", "--census", "--backend WHICH",
            "--threads N",
            "--devices LIST", "--shard I/K", "--replace", "-o, --output DIR", "-q, --quiet",
        ] { #expect(help.contains("\n  \(flag) "), "\(flag)") }
        for standard in ["100", "0", "normal", "uniform", "exact", "float64", "auto", "all cores"] {
            #expect(help.contains("(default: \(standard))"), "\(standard)")
        }
    }

    @Test func examplesAreValidCommandLines() {
        for command in Self.commands where !["rank", "merge", "status", "plot", "report"].contains(command) {
            let help = BuiltCommand.run([command, "--help"]).output
            var words = help.split(separator: "\n").last!.split(separator: " ").dropFirst().map(String.init)
            let folder = TemporaryFolder()
            if let output = words.firstIndex(of: "--output") { words[output + 1] = folder.path + "/new" }
            words = words.map { $0 == "100" && command == "reproduce" ? "1" : $0 }
            if command == "threshold" || command == "sweep" { words += ["--trials", "1"] }
            let result = BuiltCommand.run(words, timeout: 60)
            #expect(result.status != 64, "\(words): \(result.messages)")
        }
    }

    @Test func versionIsAVersion() throws {
        let result = BuiltCommand.run(["--version"])
        #expect(result.status == 0)
        #expect(result.output.wholeMatch(of: /fullrank \d+\.\d+\.\d+\n/) != nil, "\(result.output)")
    }

    /// The fastest of twenty starts, in processor time: the machine may be busy, with other tests for one.
    @Test func helpIsThereWithinTwentyMilliseconds() {
        let seconds = (0..<20).map { _ in BuiltCommand.run(["--help"]).seconds }.min() ?? 1
        #expect(seconds < 0.02)
    }

    @Test(.enabled(if: Platform.isLinux, "macOS has no /dev/full"))
    func aFullDiskDoesNotPassForAnAnswer() {
        BuiltCommand.expectFailure(
            ["--help"], "standard output: No space left on device", code: 74, output: "/dev/full")
        BuiltCommand.expectFailure(
            ["backends"], "backends: standard output: No space left on device", code: 74, output: "/dev/full")
    }
}
