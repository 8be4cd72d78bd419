/// How often each critical width h(n) was seen at one n, trials that never reached full rank counted apart.
public struct WidthHistogram: Hashable, Sendable {
    /// Trials of one width.
    public struct Entry: Hashable, Sendable {
        public var width: Int
        public var trials: Int
        public init(width: Int, trials: Int) {
            self.width = width
            self.trials = trials
        }
    }

    /// By width h, ascending; none without trials.
    public private(set) var entries: [Entry] = []
    /// Trials that reached full rank.
    public private(set) var reached = 0
    /// Trials that did not reach full rank within the largest width tried.
    public private(set) var unreached: Int

    public init(unreached: Int = 0) { self.unreached = unreached }

    public var trials: Int { reached + unreached }

    /// Adds one trial's h(n), nil if it was not reached.
    public mutating func add(_ width: Int?) {
        if let width { apply([Entry(width: width, trials: 1)]) } else { unreached += 1 }
    }

    /// Adds trials, or removes them if the number is negative, widths ascending.
    mutating func apply(_ changes: [Entry]) {
        guard !changes.isEmpty else { return }
        var merged = [Entry]()
        merged.reserveCapacity(entries.count + changes.count)
        var rest = entries[...]
        for change in changes {
            while let entry = rest.first, entry.width < change.width {
                merged.append(entry)
                rest.removeFirst()
            }
            var trials = change.trials
            if let entry = rest.first, entry.width == change.width {
                trials += entry.trials
                rest.removeFirst()
            }
            if trials != 0 { merged.append(Entry(width: change.width, trials: trials)) }
            reached += change.trials
        }
        entries = merged + rest
    }

    /// The same trials, and others that did not reach full rank.
    func with(unreached: Int) -> Self {
        var copy = self
        copy.unreached = unreached
        return copy
    }

    /// For each of `percents` the smallest width w such that at least ⌈percent · trials / 100⌉ trials have h ≤ w: the
    /// inverse of the empirical distribution function, an unreached width counting as infinite. nil if that is
    /// infinite, and without trials.
    ///
    /// - Precondition: `percents` ascend and lie in 1...100.
    public func quantiles(percents: [Int]) -> [Int?] {
        let trials = trials
        guard trials > 0 else { return percents.map { _ in nil } }
        var position = 0
        var seen = 0
        return percents.map { percent in
            precondition((1...100).contains(percent), "a quantile is asked for in whole percent")
            // In integers: 0.07 * 100 is more than 7, and its ceiling would be 8.
            let needed = (percent * trials + 99) / 100
            while seen < needed, position < entries.count {
                seen += entries[position].trials
                position += 1
            }
            return seen >= needed ? entries[position - 1].width : nil
        }
    }
}
