import FullrankModel

/// Several devices as one backend: a batch of trials or matrices is split among them, in order and evenly, and they
/// work at the same time. Answers are those of one device, to the bit.
public final class DeviceGroup: RankBackend {
    private let members: [any RankBackend]

    /// - Precondition: at least one member, all of the same kind.
    public init(_ members: [any RankBackend]) {
        precondition(!members.isEmpty, "a group of devices has members")
        self.members = members
    }

    private var first: any RankBackend { members[0] }
    /// For what one device does alone.
    func withNetworks() throws(BackendError) -> any NetworkBackend {
        guard let member = first as? any NetworkBackend else {
            throw .unsupported("\(name): has no networks of one's own")
        }
        return member
    }
    public var name: String { first.name }
    /// "2 x NVIDIA H100 80GB HBM3", or all their names if they differ.
    public var device: String {
        let names = members.map(\.device)
        return Set(names).count == 1 && names.count > 1 ? "\(names.count) x \(names[0])" : names.joined(separator: ", ")
    }
    public var libraryVersion: String { first.libraryVersion }
    public var threads: Int { first.threads }
    public func cancel() { for member in members { member.cancel() } }
    public var progress: Double { members.map(\.progress).reduce(0, +) / Double(members.count) }

    public func inputs(of problem: TrialProblem, trial: UInt64) throws(BackendError) -> [Double] {
        try first.inputs(of: problem, trial: trial)
    }
    public func weights(
        of problem: TrialProblem, trial: UInt64
    ) throws(BackendError) -> (weights: [Double], biases: [Double]) {
        try first.weights(of: problem, trial: trial)
    }
    public func activationPattern(of problem: TrialProblem, trial: UInt64) throws(BackendError) -> ActivationPattern {
        try first.activationPattern(of: problem, trial: trial)
    }
    public func jacobian(of problem: TrialProblem, trial: UInt64) throws(BackendError) -> [Double] {
        try first.jacobian(of: problem, trial: trial)
    }

    public func rankProfiles(
        of problem: TrialProblem, trials: Range<UInt64>, prime: UInt32
    ) throws(BackendError) -> [Outcome<RankProfile>] {
        try split(trials.count) { (member, part) throws(BackendError) in
            let range = trials.lowerBound + UInt64(part.lowerBound)..<trials.lowerBound + UInt64(part.upperBound)
            return try member.rankProfiles(of: problem, trials: range, prime: prime)
        }
    }

    public func columnProfiles(
        of problem: TrialProblem, trials: Range<UInt64>, prime: UInt32
    ) throws(BackendError) -> [Outcome<ColumnProfile>] {
        try split(trials.count) { (member, part) throws(BackendError) in
            let range = trials.lowerBound + UInt64(part.lowerBound)..<trials.lowerBound + UInt64(part.upperBound)
            return try member.columnProfiles(of: problem, trials: range, prime: prime)
        }
    }

    public func singularValues(
        of problem: TrialProblem, cells: [Cell], trials: Range<UInt64>, precision: Precision
    ) throws(BackendError) -> [Outcome<SingularSummary>] {
        try split(trials.count) { (member, part) throws(BackendError) in
            let range = trials.lowerBound + UInt64(part.lowerBound)..<trials.lowerBound + UInt64(part.upperBound)
            return try member.singularValues(of: problem, cells: cells, trials: range, precision: precision)
        }
    }

    public func rankProfiles(
        ofMatrices matrices: [Double], batch: Int, rows: Int, columns: Int, prime: UInt32
    ) throws(BackendError) -> [Outcome<RankProfile>] {
        try split(batch) { (member, part) throws(BackendError) in
            try member.rankProfiles(
                ofMatrices: Array(matrices[part.lowerBound * rows * columns..<part.upperBound * rows * columns]),
                batch: part.count, rows: rows, columns: columns, prime: prime)
        }
    }

    public func singularValues(
        ofMatrices matrices: [Double], batch: Int, rows: Int, columns: Int, precision: Precision
    ) throws(BackendError) -> [Outcome<SingularSummary>] {
        try split(batch) { (member, part) throws(BackendError) in
            try member.singularValues(
                ofMatrices: Array(matrices[part.lowerBound * rows * columns..<part.upperBound * rows * columns]),
                batch: part.count, rows: rows, columns: columns, precision: precision)
        }
    }

    /// If one member fails, the others are cancelled, and its error is thrown.
    private func split<Value: Sendable>(
        _ items: Int,
        _ work: @escaping @Sendable (any RankBackend, Range<Int>) throws(BackendError) -> [Outcome<Value>]
    ) throws(BackendError) -> [Outcome<Value>] {
        let members = members
        let parts = min(members.count, max(items, 1))
        let results = concurrently(parts) { index -> Result<[Outcome<Value>], BackendError> in
            let part = items * index / parts..<items * (index + 1) / parts
            do throws(BackendError) {
                return .success(try work(members[index], part))
            } catch {
                if error != .cancelled { for other in members { other.cancel() } }
                return .failure(error)
            }
        }
        let errors = results.compactMap { result -> BackendError? in
            if case .failure(let error) = result { error } else { nil }
        }
        if let error = errors.first(where: { $0 != .cancelled }) ?? errors.first { throw error }
        var outcomes = [Outcome<Value>]()
        for case .success(let part) in results { outcomes += part }
        return outcomes
    }
}

/// Trials of one call are spread as those of ranks are; one trial is the first device's.
extension DeviceGroup: MinimaBackend {
    public func minima(
        of problem: TrialProblem, _ query: MinimaQuery, trials: Range<UInt64>, regions: [UInt64]
    ) throws(BackendError) -> [Outcome<MinimaAnswer>] {
        let words = trials.isEmpty ? 0 : regions.count / trials.count
        return try split(trials.count) { (member, part) throws(BackendError) in
            let range = trials.lowerBound + UInt64(part.lowerBound)..<trials.lowerBound + UInt64(part.upperBound)
            return try Self.withMinima(member).minima(
                of: problem, query, trials: range,
                regions: Array(regions[part.lowerBound * words..<part.upperBound * words]))
        }
    }

    public func minimaSamples(
        of problem: TrialProblem, _ query: MinimaQuery, trial: UInt64
    ) throws(BackendError) -> (labels: [Double], outputs: [Double], pattern: ActivationPattern) {
        try Self.withMinima(first).minimaSamples(of: problem, query, trial: trial)
    }

    public func minimaProof(
        of problem: TrialProblem, _ query: MinimaQuery, trial: UInt64
    ) throws(BackendError) -> MinimaProof {
        try Self.withMinima(first).minimaProof(of: problem, query, trial: trial)
    }

    private static func withMinima(_ member: any RankBackend) throws(BackendError) -> any MinimaBackend {
        guard let member = member as? any MinimaBackend else { throw .unsupported("\(member.name): has no minima") }
        return member
    }
}
