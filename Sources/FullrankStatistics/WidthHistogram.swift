/// How often each critical width h(n) was seen at one n, trials that never reached full rank counted apart.
public struct WidthHistogram: Hashable, Sendable {
    /// Trials by width h; no zero entries.
    public private(set) var counts: [Int: Int] = [:]
    /// Trials that did not reach full rank within the largest width tried.
    public private(set) var unreached = 0

    public init() {}

    /// Trials that reached full rank.
    public var reached: Int { counts.values.reduce(0, +) }
    public var trials: Int { reached + unreached }

    /// Adds one trial's h(n), nil where it was not reached.
    public mutating func add(_ width: Int?) {
        if let width { counts[width, default: 0] += 1 } else { unreached += 1 }
    }

    public mutating func merge(_ other: WidthHistogram) {
        counts.merge(other.counts, uniquingKeysWith: +)
        unreached += other.unreached
    }

    /// For each of `percents` the smallest width w such that at least ⌈percent · trials / 100⌉ trials have h ≤ w: the
    /// inverse of the empirical distribution function, an unreached width counting as infinite. nil where that is
    /// infinite, and without trials.
    ///
    /// - Precondition: `percents` ascend and lie in 1...100.
    public func quantiles(percents: [Int]) -> [Int?] {
        let trials = trials
        guard trials > 0 else { return percents.map { _ in nil } }
        let ascending = counts.sorted { $0.key < $1.key }
        var position = 0
        var seen = 0
        return percents.map { percent in
            precondition((1...100).contains(percent), "a quantile is asked for in whole percent")
            // In integers: 0.07 * 100 is more than 7, and its ceiling would be 8.
            let needed = (percent * trials + 99) / 100
            while seen < needed, position < ascending.count {
                seen += ascending[position].value
                position += 1
            }
            return seen >= needed ? ascending[position - 1].key : nil
        }
    }
}
