import FullrankModel
import FullrankReport

/// `fullrank report`.
struct ReportOptions: Sendable {
    var folder: String
    /// The page.
    var output: String
    var isOutputGiven: Bool
    var drawing: DrawingOptions
    var sweepFlags: [String] { drawing.sweepFlags }
    var theme: FigureTheme { drawing.theme }

    static let spec = CommandSpec(
        name: "report", summary: "write a run as one HTML page",
        usage: "DIR [options]",
        details: """
            Reads a run's plan and journal and writes one self-contained HTML page: the question, the figures of
            plot with the numbers in them, tables, the method, the chance of error of the ranks, and the command
            that repeats the run. Every kind of run has one: sweep, threshold, minima, landscape sample, dimension,
            train, network. The page loads nothing, runs no script, and can be printed. Prints the page's name. If
            DIR contains folders of runs, as reproduce makes them, each of these gets its page.
            """,
        operand: .figureFolder,
        options: [
            .overlays, .epsilon, .resolution, .compared, .against,
            OptionSpec(
                "--theme", "WHICH", "theme of the figures: light or dark", default: "light", choices: ["light", "dark"]),
            OptionSpec("--output", "FILE", "name of the page", default: "report.html in DIR"),
        ] + FigureOptions.appearance,
        example: "fullrank report figures/fixed-input")

    init(_ arguments: ParsedArguments) throws(CommandFailure) {
        folder = arguments.operand ?? ""
        output = arguments.values["--output"] ?? "\(folder)/report.html"
        isOutputGiven = arguments.has("--output")
        drawing = try DrawingOptions(arguments)
        if output.isEmpty || output.utf8.last == UInt8(ascii: "/") {
            throw .usage("--output: \(output.quoted) is not a file's name")
        }
    }
}
