extension RankProfile {
    /// Whether every leading block has at least the other's rank. Modulo any prime a block's rank is a lower bound of its
    /// rank over the rationals, so of several profiles of one matrix the true one dominates all.
    public func dominates(_ other: RankProfile) -> Bool {
        precondition(points == other.points, "profiles of one matrix have as many rows")
        if self == other { return true }
        // lead[i]: how many more pivots than the other, among the rows so far, stand in the first i + 1 pivot columns
        // that occur in either.
        let columns = Set((pivotColumns + other.pivotColumns).filter { $0 >= 0 }).sorted()
        let place = Dictionary(uniqueKeysWithValues: columns.enumerated().map { ($1, $0) })
        var lead = [Int](repeating: 0, count: columns.count)
        for (mine, its) in zip(pivotColumns, other.pivotColumns) where mine != its {
            let gain = place[mine] ?? columns.count, loss = place[its] ?? columns.count
            if gain < loss { for index in gain..<loss { lead[index] += 1 } }
            if loss < gain {
                for index in loss..<gain {
                    lead[index] -= 1
                    if lead[index] < 0 { return false }
                }
            }
        }
        return true
    }
}

/// One profile out of those modulo several primes.
public struct ProfileAgreement: Sendable {
    public let profile: RankProfile
    /// Every prime that was tried, in order.
    public let primes: [UInt32]
    /// Those of them that gave this profile.
    public let agreeing: [UInt32]
    public var disagreed: Bool { agreeing.count < primes.count }

    /// More than the chance of any mishap needs; small primes, which tests plant, may need many.
    public static let mostPrimes = 40

    /// Takes the profile of `count` primes if they agree; else further primes are drawn until two of them agree on a
    /// profile that dominates all that came up.
    ///
    /// - Parameters:
    ///   - prime: the index-th prime of a seed.
    ///   - profile: the profile modulo a prime; asked once a prime.
    public init<Failure: Error>(
        primes count: Int, prime: (Int) -> UInt32, profile: (UInt32) throws(Failure) -> RankProfile
    ) throws(Failure) {
        var primes = [UInt32]()
        var profiles = [RankProfile]()
        while true {
            primes.append(prime(primes.count))
            profiles.append(try profile(primes[primes.count - 1]))
            if primes.count < count { continue }
            let best = profiles.indices.first { index in profiles.allSatisfy { profiles[index].dominates($0) } }
            if let best {
                let agreeing = zip(primes, profiles).filter { $1 == profiles[best] }.map(\.0)
                if agreeing.count == primes.count || agreeing.count >= 2 || primes.count >= Self.mostPrimes {
                    (self.profile, self.primes, self.agreeing) = (profiles[best], primes, agreeing)
                    return
                }
            } else if primes.count >= Self.mostPrimes {
                // None dominates: the highest rank, a lower bound like all of them.
                let highest = profiles.indices.max { profiles[$0].rank < profiles[$1].rank }!
                let agreeing = zip(primes, profiles).filter { $1 == profiles[highest] }.map(\.0)
                (self.profile, self.primes, self.agreeing) = (profiles[highest], primes, agreeing)
                return
            }
        }
    }
}

extension Prime {
    /// The chance that a trial's profile falls short modulo each of several primes (`shortfallBound`, independent draws).
    public static func shortfallBound(pivots: Int, primes: [UInt32]) -> Double {
        primes.reduce(1) { $0 * shortfallBound(pivots: pivots, prime: $1) }
    }
}
