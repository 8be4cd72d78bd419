import FullrankModel
import FullrankReport

/// `fullrank report`.
struct ReportOptions: Sendable {
    var folder: String
    /// The page.
    var output: String
    var overlays: [OverlayKind]
    var epsilon: Double
    var compared: [String]
    /// As in `PlotOptions`.
    var sweepFlags: [String]

    static let spec = CommandSpec(
        name: "report", summary: "a sweep as one HTML page",
        usage: "DIR [options]",
        details: """
            Reads a sweep's plan and journal and writes one HTML page that needs nothing else: the question, the figures
            of plot with the numbers in them, tables, the method, how sure the ranks are, and the command that repeats
            it. It loads nothing, runs no script, and prints. Prints the page's name.
            """,
        operand: .figureFolder,
        options: [
            .overlays, .epsilon, .compared,
            OptionSpec("--output", "FILE", "the page", default: "report.html in DIR"),
        ],
        example: "fullrank report figures/fixed-input")

    init(_ arguments: ParsedArguments) throws(CommandFailure) {
        folder = arguments.operand ?? ""
        output = arguments.values["--output"] ?? "\(folder)/report.html"
        overlays = try arguments.overlays()
        epsilon = try arguments.fraction("--epsilon") ?? 0.1
        compared = try arguments.folders("--compare")
        sweepFlags = ["--overlay", "--epsilon", "--compare"].filter { arguments.has($0) }
        if output.isEmpty || output.utf8.last == UInt8(ascii: "/") { throw .usage("--output: \(output.quoted) is not a file's name") }
    }
}
