import FullrankModel

/// `fullrank explain`.
struct ExplainOptions: Sendable {
    var trial: TrialOptions
    /// How many must agree.
    var primes: Int
    var backend: BackendFlags
    var json: Bool
    /// The certificate's file.
    var output: String?
    /// The SVG's file.
    var figure: String?
    /// How it looks.
    var figures: FigureOptions

    private enum Theme: String, CaseIterable { case light, dark }

    static let spec = CommandSpec(
        name: "explain", summary: "say why one trial has the rank it has, with a certificate that others can check",
        usage: "(--d0 D --n N --d1 W | --data FILE (--pattern FILE.npy | --network FILE)) [options]",
        details: """
            Finds the rank of one trial's Jacobian and its reasons. The pivots bound the rank from below. For every
            dependent point a set C of points with |C| = k rank(A_C) + 1 bounds it from above. Together they prove
            the rank with no chance of error. Near full rank C usually consists of k + 1 points that no unit
            separates. --output writes the certificate for 'fullrank check' and Scripts/check/certificate.py.
            With --hidden it explains a trial of a deep network. C then consists of points with the same activations
            in every layer, of too many points for the parameters that are active on them, or of rows with a
            relation in whole numbers. If these numbers are too large to find, the bound from above is known modulo
            the primes only, and the certificate and 'check' say so.
            """,
        options: TrialOptions.specs + [
            OptionSpec("--primes", "N", "primes that must agree on the pivots", default: "2"), .backend, .devices,
            .threads, OptionSpec("--json", nil, "print the certificate"),
            OptionSpec("--output", "CERT.json", "write the certificate"),
            OptionSpec(
                "--figure", "FILE.svg",
                "draw points, units and obstructions; d0 = 1 or 2.\n"
                    + "FILE.pdf or FILE.png is written next to FILE.svg"),
            OptionSpec("--theme", "WHICH", "theme of the figure: light or dark", default: "light"),
        ] + FigureOptions.specs,
        example: "fullrank explain --d0 1 --n 12 --d1 30 --output certificate.json")

    init(_ arguments: ParsedArguments) throws(CommandFailure) {
        trial = try TrialOptions(arguments)
        primes = try arguments.positive("--primes", maximum: 16) ?? 2
        backend = try BackendFlags(arguments)
        json = arguments.has("--json")
        output = arguments.has("--output") ? try arguments.requiredPath("--output") : nil
        figure = arguments.has("--figure") ? try arguments.requiredPath("--figure") : nil
        guard figure == nil || trial.problem.hidden.isEmpty else {
            throw .usage("--figure does not go with --hidden: pictures are of one hidden layer")
        }
        guard figure == nil || (1...2).contains(trial.problem.inputDimension) else {
            throw .usage("--figure: d0 is \(trial.problem.inputDimension); pictures are made for d0 = 1 and 2")
        }
        let theme: Theme = try arguments.choice("--theme") ?? .light
        figures = try FigureOptions(arguments, theme: theme == .dark ? .dark : .light)
        for flag in ["--theme"] + FigureOptions.specs.map(\.name) where arguments.has(flag) && figure == nil {
            throw .usage("\(flag) goes with --figure only")
        }
        if let name = figure {
            figure = try figures.svgName(of: name, option: "--figure", isFormatGiven: arguments.has("--format"))
        }
        // The one call that CUDA has not; the answers are the same.
        if backend.choice == .cuda { writeMessage("explain computes on the CPU") }
        (backend.choice, backend.devices) = (.cpu, [])
    }
}
