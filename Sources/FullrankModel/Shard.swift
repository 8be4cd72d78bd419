/// One of several jobs that share a sweep's trials: `--shard I/K`, counted from 1.
public struct Shard: Hashable, Sendable, CustomStringConvertible {
    public let index: Int
    public let count: Int

    /// - Returns: nil unless 1 ≤ index ≤ count.
    public init?(index: Int, count: Int) {
        guard index >= 1, index <= count else { return nil }
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
