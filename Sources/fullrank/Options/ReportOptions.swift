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
        name: "report", summary: "a sweep as one HTML page",
        usage: "DIR [options]",
        details: """
            Reads a sweep's plan and journal and writes one HTML page that needs nothing else: the question, the figures
            of plot with the numbers in them, tables, the method, how sure the ranks are, and the command that repeats
            it. It loads nothing, runs no script, and prints. Prints the page's name. Of a folder of folders, as reproduce
            makes it, each gets its page.
            """,
        operand: .figureFolder,
        options: [
            .overlays, .epsilon, .resolution, .compared, .against,
            OptionSpec("--theme", "WHICH", "of the figures: light or dark", default: "light", choices: ["light", "dark"]),
            OptionSpec("--output", "FILE", "the page", default: "report.html in DIR"),
        ] + FigureOptions.appearance,
        example: "fullrank report figures/fixed-input")

    init(_ arguments: ParsedArguments) throws(CommandFailure) {
        folder = arguments.operand ?? ""
        output = arguments.values["--output"] ?? "\(folder)/report.html"
        isOutputGiven = arguments.has("--output")
        drawing = try DrawingOptions(arguments)
        if output.isEmpty || output.utf8.last == UInt8(ascii: "/") { throw .usage("--output: \(output.quoted) is not a file's name") }
    }
}
