import FullrankBackends
import FullrankFiles
import FullrankModel
import FullrankSweep

/// Options that several commands take, with one help text.
extension OptionSpec {
    static let inputDimensions = OptionSpec(
        "--d0", "LIST", "input dimensions; with --inputs FILE optional: its number of columns")
    static let ratio = OptionSpec(
        "--ratio", "LIST", "input dimensions in proportion: d0 = ceil(RATIO n), such as 0.25,0.5,1")
    static let trials = OptionSpec("--trials", "N", "trials of each problem", default: "100")
    static let seed = OptionSpec("--seed", "S", "the same seed gives the same numbers, to the bit", default: "0")
    static let inputs = OptionSpec(
        "--inputs", "WHICH",
        "data points: normal, uniform (on [0,1)), cube (on [-1,1)), or a file FILE.npy,\n"
            + "FILE.npz[:NAME], FILE.csv or FILE.idx (MNIST's format, images flattened), each also\n"
            + "with .gz, with one row per point; every trial takes the first n rows", default: "normal",
        choices: InputDistribution.allCases.map(\.rawValue))
    static let standardise = OptionSpec(
        "--standardise", nil, "scale a file's coordinates to mean 0 and variance 1; constant ones become 0")
    static let subsample = OptionSpec(
        "--subsample", "N", "take N rows of a file, chosen by the seed, in random order", default: "all, in order")
    static let initialization = OptionSpec(
        "--init", "WHICH", "weights and biases: uniform (on +-1/sqrt(d0)), he-uniform or normal", default: "uniform",
        choices: Initialization.allCases.map(\.rawValue))
    static let patterns = OptionSpec(
        "--patterns", "WHICH",
        "activation patterns: init (of drawn weights), bernoulli (every bit 0 or 1 with\n"
            + "probability 1/2) or regions (all of a unit's regions equally likely)", default: "init",
        choices: PatternEnsemble.allCases.map(\.rawValue))
    static let noBias = OptionSpec("--no-bias", nil, "networks without biases")
    static let method = OptionSpec(
        "--method", "WHICH", "exact (rank modulo a prime) or svd (singular values)", default: "exact",
        choices: ["exact", "svd"])
    static let primes = OptionSpec(
        "--primes", "N", "for --method exact: primes that must agree; 2 square the error bound",
        default: "1")
    static let precision = OptionSpec(
        "--precision", "WHICH", "for method svd: float64 or float32", default: "float64",
        choices: Precision.allCases.map(\.rawValue))
    static let backend = OptionSpec(
        "--backend", "WHICH", "auto, cpu or cuda", default: "auto", choices: BackendChoice.allCases.map(\.rawValue))
    static let threads = OptionSpec(
        "--threads", "N", "number of CPU threads; results don't depend on it", default: "all cores")
    static let devices = OptionSpec(
        "--devices", "LIST", "GPUs by number, which share the trials; 'fullrank backends' lists them", default: "all")
    static let json = OptionSpec("--json", nil, "print JSON")
    static let cellsJSON = OptionSpec(
        "--json", nil, "print the cells as JSON, with keys as in cells.csv; with --dry-run its numbers")
    static let widthsJSON = OptionSpec(
        "--json", nil, "print the widths as JSON, with keys as in widths.csv; with --dry-run its numbers")
    static let figuresJSON = OptionSpec(
        "--json", nil,
        "print the cells of all figures as JSON: the figure, and keys as in cells.csv; with\n--dry-run its numbers")
    static let mergedJSON = OptionSpec("--json", nil, "print the merged cells as JSON, with keys as in cells.csv")
    static let shard = OptionSpec(
        "--shard", "I/K",
        "compute share I of K of the trials, I from 1 to K, each in a folder of its own;\n"
            + "'slurm' takes I and K from the job array, 'slurm/K' only I;\n'merge' joins the shares",
        default: "all trials")
    static let replace = OptionSpec("--replace", nil, "start over if the folder already has a sweep")
    static let dryRun = OptionSpec(
        "--dry-run", nil,
        "measure for half a second, print what the command would take (trials, work, time,\n"
            + "memory, disk), and write nothing; with --json as JSON. --output may be left out")
    static let noLive = OptionSpec("--no-live", nil, "on a terminal: show the progress line without the diagram")
    static let output = OptionSpec("--output", "DIR", "folder for the results; created if it is missing")
}

/// The device and threads that compute; they never change a result.
struct BackendFlags: Hashable, Sendable {
    var choice: BackendChoice
    /// nil: all cores the process may use.
    var threads: Int?
    /// Empty: all.
    var devices: [Int]

    init(_ arguments: ParsedArguments) throws(CommandFailure) {
        choice = try arguments.choice("--backend") ?? .auto
        threads = try arguments.positive("--threads", maximum: 4096)
        devices = arguments.values["--devices"] == "all" ? [] : try arguments.integers("--devices", minimum: 0) ?? []
    }

    func open() throws(BackendError) -> ChosenBackend {
        try choice.open(options: BackendOptions(threads: threads ?? 0), devices: devices)
    }
}

/// `--dry-run` and how it prints.
enum DryRunFormat: Sendable {
    case text
    case json
}

extension ParsedArguments {
    /// nil: the command runs.
    var dryRun: DryRunFormat? { has("--dry-run") ? has("--json") ? .json : .text : nil }

    /// `--output`; empty if a dry run is given none.
    func outputFolder() throws(CommandFailure) -> String {
        has("--dry-run") && !has("--output") ? "" : try requiredPath("--output")
    }

    private enum MethodName: String, CaseIterable {
        case exact
        case svd
    }

    /// `--method` and `--precision`; `usual` is the precision if none is given.
    func rankMethod(usual: Precision = .float64) throws(CommandFailure) -> RankMethod {
        let method: MethodName = try choice("--method") ?? .exact
        let precision: Precision? = try choice("--precision")
        switch method {
        case .svd: return .svd(precision ?? usual)
        case .exact:
            guard precision == nil else { throw .usage("--precision goes with --method svd only") }
            return .exact
        }
    }

    /// `--patterns`, and `--init` if it has a meaning.
    func patterns() throws(CommandFailure) -> PatternEnsemble {
        let patterns: PatternEnsemble = try choice("--patterns") ?? .initialization
        guard patterns == .initialization || !has("--init") else {
            throw .usage("--init does not go with --patterns \(patterns.rawValue), which draws no weights")
        }
        return patterns
    }

    /// `--primes`
    func primes(usual: Int = 1) throws(CommandFailure) -> Int {
        guard let primes = try positive("--primes", maximum: SweepRecord.mostPrimes) else { return usual }
        guard try rankMethodIsExact() else { throw .usage("--primes goes with --method exact only") }
        return primes
    }

    private func rankMethodIsExact() throws(CommandFailure) -> Bool {
        let method: MethodName? = try choice("--method")
        return method ?? .exact == .exact
    }

    /// `--inputs`: a distribution, or a file that is read here.
    func inputSource() throws(CommandFailure) -> InputSource {
        let text = values["--inputs"] ?? InputDistribution.normal.rawValue
        if let distribution = InputDistribution(rawValue: text) {
            for option in ["--standardise", "--subsample"] where has(option) {
                throw .usage("\(option) goes with --inputs FILE only")
            }
            return .drawn(distribution)
        }
        guard DataSet.isFileName(text) else {
            throw notOneOf(InputDistribution.allCases.map(\.rawValue) + DataSet.fileNames, text, "--inputs")
        }
        let data: DataSet
        do throws(FileError) {
            data = try DataSet.load(path: text, note: tellOfFile(text))
        } catch {
            throw CommandFailure(error, option: "--inputs")
        }
        return .file(path: text, data: try prepared(data, path: text))
    }
}

/// Prints to standard error which parts of a file were not read as points.
func tellOfFile(_ path: String) -> ([String]) -> Void {
    { notes in for note in notes { writeMessage("\(path.printable()): \(note)") } }
}

/// The source of the data points.
enum InputSource: Sendable {
    case drawn(InputDistribution)
    case file(path: String, data: DataSet)

    var data: DataSet? { if case .file(_, let data) = self { data } else { nil } }

    /// As a plan records it.
    var planned: SweepPlan.Inputs {
        switch self {
        case .drawn(let distribution): .drawn(distribution)
        case .file(let path, let data): .file(path: path, fingerprint: data.fingerprint)
        }
    }

    /// As a backend takes it.
    var problem: TrialProblem.Inputs {
        switch self {
        case .drawn(let distribution): .drawn(distribution)
        case .file(_, let data): .given(data)
        }
    }

    /// A file must hold `points` rows of `inputDimension` numbers.
    func check(points: Int, inputDimension: Int) throws(CommandFailure) {
        guard case .file(let path, let data) = self else { return }
        guard inputDimension == data.inputDimension else {
            throw .usage("--d0: \(inputDimension) is not the \(data.inputDimension) columns of \(path.printable())")
        }
        guard points <= data.points else {
            throw .usage("--n: \(points) is more than the \(data.points) rows of \(path.printable())")
        }
    }
}
