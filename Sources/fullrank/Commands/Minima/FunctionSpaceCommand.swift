import FullrankFiles
import FullrankMinima
import FullrankModel
import FullrankReport
import FullrankSweep

/// `fullrank function-space`.
struct FunctionSpaceOptions: Sendable {
    var points: [Double]
    var units: Int
    var output: String
    var figures: FigureOptions

    static let spec = CommandSpec(
        name: "function-space", summary: "write the functions of a ReLU on points of a line, by region",
        usage: "(--n N | --points LIST) [options] --output DIR",
        details: """
            The functions max(0, w x + b) on n points form a cone over a polyline of 2n - 2 vertices, with one piece
            per region. Writes vertices.csv (the vertices, with values scaled to sum 1), regions.csv (the 2n regions
            of a unit with rank and vertices) and, for n = 3 and 4, function-space.svg with sums of up to M units.
            Prints how many regions of M units have a Jacobian of each rank.
            """,
        options: [
            OptionSpec("--n", "N", "number of points, evenly spaced on [-1, 1]"),
            OptionSpec("--points", "LIST", "the points instead: distinct decimals such as -1,0.5,2"),
            OptionSpec("--units", "M", "units whose functions are added, at most 3", default: "3"), .output,
        ] + FigureOptions.specs,
        example: "fullrank function-space --n 4 --output space")

    init(_ arguments: ParsedArguments) throws(CommandFailure) {
        output = try arguments.requiredPath("--output")
        figures = try FigureOptions(arguments)
        units = try arguments.positive("--units", maximum: 3) ?? 3
        let count = try arguments.positive("--n", maximum: 10_000)
        guard let text = arguments.values["--points"] else {
            guard let count else { throw .usage("--n or --points is missing; see 'fullrank function-space --help'") }
            guard count > 1 else { throw .usage("--n: at least 2 points span a function") }
            points = (0..<count).map { (index: Int) -> Double in 2 * Double(index) / Double(count - 1) - 1 }
            return
        }
        guard count == nil else { throw .usage("--n and --points exclude each other; give one of them") }
        var points = [Double]()
        for word in text.split(separator: ",", omittingEmptySubsequences: false) {
            let decimal = DecimalText(word)
            if let fault = decimal?.fault { throw .usage("--points: \(String(word).quoted) \(fault)") }
            guard let value = decimal?.number else {
                throw .usage("--points: \(String(word).quoted) is not a decimal number")
            }
            points.append(value)
        }
        points.sort()
        guard points.count > 1, zip(points, points.dropFirst()).allSatisfy({ $0 < $1 }) else {
            throw .usage("--points: at least two numbers, no two the same")
        }
        self.points = points
    }
}

func runFunctionSpace(_ options: FunctionSpaceOptions, _ context: CommandContext) throws(CommandFailure) {
    let space = FunctionSpace(points: options.points)
    let n = options.points.count
    do throws(SweepFolderError) {
        try Files.makeFolders(options.output)
        func write(_ text: String, _ name: String) throws(SweepFolderError) {
            try Files.writeWhole(Array(text.utf8), folder: options.output, name: name)
        }
        try write(space.verticesCSV { fixed($0, 6) }, "vertices.csv")
        try write(space.regionsCSV, "regions.csv")
        if n == 3 || n == 4 {
            let points = options.points.map { fixed($0, 3) }.joined(separator: ", ")
            try write(
                FunctionSpaceFigure.svg(
                    vertices: space.vertices,
                    patterns: space.regions.filter { $0.rank == 2 }.map(\.pattern), mostUnits: options.units,
                    title: "Functions of a ReLU on \(n) points",
                    caption:
                        "Values f on the points \(points), scaled to sum 1: corner f_j is 1 on point j alone. A piece of "
                        + "the polyline is a region of one unit, named by the points where it is active; sums of units, output weights positive, are convex "
                        + "combinations of its points."
                        + (options.units > 1 ? " The darker a place, the more regions hold functions there." : "")
                        + (options.units > 2
                            ? " Three units make no function that two don't: they make it in more regions." : "")
                        + " fullrank \(version).",
                    theme: options.figures.theme),
                "function-space.svg")
        }
    } catch {
        throw CommandFailure(error)
    }
    var text = ""
    for units in 1...options.units {
        guard let counts = space.regionsByRank(units: units) else { break }
        let list = counts.enumerated().filter { $0.element > 0 }.map { "rank \($0.offset): \($0.element)" }
        text += "\(counted(units, "unit")): \(list.joined(separator: ", "))\n"
    }
    try writeOutput(text)
    if n == 3 || n == 4 { try options.figures.convert(["\(options.output)/function-space.svg"]) }
}
