import FullrankFiles
import FullrankModel
import FullrankReport
import FullrankRuns
import FullrankSweep

/// A folder of `network`, as plot and report read it.
struct ReadNetworks {
    private let path: String
    private let plan: NetworkPlanWords
    /// In the order in which the command was given them.
    private let ranked: [RankedNetwork]
    private let provenance: RunProvenance

    /// - Parameter flags: given, of those that mean something for sweeps only.
    /// - Returns: nil if the folder is no such.
    init?(_ path: String, refusing flags: [String]) throws(CommandFailure) {
        let name = "\(path)/\(Files.planName)"
        guard let bytes = (try? Files.readPlan(path)).flatMap({ $0 }),
            (try? JSONValue(parsing: bytes))?["format"]?.string == NetworkFolder.format
        else { return nil }
        if let flag = flags.first {
            throw .usage("\(flag) goes with sweeps of full rank; \(path.printable()) is one of network")
        }
        do throws(SweepFolderError) {
            let fields = try PlanFields(parsing: bytes, path: name)
            try fields.requireVersion(NetworkFolder.formatVersion)
            plan = try NetworkPlanWords(fields)
            provenance = try fields.provenance
            ranked = try NetworkFolder.ranked(in: path)
        } catch {
            throw CommandFailure(error, option: nil)
        }
        guard !ranked.isEmpty else {
            throw CommandFailure(.badData, "\(path.printable()): no network is ranked yet")
        }
        self.path = path
    }

    func figures(theme: FigureTheme) -> [Figure] {
        [
            Figure(
                name: "ranks", title: NetworkFolder.figureTitle,
                svg: NetworkFolder.svg(ranked, caption: plan.caption(networks: ranked.count), theme: theme),
                tables: [Figure.Table(name: "ranks", csv: NetworkFolder.table(ranked))])
        ]
    }

    /// One page: question, figure, table, method, and the command that repeats it.
    func page(theme: FigureTheme) -> String {
        var page = HTMLPage(heading: "Ranks of the Jacobians of given networks")
        page.addText(
            "Question",
            [
                "A network from a file, activation \(plan.activation), at \(plan.points) data points: which rank has the Jacobian "
                    + "of its outputs by the trained parameters (\(plan.trained)), and is it the bound that no weights exceed?"
            ])
        page.addFigures(figures(theme: theme))
        let most = 40, shown = evenlySpread(ranked.count, atMost: most).map { ranked[$0] }
        page.addTables(
            "Numbers",
            [
                (
                    caption: counted(ranked.count, "network"),
                    rows: [["file", "widths", "P", "rows", "rank", "bound", "rank proved"]]
                        + shown.map {
                            [
                                $0.file.printable(), $0.widths.map(String.init).joined(separator: "-"),
                                "\($0.rank.columns)",
                                "\($0.rank.rows)", "\($0.rank.rank)", "\($0.rank.bound)",
                                $0.isProved ? "yes" : "at least",
                            ]
                        }
                )
            ],
            note: (ranked.count > most ? "\(most) of the networks are shown, evenly spread over the list. " : "")
                + "All numbers:", files: [Figure.Table(name: "ranks", csv: NetworkFolder.table(ranked))])
        let chance = ranked.map(\.errorBound).max() ?? 0
        page.addText(
            "Method",
            [
                "Weights and inputs are exact fractions, and activations those of exact arithmetic through all layers. Ranks are "
                    + "those of the exact rational Jacobian modulo \(plan.primeWords): never too high, and at the bound proved. "
                    + (chance > 0
                        ? "Another rank is too low with a chance of at most about \(chance) for each network."
                        : "All are proved.")
            ])
        page.addCommand(
            "The same again", plan.commandLine(ranked.map(\.file)), words: "gives the same ranks of the same files.",
            facts: [("seed", "\(plan.seed)")] + RunProvenance.rows([provenance]))
        return page.html()
    }
}

/// plan.json of a run over networks from files, as captions and pages need it.
struct NetworkPlanWords {
    /// nil: a file.
    private let drawn: String?
    private let file: String?
    private let isStandardised: Bool
    private let subsample: Int?
    let points: Int
    let activation: String
    let trained: String
    private let outputs: [Int]?
    private let patience: Int
    private let isNumeric: Bool
    private let primeCount: Int
    private let primes: [Int]
    let seed: UInt64
    private let labels: String?

    init(_ fields: PlanFields) throws(SweepFolderError) {
        let inputs: JSONValue = try fields.get("inputs") { $0.string != nil || $0["file"]?.string != nil ? $0 : nil }
        (drawn, file) = (inputs.string, inputs["file"]?.string)
        (isStandardised, subsample) = (inputs["standardise"] == .bool(true), inputs["subsample"]?.integer())
        points = try fields.get("points", PlanFields.number)
        activation = try fields.get("activation") { $0.string.flatMap(NetworkActivation.init)?.description }
        trained = try fields.string("trained")
        outputs = try fields.get("outputs") { value -> [Int]?? in
            guard case .array(let items) = value else { return value.string == "all" ? .some(nil) : nil }
            return .some(items.compactMap { item -> Int? in item.integer() })
        }
        patience = try fields.integer("patience", Int.self)
        isNumeric = try fields.flag("singular_values")
        primeCount = try fields.get("prime_count", PlanFields.number)
        primes = try fields.list("primes") { item -> Int? in item.integer() }
        seed = try fields.integer("seed", UInt64.self)
        labels = try fields.get("labels") { value -> String?? in
            value == .null ? .some(nil) : value.string.map { .some($0) }
        }
    }

    var primeWords: String { primes.map { "\($0)" }.joined(separator: " and ") }

    /// Below the figure, as the run itself words it.
    func caption(networks: Int) -> String {
        NetworkFolder.caption(
            networks: networks, points: points,
            inputs: file.map { "inputs from \($0.lastPathComponent)" } ?? "\(drawn ?? "") inputs, seed \(seed)",
            activation: activation, trained: trained, primes: primeWords)
    }

    /// For a POSIX shell.
    func commandLine(_ files: [String]) -> String {
        var words = ["fullrank network"] + files.map(\.shellQuoted)
        words.append("--inputs " + (file?.shellQuoted ?? drawn ?? ""))
        if isStandardised { words.append("--standardise") }
        if let subsample { words.append("--subsample \(subsample)") }
        words += ["--points \(points)", "--activation \(activation)", "--trained \(trained)"]
        if let outputs { words.append("--outputs " + IntegerList.text(outputs)) }
        if patience > 0 { words.append("--patience \(patience)") }
        if isNumeric { words.append("--method svd") }
        words += ["--primes \(primeCount)", "--seed \(seed)"]
        if let labels { words.append("--labels " + labels.shellQuoted) }
        return (words + ["--output again"]).joined(separator: " ")
    }
}
