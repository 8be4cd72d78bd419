import FullrankFiles
import FullrankModel
import FullrankRuns

/// The content of plan.json.
public struct SweepRecord: RunRecord {
    public static let header = JournalHeader(format: "fullrank-trials", version: 3)
    /// The files of a sweep besides plan, journal and diagrams.
    public static let tables = ["cells.csv", "widths.csv", "exact.csv", "obstructions.csv", "trials.csv"]
    public static let format = "fullrank-sweep"
    public static let version = 1
    /// The largest number of primes that a command accepts; each prime is an elimination.
    public static let mostPrimes = 16

    public var plan: SweepPlan
    /// Set if the folder contains only a share of the trials.
    public var shard: Shard?
    /// The run that began the sweep.
    public var provenance: RunProvenance
    /// Later runs with another version, backend, device or library.
    public var resumedOn: [RunProvenance]
    /// Method `exact`.
    public var prime: UInt32?
    /// Method `exact`: the chance that one trial's rank is too low, at the largest n (`Prime.shortfallBound`).
    public var errorBound: Double?
    /// Input dimensions whose trials are all proved by order, whatever the prime. If these are all dimensions, there is
    /// no error bound.
    public var provedByOrder = [Int]()
    /// Trials on whose profiles the primes disagreed, in order.
    public var disagreements: [PrimeDisagreement] = []

    public init(plan: SweepPlan, shard: Shard? = nil, provenance: RunProvenance) {
        self.plan = plan
        self.shard = shard
        self.provenance = provenance
        resumedOn = []
        guard plan.method == .exact else { return }
        prime = plan.prime
        provedByOrder = plan.dimensionsProvedByOrder
        errorBound = plan.isProvedByOrder ? nil : Self.bound(plan)
    }

    private static func bound(_ plan: SweepPlan) -> Double {
        Prime.shortfallBound(pivots: plan.points.last ?? 0, primes: plan.primes)
    }

    /// Trials of another run, or of an earlier version's, are among these: what not all of them say of proofs is said no
    /// more.
    mutating func weaken(toProofsOf other: SweepRecord) {
        guard provedByOrder != other.provedByOrder else { return }
        provedByOrder = provedByOrder.filter(other.provedByOrder.contains)
        errorBound = errorBound ?? other.errorBound ?? Self.bound(plan)
    }

    /// Replaces the plan by one with more trials.
    public mutating func adopt(_ larger: SweepPlan) {
        (plan.trials, plan.target) = (larger.trials, larger.target)
    }

    public mutating func add(_ other: SweepRecord) {
        add(runsOf: other)
        weaken(toProofsOf: other)
        add(other.disagreements)
    }

    public func isExtended(by asked: SweepPlan) -> Bool { asked.extends(plan) }

    /// A table, a diagram, or one of those in another format.
    public static func isOutput(_ name: String) -> Bool { tables.contains(name) || isDiagram(name) }

    public var problems: Int { plan.problems.count }
    public var trials: Int { plan.trials }
    public var mostTrials: Int { plan.mostTrials }
    public var decoder: JournalDecoder { JournalDecoder(self) }
    public func encoder(isSealed: Bool) -> JournalEncoder {
        JournalEncoder(problems: plan.problems, isSealed: isSealed)
    }
    /// A pivot takes 14 bytes at most, a cell's rank and singular values 60.
    public var longestLine: Int {
        let numbers = plan.method == .exact ? plan.points.last ?? 0 : plan.points.count * plan.units.count
        return numbers.multipliedReportingOverflow(by: 128).partialValue
    }

    /// The fields that determine the numbers and differ from a requested plan.
    public func differences(from asked: SweepPlan, shard askedShard: Shard? = nil) -> [PlanDifference] {
        func share(_ shard: Shard?) -> [JSONValue.Member] {
            shard.map { [.init("shard", .string($0.description))] } ?? []
        }
        let here =
            Self.deciding(asked) + share(askedShard)
            + (asked.method == .exact ? [.init("prime", .integer(asked.prime))] : [])
        let there = Self.deciding(plan) + share(shard) + (prime.map { [.init("prime", .integer($0))] } ?? [])
        return PlanDifference.list(recorded: there, asked: here)
    }

    /// plan.json's bytes.
    public var bytes: [UInt8] { Array(json.document.utf8) }

    var json: JSONValue {
        var members: [JSONValue.Member] = [
            .init("format", .string(Self.format)), .init("version", .integer(Self.version)),
            .init("fullrank", .string(provenance.fullrank)),
        ]
        members += Self.deciding(plan)
        if let shard { members.append(.init("shard", .string(shard.description))) }
        if let prime { members.append(.init("prime", .integer(prime))) }
        if let errorBound, let bound = JSONValue.double(errorBound) { members.append(.init("error_bound", bound)) }
        if !provedByOrder.isEmpty { members.append(.init("proved_by_order", .integers(provedByOrder))) }
        members += provenance.members
        if !disagreements.isEmpty { members.append(.init("disagreements", .array(disagreements.map(\.json)))) }
        return .object(members + RunProvenance.members(laterRuns: resumedOn))
    }

    /// A plan as members. The seed is always a JSON integer, up to 2^64 − 1: exact here and in Python; programs that
    /// read numbers as doubles lose bits above 2^53. Ratios are strings, as written.
    package static func deciding(_ plan: SweepPlan) -> [JSONValue.Member] {
        let dimensions: JSONValue.Member
        switch plan.inputDimensions {
        case .fixed(let list): dimensions = .init("d0", .integers(list))
        case .proportional(let ratios): dimensions = .init("ratio", .array(ratios.map { .string($0.description) }))
        }
        var trials = [JSONValue.Member("trials", .integer(plan.trials))]
        if let target = plan.target, let halfWidth = JSONValue.double(target.halfWidth) {
            trials += [.init("half_width", halfWidth), .init("max_trials", .integer(target.maxTrials))]
        }
        var members = [dimensions]
        if let hidden = plan.hidden { members.append(.init("hidden", .array(hidden.map { .integers($0.widths) }))) }
        members += [.init("n", .integers(plan.points)), .init("d1", .integers(plan.units))]
        members += trials
        members += [
            .init("seed", .integer(plan.seed)), .init("inputs", plan.inputs.json(plan.preparation)),
            // Only for drawn patterns, so that folders of earlier versions remain valid.
            plan.patterns == .initialization
                ? .init("init", .string(plan.initialization.rawValue))
                : .init("patterns", .string(plan.patterns.rawValue)),
            .init("bias", .bool(plan.bias)),
            .init("method", .string(plan.method.name)),
        ]
        if plan.primeCount > 1 { members.append(.init("primes", .array(plan.primes.map { .integer($0) }))) }
        return members
    }
}
