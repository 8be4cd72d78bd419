import FullrankBackends
import FullrankModel

/// Ranks draws modulo as many primes as are needed: one where a rank is proved, and else until enough of them agree.
public struct DimensionRanking: Sendable {
    public let plan: DimensionPlan
    private let primes: [UInt32]

    public init(plan: DimensionPlan) {
        self.plan = plan
        primes = plan.primes
    }

    /// For each group, a trial for each of its draws.
    ///
    /// - Throws: `cancelled` if a call was cut off.
    public func trials(
        of groups: [DrawGroup], problems: [DimensionProblem], on backend: any DimensionBackend
    ) throws(BackendError) -> [DimensionTrial] {
        let batches = zip(groups, problems).map { plan.networks($0, of: $1) }
        var tried = [[(prime: UInt32, rank: NetworkRank)]]()
        for ranks in try ranks(of: batches, modulo: primes[0], on: backend) { tried.append([(primes[0], ranks)]) }
        for prime in primes.dropFirst().dropLast() {
            try again(tried.indices.filter { !isProved(tried[$0]) }, modulo: prime, &tried, batches, on: backend)
        }
        let split = tried.indices.filter { Set(tried[$0].map(\.rank.rank)).count > 1 && !isProved(tried[$0]) }
        try again(split, modulo: primes[primes.count - 1], &tried, batches, on: backend)
        return zip(places(batches), tried).map { place, tried in
            trial(groups[place.batch], draw: groups[place.batch].draws.lowerBound + place.set, tried)
        }
    }
}

extension DimensionRanking {
    private typealias Tried = [(prime: UInt32, rank: NetworkRank)]

    private func places(_ batches: [NetworkDraws]) -> [(batch: Int, set: Int)] {
        batches.indices.flatMap { batch in (0..<batches[batch].sets.count).map { (batch, $0) } }
    }

    private func isProved(_ tried: Tried) -> Bool {
        tried.contains { $0.rank.rank >= $0.rank.bound }
    }

    /// All sets of all batches, one after the other.
    private func ranks(
        of batches: [NetworkDraws], modulo prime: UInt32, on backend: any DimensionBackend
    ) throws(BackendError) -> [NetworkRank] {
        var ranks = [NetworkRank]()
        for outcomes in try backend.networkRanks(of: batches, prime: prime) {
            for outcome in outcomes {
                switch outcome {
                case .computed(let rank): ranks.append(rank)
                case .notComputed: throw .cancelled
                // Drawn weights are finite, and so are residues.
                case .notFinite, .notConverged: throw .internal("a drawn network has numbers that are not finite")
                }
            }
        }
        return ranks
    }

    /// Ranks some of the sets modulo one more prime.
    private func again(
        _ chosen: [Int], modulo prime: UInt32, _ tried: inout [Tried], _ batches: [NetworkDraws],
        on backend: any DimensionBackend
    ) throws(BackendError) {
        guard !chosen.isEmpty else { return }
        let places = places(batches)
        let more = try ranks(
            of: chosen.map { batches[places[$0].batch].set(places[$0].set) }, modulo: prime, on: backend)
        for (index, rank) in zip(chosen, more) { tried[index].append((prime, rank)) }
    }

    private func trial(_ group: DrawGroup, draw: Int, _ tried: Tried) -> DimensionTrial {
        // The first of the highest.
        let best = tried.dropFirst().reduce(tried[0].rank) { $1.rank.rank > $0.rank ? $1.rank : $0 }
        return DimensionTrial(
            trial: plan.trial(architecture: group.architecture, draw: draw), rank: best.rank, bound: best.bound,
            points: best.points,
            end: best.end, primes: tried.map(\.prime),
            dissenting: tried.filter { $0.rank.rank < best.rank }.map(\.prime))
    }
}

extension NetworkDraws {
    /// One of the sets alone.
    fileprivate func set(_ index: Int) -> NetworkDraws {
        var alone = self
        let first = sets.lowerBound + UInt64(index)
        alone.sets = first..<(first + 1)
        if case .doubles(let parameters, let points) = numbers {
            let (own, width) = (parameters.count / sets.count, points.count / sets.count)
            alone.numbers = .doubles(
                parameters: Array(parameters[(index * own)..<((index + 1) * own)]),
                points: Array(points[(index * width)..<((index + 1) * width)]))
        }
        return alone
    }
}
