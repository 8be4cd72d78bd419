import FullrankModel
import FullrankReport

/// `fullrank plot`.
struct PlotOptions: Sendable {
    var folder: String
    var output: String
    var drawing: DrawingOptions
    var isDark: Bool
    var figures: FigureOptions { drawing.figures }
    var terminal: Bool

    static let spec = CommandSpec(
        name: "plot", summary: "draw the figures of a run, finished or running",
        usage: "DIR [options]",
        details: """
            Reads a run's plan and journal. For each figure it writes figure-NAME.svg, and figure-NAME.csv with the
            numbers in it, and prints the name. The figures are diagram (phase diagrams with curves over them) or,
            for a single n or d1, fraction; for the exact method widths, scaled, collapse and distribution (of the
            critical width h(n)); for svd singular-values; with --compare methods; with --against ensembles; and
            obstructions if the folder has obstructions.csv. For minima they are diagram or fraction, and widths; for
            landscape sample and sweeps over networks (--trained, --outputs, --activation) diagram or fraction, for
            the latter also ranks; for dimension, defect (a grid of two free widths) or histogram; for train,
            training; for network, ranks. If DIR contains folders of runs, as reproduce makes them, each of these is
            drawn. With --terminal the diagram of fractions is drawn in the terminal instead.
            """,
        operand: .figureFolder,
        options: [
            .overlays,
            .epsilon,
            .resolution, .compared, .against,
            OptionSpec(
                "--theme", "WHICH", "light or dark; dark files end in -dark.svg", default: "light",
                choices: ["light", "dark"]),
            OptionSpec("--terminal", nil, "draw the diagram on standard output and write no files"),
            OptionSpec("--output", "DIR", "folder for the figures", default: "the run's own"),
        ] + FigureOptions.specs,
        example: "fullrank plot figures/fixed-input --overlay all --resolution 1")

    init(_ arguments: ParsedArguments) throws(CommandFailure) {
        folder = arguments.operand ?? ""
        output = arguments.has("--output") ? try arguments.requiredPath("--output") : folder
        drawing = try DrawingOptions(arguments)
        isDark = arguments.values["--theme"] == DrawingOptions.Theme.dark.rawValue
        terminal = arguments.has("--terminal")
        if terminal {
            for name in ["--overlay", "--epsilon", "--compare", "--against", "--theme", "--output"]
                + FigureOptions.specs.map(\.name) where arguments.has(name)
            {
                throw .usage("\(name) does not go with --terminal, which draws the diagram alone")
            }
        }
    }
}

extension OptionSpec {
    static let overlays = OptionSpec(
        "--overlay", "LIST",
        "curves over the diagram: count (d1 k = n), theorem-5, theorem-10, steps (exact, for\n"
            + "theorem 10's setting), exact (if this sweep has a closed form), anticoncentration\n"
            + "(gamma measured), law (for one input and n to infinity; also in the figure of\n"
            + "distributions), contours (0.05, 0.5, 0.95 with bands); all; none\n",
        default: "count,exact,contours",
        choices: OverlayKind.allCases.map(\.rawValue) + ["all", "none"])
    static let figureFolder = OptionSpec(
        "DIR", nil,
        "a folder of sweep, threshold, minima, landscape sample, dimension,\n"
            + "train, network or reproduce, or a folder of these"
    )
    static let compared = OptionSpec(
        "--compare", "DIRS",
        "sweeps of the same samples, for example by other methods (exact minus svd): DIR2\n"
            + "or DIR2,DIR3; trials and cells that both sweeps have are compared")
}

extension ParsedArguments {
    /// `--overlay`, in the order of `OverlayKind`.
    func overlays() throws(CommandFailure) -> [OverlayKind] {
        guard let text = values["--overlay"] else { return [.count, .exact, .contours] }
        if text == "all" { return OverlayKind.allCases }
        if text == "none" { return [] }
        var chosen = Set<OverlayKind>()
        for word in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let kind = OverlayKind(rawValue: String(word)) else {
                throw notOneOf(OverlayKind.allCases.map(\.rawValue) + ["all", "none"], String(word), "--overlay")
            }
            chosen.insert(kind)
        }
        return OverlayKind.allCases.filter { chosen.contains($0) }
    }

    /// Folders, `--compare` or `--against`.
    func folders(_ name: String) throws(CommandFailure) -> [String] {
        guard let text = values[name] else { return [] }
        let folders = text.split(separator: ",").map(String.init)
        if folders.isEmpty { throw .usage("\(name): '' is not a folder's name") }
        return folders
    }
}
