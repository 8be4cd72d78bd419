/// How many trials of a run are finished, of how many.
public struct TrialCount: Hashable, Sendable {
    /// Finished trials that count.
    public var done: Int
    /// The folder's trials: all, or its shard's; with a half-width, those that were called for so far.
    public var total: Int
    /// Whether intervals may require more trials.
    public var mayGrow: Bool

    package init(done: Int, total: Int, mayGrow: Bool) {
        self.done = done
        self.total = total
        self.mayGrow = mayGrow
    }
}
