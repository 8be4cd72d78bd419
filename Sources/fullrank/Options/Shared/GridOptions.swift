import FullrankModel

/// What `sweep` and `threshold` share: the input dimensions, their data and how many trials of what.
struct GridOptions: Sendable {
    var inputDimensions: SweepPlan.InputDimensions
    var inputs: InputSource
    var preparation: DataPreparation?
    /// What a user should know of the data.
    var notes: [String]
    var trials: Int
    var seed: UInt64
    var patterns: PatternEnsemble
    var initialization: Initialization
    var bias: Bool
    var primes: Int

    static let specs: [OptionSpec] = [
        .trials, .seed, .inputs, .standardise, .subsample, .patterns, .initialization, .noBias, .primes,
    ]

    /// Largest n of the command, for what d0 and the data's rows must satisfy.
    init(_ arguments: ParsedArguments, points: [Int]) throws(CommandFailure) {
        trials = try arguments.positive("--trials") ?? 100
        seed = try arguments.natural("--seed") ?? 0
        patterns = try arguments.patterns()
        initialization = try arguments.choice("--init") ?? .uniform
        bias = !arguments.has("--no-bias")
        primes = try arguments.primes()

        let dimensions = try arguments.integers("--d0")
        let ratios = try arguments.ratios("--ratio")
        if dimensions != nil, ratios != nil { throw .usage("--d0 and --ratio exclude each other; give one of them") }
        inputs = try arguments.inputSource()

        let largest = points.last ?? 0
        preparation = try arguments.preparation(of: inputs, points: largest)
        notes = inputs.notes(preparation, points: largest)
        if let ratios {
            if case .file(let path, _) = inputs {
                throw .usage("--ratio does not go with --inputs \(path.printable()), whose columns are d0")
            }
            for ratio in ratios where ratio.inputDimension(points: largest) > IntegerList.largestValue {
                throw .usage("--ratio: '\(ratio)' makes d0 larger than \(IntegerList.largestValue) at n = \(largest)")
            }
            inputDimensions = .proportional(ratios)
        } else if let dimensions = dimensions ?? inputs.data.map({ [$0.inputDimension] }) {
            for dimension in dimensions { try inputs.check(points: largest, inputDimension: dimension) }
            inputDimensions = .fixed(dimensions)
        } else {
            throw .usage("--d0 or --ratio is missing; see 'fullrank \(arguments.command.name) --help'")
        }
    }

    func plan(
        points: [Int], units: [Int], target: IntervalTarget? = nil, method: RankMethod
    ) -> SweepPlan {
        SweepPlan(
            inputDimensions: inputDimensions, points: points, units: units, trials: trials, target: target, seed: seed,
            inputs: inputs.planned, patterns: patterns, initialization: initialization, bias: bias, method: method,
            preparation: preparation, primeCount: primes)
    }
}

extension SweepPlan {
    func checkSize() throws(CommandFailure) {
        let lists =
            switch inputDimensions {
            case .fixed(let dimensions): dimensions.count
            case .proportional(let ratios): ratios.count
            }
        // Each list holds a million entries at most: no overflow.
        let (cells, overflow) = (lists * points.count * units.count).multipliedReportingOverflow(by: hidden?.count ?? 1)
        guard !overflow else { throw .usage("the lists make more cells than can be counted: shorten one of them") }
        guard cells <= Self.mostCells else {
            throw .usage("the lists make \(cells) cells; at most \(Self.mostCells) are taken: shorten one of them")
        }
    }
}
