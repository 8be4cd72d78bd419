import FullrankModel
import FullrankReport

/// How figures look and in which format they are written: the options of every command that writes some.
struct FigureOptions: Sendable {
    enum Format: String, CaseIterable { case svg, pdf, png }

    /// SVG is written in any case; another format is made of it.
    var format = Format.svg
    var theme = FigureTheme.light

    /// Options of a command that writes figures into files.
    static let specs: [OptionSpec] =
        [
            OptionSpec(
                "--format", "WHICH",
                "format of figures: svg, or also pdf or png, which rsvg-convert makes if it is\ninstalled",
                default: "svg")
        ] + appearance

    /// Options of a command that puts figures into a page.
    static let appearance: [OptionSpec] = [
        OptionSpec("--no-title", nil, "figures without titles"),
        OptionSpec("--no-caption", nil, "figures without captions; legends are kept"),
        OptionSpec("--width", "PIXELS", "width of each figure; text is scaled with it", default: "as laid out"),
    ]

    private static let widths = 50...20_000

    init() {}

    /// - Parameter theme: the ground that the command's own options ask for.
    init(_ arguments: ParsedArguments, theme: FigureTheme = .light) throws(CommandFailure) {
        format = try arguments.choice("--format") ?? .svg
        self.theme = theme
        self.theme.hasTitle = !arguments.has("--no-title")
        self.theme.hasCaption = !arguments.has("--no-caption")
        self.theme.width = try arguments.positive("--width", maximum: Self.widths.upperBound)
        if let width = self.theme.width, width < Self.widths.lowerBound {
            throw .usage(
                "--width: '\(width)' is too small; at least \(Self.widths.lowerBound) pixels are needed to read a figure"
            )
        }
    }

    /// The SVG file of a command that writes one figure: `name`, or a file beside it if `name` ends in another format's
    /// name.
    ///
    /// - Parameter option: that gave the name.
    mutating func svgName(of name: String, option: String, isFormatGiven: Bool) throws(CommandFailure) -> String {
        guard let ending = Format.allCases.first(where: { name.hasSuffix(".\($0.rawValue)") }) else { return name }
        if isFormatGiven, ending != .svg, ending != format {
            throw .usage(
                "\(option): \(name.quoted) is not the name of a file in \(format.rawValue); leave --format out or name it so"
            )
        }
        if !isFormatGiven { format = ending }
        return ending == .svg ? name : String(name.dropLast(4)) + ".svg"
    }
}
