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
        let others = [
            "fullrank-training": "train", "fullrank-minima": "minima", "fullrank-dimension": "dimension",
            "fullrank-landscape": "landscape sample",
            "fullrank-network-sweep": "sweep with --trained, --outputs or --activation",
        ]
        if let command = others[format] {
            throw .otherCommand(path: path, command: command)
        }
        guard format == Self.format else {
            throw .damaged(path: path, line: nil, reason: "\"format\" is not \"\(Self.format)\"")
        }
        try fields.requireVersion(Self.version)

        let plan = try fields.sweepPlan
        self.init(plan: plan, provenance: try fields.provenance)
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
                reason:
                    "\"\(difference.field)\" cannot be \(difference.recorded): of this plan it is \(difference.asked)")
        }
    }
}

extension PlanFields {
    /// What plan.json says of grid, trials, seed, inputs, networks and method.
    ///
    /// - Throws: `damaged` naming the key.
    package var sweepPlan: SweepPlan {
        get throws(SweepFolderError) {
            var plan = SweepPlan(inputDimensions: .fixed([]), points: [], units: [])
            if has("ratio") {
                let ratios = try ascending("ratio") { $0.string.flatMap { Ratio($0) } }
                plan.inputDimensions = .proportional(ratios)
            } else {
                plan.inputDimensions = .fixed(try numbers("d0"))
            }
            if has("hidden") {
                guard case .fixed = plan.inputDimensions else {
                    throw .damaged(path: path, line: nil, reason: "\"hidden\" does not go with \"ratio\"")
                }
                plan.hidden = try ascending("hidden") { layers in
                    guard case .array(let items) = layers else { return nil }
                    let widths = items.compactMap(PlanFields.number)
                    return widths.count == items.count ? HiddenLayers(widths) : nil
                }
            }
            plan.points = try numbers("n")
            plan.units = try numbers("d1")
            let dimensions =
                switch plan.inputDimensions {
                case .fixed(let list): list.count
                case .proportional(let list): list.count
                }
            try requireCells([dimensions, plan.hidden?.count ?? 1, plan.points.count, plan.units.count])
            guard plan.problems.allSatisfy({ $0.inputDimension <= IntegerList.largestValue }) else {
                throw .damaged(path: path, line: nil, reason: "a \"ratio\" makes d0 too large")
            }
            guard plan.hidden == nil || plan.problems.allSatisfy({ $0.columns(units: $0.largestUnits) <= Int32.max })
            else {
                throw .damaged(path: path, line: nil, reason: "\"hidden\" makes a network of more than 2^31 parameters")
            }
            plan.trials = try get("trials", PlanFields.number)
            plan.target = try target(trials: plan.trials)
            plan.seed = try integer("seed", UInt64.self)
            plan.inputs = try inputs
            plan.preparation = try get("inputs") { .some(DataPreparation($0)) }
            if has("patterns") {
                plan.patterns = try get("patterns") { $0.string.flatMap(PatternEnsemble.init(rawValue:)) }
            }
            if plan.patterns == .initialization {
                plan.initialization = try get("init") { $0.string.flatMap(Initialization.init(rawValue:)) }
            }
            plan.bias = try flag("bias")
            plan.method = try get("method") { value in
                ([RankMethod.exact] + Precision.allCases.map { .svd($0) }).first { $0.name == value.string }
            }
            if has("primes") {
                plan.primeCount = try list("primes") { $0.integer() as UInt32? }.count
                guard plan.method == .exact, (2...SweepRecord.mostPrimes).contains(plan.primeCount) else {
                    throw .damaged(path: path, line: nil, reason: "\"primes\" cannot be \(plan.primeCount) of them")
                }
            }
            if plan.primeCount > 1 {
                guard try list("primes", { $0.integer() as UInt32? }) == plan.primes else {
                    throw .damaged(path: path, line: nil, reason: "\"primes\" are not those of the seed")
                }
            }
            return plan
        }
    }
}
