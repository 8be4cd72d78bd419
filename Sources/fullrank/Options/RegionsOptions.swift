import FullrankBackends
import FullrankFiles
import FullrankModel
import FullrankRegions
import FullrankStatistics

/// `fullrank regions`.
struct RegionsOptions: Sendable {
    enum Task: Sendable {
        case count
        case list
        /// This many, drawn.
        case sample(Int)
        /// A file of patterns.
        case check(String)
        /// A picture's file.
        case figure(String)
        /// Their chances under drawn weights, beside their frequencies in this many draws.
        case volumes(draws: Int)
    }

    /// The points; units are drawn for `sample` only.
    var problem: TrialProblem
    var trial: UInt64
    var task: Task
    var json: Bool
    /// Where patterns go; nil: to standard output.
    var output: String?
    /// Of the picture.
    var figures = FigureOptions()
    /// The distribution of the weights whose chances are computed.
    var initialization = Initialization.uniform
    /// Share of failures that theorems allow.
    var epsilon = 0.1
    var threads: Int

    static let spec = CommandSpec(
        name: "regions", summary: "count, list, draw, measure or show the activation regions of a unit",
        usage: "(--data FILE | --d0 D --n N) [options]",
        details: """
            The points on which a unit is active divide its weights w into regions. For n points in general position
            2 sum_{j<k} C(n-1, j) regions are non-empty, with k = d0 + 1 (d0 with --no-bias). Prints their number for
            given points or for those of a trial, lists them, or draws random regions, each with the same
            probability. It also decides whether given patterns are feasible, and prints weights or a certificate
            that there are none. Signs are exact. For k = 2 and 3 --figure draws the fan of regions and the zonotope
            of the points. For one input with bias --volumes prints the exact chance of each pattern under drawn
            weights, and the width of full rank.
            """,
        options: [
            OptionSpec("--data", "FILE", "your own points, .npy or .csv, one row per point"),
            OptionSpec("--d0", "D", "input dimension of drawn points"),
            OptionSpec("--n", "N", "number of points; with --data the first N", default: "all in the file"),
            .seed, OptionSpec("--trial", "T", "which trial's points, from 0", default: "0"), .inputs, .noBias,
            OptionSpec("--list", nil, "print the pattern of every region, one row of 0 and 1 per region"),
            OptionSpec(
                "--sample", "M", "print M regions drawn by --seed and --trial, as 'sweep --patterns regions' does"),
            OptionSpec("--check", "FILE.npy", "decide for each pattern (rows, n) of 0 and 1 whether it is feasible"),
            OptionSpec("--output", "FILE.npy", "write the patterns to a file, (rows, n) of uint8"),
            OptionSpec(
                "--figure", "FILE.svg",
                "draw regions and zonotope, in 2 or 3 dimensions.\n"
                    + "FILE.pdf or FILE.png is written next to FILE.svg"),
            OptionSpec("--theme", "WHICH", "for --figure: light or dark", default: "light"),
            OptionSpec("--volumes", nil, "for one input with bias: exact and measured chances of patterns, and widths"),
            OptionSpec("--draws", "M", "for --volumes: number of units and networks drawn", default: "100000"),
            OptionSpec(
                "--init", "WHICH", "for --volumes: weights uniform (on +-1), he-uniform or normal", default: "uniform"),
            OptionSpec("--epsilon", "E", "for --volumes: share of failures allowed, between 0 and 1", default: "0.1"),
            .threads, .json,
        ] + FigureOptions.specs,
        example: "fullrank regions --d0 2 --n 20 --json")

    init(_ arguments: ParsedArguments) throws(CommandFailure) {
        let seed = try arguments.natural("--seed") ?? 0
        trial = try arguments.natural("--trial", maximum: (1 << 56) - 1) ?? 0
        let asked = try arguments.positive("--n")
        let dimension = try arguments.positive("--d0")
        var source = try arguments.inputSource()
        if arguments.has("--data") {
            for name in ["--inputs", "--d0"] where arguments.has(name) {
                throw .usage("\(name) does not go with --data, which holds the points")
            }
            let path = try arguments.requiredPath("--data")
            do throws(FileError) {
                source = .file(path: path, data: try DataSet.load(path: path, note: tellOfFile(path)))
            } catch {
                throw CommandFailure(error, option: "--data")
            }
        }
        guard let d0 = dimension ?? source.data?.inputDimension else {
            throw .usage("--data or --d0 is missing; see 'fullrank regions --help'")
        }
        guard let points = asked ?? source.data?.points else { throw .missing("--n", arguments) }
        try source.check(points: points, inputDimension: d0)

        task = try Task(arguments)
        output = arguments.has("--output") ? try arguments.requiredPath("--output") : nil
        json = arguments.has("--json")
        let theme: DrawingOptions.Theme? = try arguments.choice("--theme")
        figures = try FigureOptions(arguments, theme: theme == .dark ? .dark : .light)
        if case .figure(let name) = task {
            task = .figure(try figures.svgName(of: name, option: "--figure", isFormatGiven: arguments.has("--format")))
        }
        initialization = try arguments.choice("--init") ?? .uniform
        epsilon = try arguments.fraction("--epsilon") ?? 0.1
        try task.check(arguments, points: points, inputDimension: d0)
        threads = try arguments.positive("--threads", maximum: 4096) ?? Processors.available
        var units = 1
        if case .sample(let count) = task { units = count }
        problem = TrialProblem(
            seed: seed, points: points, inputDimension: d0, units: units, bias: !arguments.has("--no-bias"),
            inputs: source.problem, network: .regions)
        let bytes = 4 * Double(points) * Double(problem.columnsPerUnit) * 8
        guard AvailableMemory.holds(bytes) else {
            throw .memory("the points take \(AvailableMemory.shortage(bytes)): lower --n or --d0")
        }
    }
}

extension RegionsOptions.Task {
    fileprivate init(_ arguments: ParsedArguments) throws(CommandFailure) {
        let tasks = ["--list", "--sample", "--check", "--figure", "--volumes"].filter { arguments.has($0) }
        guard tasks.count <= 1 else { throw .usage("\(tasks[0]) and \(tasks[1]) exclude each other; give one of them") }
        switch tasks.first {
        case "--list": self = .list
        case "--sample": self = .sample(try arguments.positive("--sample") ?? 1)
        case "--check": self = .check(try arguments.requiredPath("--check"))
        case "--figure":
            let path = arguments.values["--figure"] ?? ""
            guard !path.isEmpty, path.utf8.last != UInt8(ascii: "/") else {
                throw .usage("--figure: \(path.quoted) is not a file's name")
            }
            self = .figure(path)
        case "--volumes": self = .volumes(draws: try arguments.positive("--draws", maximum: 100_000_000) ?? 100_000)
        default: self = .count
        }
    }

    /// What goes with one task and not with another.
    fileprivate func check(_ arguments: ParsedArguments, points: Int, inputDimension d0: Int) throws(CommandFailure) {
        var isListing = false, isDrawing = false, isFigure = false, isVolumes = false
        switch self {
        case .list: isListing = true
        case .sample: (isListing, isDrawing) = (true, true)
        case .figure: isFigure = true
        case .volumes: (isDrawing, isVolumes) = (true, true)
        case .count, .check: break
        }
        if arguments.has("--output"), !isListing { throw .usage("--output goes with --list or --sample only") }
        if arguments.has("--json"), isFigure { throw .usage("--json does not go with --figure") }
        for flag in ["--theme"] + FigureOptions.specs.map(\.name) where arguments.has(flag) && !isFigure {
            throw .usage("\(flag) goes with --figure only")
        }
        // Given points are the same for every seed.
        if arguments.has("--data"), !isDrawing, let name = ["--seed", "--trial"].first(where: { arguments.has($0) }) {
            throw .usage("\(name) goes with --sample or --volumes where --data holds the points")
        }
        if !isVolumes, let name = ["--draws", "--init", "--epsilon"].first(where: { arguments.has($0) }) {
            throw .usage("\(name) goes with --volumes only")
        }
        guard isVolumes else { return }
        guard d0 == 1, !arguments.has("--no-bias") else {
            throw .usage("--volumes: chances are known in closed form for one input with bias only")
        }
        guard points <= LineVolumes.mostPoints else {
            throw .usage("--n: \(points) is too large; at most \(LineVolumes.mostPoints) points are taken by --volumes")
        }
    }
}
