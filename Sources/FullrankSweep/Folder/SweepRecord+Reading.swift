import FullrankFiles
import FullrankModel
import FullrankRuns

extension SweepRecord {
    /// Reads plan.json.
    ///
    /// - Parameter path: for messages.
    /// - Throws: `unknownVersion`; `damaged` naming the key.
    public init(parsing bytes: [UInt8], path: String) throws(SweepFolderError) {
        let fields = try PlanFields(parsing: bytes, path: path)
        let format = try fields.string("format")
        if let command = ["fullrank-training": "train", "fullrank-minima": "minima"][format] {
            throw .otherCommand(path: path, command: command)
        }
        guard format == Self.format else {
            throw .damaged(path: path, line: nil, reason: "\"format\" is not \"\(Self.format)\"")
        }
        try fields.requireVersion(Self.version)

        var plan = SweepPlan(inputDimensions: .fixed([]), points: [], units: [])
        if fields.has("ratio") {
            let ratios = try fields.ascending("ratio") { $0.string.flatMap { Ratio($0) } }
            plan.inputDimensions = .proportional(ratios)
        } else {
            plan.inputDimensions = .fixed(try fields.numbers("d0"))
        }
        if fields.has("hidden") {
            guard case .fixed = plan.inputDimensions else {
                throw .damaged(path: path, line: nil, reason: "\"hidden\" does not go with \"ratio\"")
            }
            plan.hidden = try fields.ascending("hidden") { layers in
                guard case .array(let items) = layers else { return nil }
                let widths = items.compactMap(PlanFields.number)
                return widths.count == items.count ? HiddenLayers(widths) : nil
            }
        }
        plan.points = try fields.numbers("n")
        plan.units = try fields.numbers("d1")
        let dimensions =
            switch plan.inputDimensions {
            case .fixed(let list): list.count
            case .proportional(let list): list.count
            }
        try fields.requireCells([dimensions, plan.hidden?.count ?? 1, plan.points.count, plan.units.count])
        guard plan.problems.allSatisfy({ $0.inputDimension <= IntegerList.largestValue }) else {
            throw .damaged(path: path, line: nil, reason: "a \"ratio\" makes d0 too large")
        }
        guard plan.hidden == nil || plan.problems.allSatisfy({ $0.columns(units: $0.largestUnits) <= Int32.max }) else {
            throw .damaged(path: path, line: nil, reason: "\"hidden\" makes a network of more than 2^31 parameters")
        }
        plan.trials = try fields.get("trials", PlanFields.number)
        plan.target = try fields.target(trials: plan.trials)
        plan.seed = try fields.integer("seed", UInt64.self)
        plan.inputs = try fields.inputs
        plan.preparation = try fields.get("inputs") { .some(DataPreparation($0)) }
        if fields.has("patterns") {
            plan.patterns = try fields.get("patterns") { $0.string.flatMap(PatternEnsemble.init(rawValue:)) }
        }
        if plan.patterns == .initialization {
            plan.initialization = try fields.get("init") { $0.string.flatMap(Initialization.init(rawValue:)) }
        }
        plan.bias = try fields.flag("bias")
        plan.method = try fields.get("method") { value in
            ([RankMethod.exact] + Precision.allCases.map { .svd($0) }).first { $0.name == value.string }
        }
        if fields.has("primes") {
            plan.primeCount = try fields.list("primes") { $0.integer() as UInt32? }.count
            guard plan.method == .exact, (2...Self.mostPrimes).contains(plan.primeCount) else {
                throw .damaged(path: path, line: nil, reason: "\"primes\" cannot be \(plan.primeCount) of them")
            }
        }

        self.init(plan: plan, provenance: try fields.provenance)
        if plan.primeCount > 1 {
            guard try fields.list("primes", { $0.integer() as UInt32? }) == plan.primes else {
                throw .damaged(path: path, line: nil, reason: "\"primes\" are not those of the seed")
            }
        }
        if fields.has("disagreements") {
            disagreements = try fields.list("disagreements") { PrimeDisagreement($0) }
        }
        shard = try fields.shard
        prime = fields.has("prime") ? try fields.integer("prime", UInt32.self) : nil
        errorBound = fields.has("error_bound") ? try fields.get("error_bound") { $0.double } : nil
        provedByOrder = fields.has("proved_by_order") ? try fields.list("proved_by_order", PlanFields.number) : []
        resumedOn = try fields.laterRuns
        // What the seed and the plan decide was not decided otherwise when the trials were computed.
        if let difference = differences(from: plan, shard: shard).first {
            throw .damaged(
                path: path, line: nil,
                reason: "\"\(difference.field)\" cannot be \(difference.recorded): of this plan it is \(difference.asked)")
        }
    }
}
