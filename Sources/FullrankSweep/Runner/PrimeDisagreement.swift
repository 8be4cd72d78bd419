import FullrankFiles
import FullrankModel

/// A trial whose rank profile was not the same modulo all of the plan's primes: one of them divides a minor that is not 0.
public struct PrimeDisagreement: Hashable, Sendable {
    /// In a ratio sweep, as written.
    public let ratio: String?
    /// In a deep sweep, as written, with d1.
    public let hidden: String?
    public let units: Int?
    /// d0
    public let inputDimension: Int
    /// n, the largest of its problem.
    public let points: Int
    public let trial: Int
    /// Every prime that was tried, in order.
    public let primes: [UInt32]
    /// Those of them whose profile the others' dominates.
    public let dissenting: [UInt32]

    init(_ problem: SweepProblem, trial: Int, _ agreement: ProfileAgreement) {
        ratio = problem.ratio?.description
        hidden = problem.hidden?.description
        units = problem.hidden == nil ? nil : problem.largestUnits
        inputDimension = problem.inputDimension
        points = problem.largestPoints
        self.trial = trial
        primes = agreement.primes
        dissenting = agreement.primes.filter { !agreement.agreeing.contains($0) }
    }
}

extension PrimeDisagreement {
    var json: JSONValue {
        let members: [JSONValue.Member?] = [
            ratio.map { .init("ratio", .string($0)) }, hidden.map { .init("hidden", .string($0)) },
            .init("d0", .integer(inputDimension)), units.map { .init("d1", .integer($0)) },
            .init("n", .integer(points)), .init("trial", .integer(trial)),
            .init("primes", .array(primes.map { .integer($0) })),
            .init("dissenting", .array(dissenting.map { .integer($0) })),
        ]
        return .object(members.compactMap { $0 })
    }

    init?(_ json: JSONValue) {
        func list(_ name: String) -> [UInt32]? {
            guard case .array(let items)? = json[name] else { return nil }
            let numbers = items.compactMap { $0.integer() as UInt32? }
            return numbers.count == items.count ? numbers : nil
        }
        guard let inputDimension: Int = json["d0"]?.integer(), let points: Int = json["n"]?.integer(),
            let trial: Int = json["trial"]?.integer(), let primes = list("primes"), let dissenting = list("dissenting")
        else { return nil }
        ratio = json["ratio"]?.string
        (hidden, units) = (json["hidden"]?.string, json["d1"]?.integer())
        (self.inputDimension, self.points, self.trial) = (inputDimension, points, trial)
        (self.primes, self.dissenting) = (primes, dissenting)
    }
}

extension SweepRecord {
    /// Each once, in the order of problems and trials: the list does not tell in which order trials were computed.
    mutating func add(_ more: [PrimeDisagreement]) {
        let new = more.filter { !disagreements.contains($0) }
        guard !new.isEmpty else { return }
        let order = plan.problems.map {
            "\($0.ratio?.description ?? "") \($0.hidden.map { "\($0)" } ?? "") \($0.inputDimension) "
                + "\($0.hidden == nil ? 0 : $0.largestUnits) \($0.largestPoints)"
        }
        func place(_ one: PrimeDisagreement) -> (Int, Int) {
            let key = "\(one.ratio ?? "") \(one.hidden ?? "") \(one.inputDimension) \(one.units ?? 0) \(one.points)"
            return (order.firstIndex(of: key) ?? order.count, one.trial)
        }
        disagreements = (disagreements + new).sorted { place($0) < place($1) }
    }
}
