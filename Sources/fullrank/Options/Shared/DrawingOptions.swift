import FullrankReport

/// What is drawn of a run, and over it: what `plot` and `report` have in common.
struct DrawingOptions: Sendable {
    var overlays: [OverlayKind]
    var epsilon: Double
    var resolution: Int?
    /// How they look; its theme is the ground that `--theme` asks for.
    var figures: FigureOptions
    var theme: FigureTheme { figures.theme }
    var compared: [String]
    var against: [String]
    /// Flags that were given and mean something for sweeps of full rank only.
    var sweepFlags: [String]

    enum Theme: String, CaseIterable { case light, dark }

    init(_ arguments: ParsedArguments) throws(CommandFailure) {
        overlays = try arguments.overlays()
        epsilon = try arguments.fraction("--epsilon") ?? 0.1
        resolution = try arguments.positive("--resolution")
        let chosen: Theme? = try arguments.choice("--theme")
        figures = try FigureOptions(arguments, theme: chosen == .dark ? .dark : .light)
        compared = try arguments.folders("--compare")
        against = try arguments.folders("--against")
        sweepFlags = ["--overlay", "--epsilon", "--resolution", "--compare", "--against"].filter { arguments.has($0) }
    }
}

extension OptionSpec {
    static let resolution = OptionSpec(
        "--resolution", "R", "cells at every R-th n and d1 up to the largest (exact method)", default: "listed cells")
    static let against = OptionSpec(
        "--against", "DIRS",
        "sweeps of other ensembles (patterns, weights, inputs): the figure 'ensembles' shows\n"
            + "critical widths and fractions of all sweeps as curves")
}
