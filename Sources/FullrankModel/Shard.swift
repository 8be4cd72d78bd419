/// One of several jobs that share a sweep's trials: `--shard I/K`, counted from 1.
public struct Shard: Hashable, Sendable, CustomStringConvertible {
    public let index: Int
    public let count: Int

    /// - Returns: nil unless 1 ≤ index ≤ count; there are not more shards than trials can be.
    public init?(index: Int, count: Int) {
        guard index >= 1, index <= count, count <= IntegerList.largestValue else { return nil }
        self.index = index
        self.count = count
    }

    /// Reads "2/8".
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (48...57).contains($0) } }),
            let index = Int(parts[0]), let count = Int(parts[1])
        else { return nil }
        self.init(index: index, count: count)
    }

    public var description: String { "\(index)/\(count)" }

    /// The share of a problem's trials 0..<total: a run of neighbours, sizes equal up to one; all shares together are
    /// all trials, once each.
    public func trials(of total: Int) -> Range<Int> {
        func bound(_ shares: Int) -> Int { total / count * shares + min(shares, total % count) }
        return bound(index - 1)..<bound(index)
    }
}

/// Shards of one division, `count` in number, as runs of neighbours: there may be a billion of them.
public struct ShardRuns: Hashable, Sendable, CustomStringConvertible {
    public let count: Int
    public private(set) var runs: [ClosedRange<Int>] = []

    /// The shards that are not among `shards`, which are of one division.
    public init?(missingFrom shards: [Shard]) {
        guard let count = shards.first?.count, shards.allSatisfy({ $0.count == count }) else { return nil }
        self.count = count
        var next = 1
        for index in shards.map(\.index).sorted() {
            if index > next { runs.append(next...(index - 1)) }
            next = max(next, index + 1)
        }
        if next <= count { runs.append(next...count) }
    }

    /// The shards that hold some of the given trials, which ascend, of a problem's `total`.
    public init(holding trials: [Range<Int>], of total: Int, count: Int) {
        self.count = count
        // The first shards have a trial more than the others.
        let (size, larger) = (total / count, total % count)
        func index(_ trial: Int) -> Int {
            trial < larger * (size + 1) ? trial / (size + 1) + 1 : larger + (trial - larger * (size + 1)) / size + 1
        }
        for range in trials where !range.isEmpty {
            let run = index(range.lowerBound)...index(range.upperBound - 1)
            if let last = runs.last, run.lowerBound <= last.upperBound + 1 {
                runs[runs.count - 1] = last.lowerBound...max(last.upperBound, run.upperBound)
            } else {
                runs.append(run)
            }
        }
    }

    public var isEmpty: Bool { runs.isEmpty }

    /// "3/8, 5/8 to 8/8"
    public var description: String {
        runs.map { run in
            let ends = run.count == 1 ? [run.lowerBound] : [run.lowerBound, run.upperBound]
            return ends.map { "\($0)/\(count)" }.joined(separator: run.count == 2 ? ", " : " to ")
        }.joined(separator: ", ")
    }
}
