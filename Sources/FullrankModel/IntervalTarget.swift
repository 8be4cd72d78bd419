/// `--half-width` and `--max-trials`: trials are added to a problem until every cell's confidence interval is narrow
/// enough. docs/mathematics.md, section 10, defines when this is decided, and from which trials.
public struct IntervalTarget: Hashable, Codable, Sendable {
    /// Of the 95% Wilson interval; above 0 and below 1/2, which no interval reaches.
    public var halfWidth: Double
    /// Of a problem, at least the plan's first trials.
    public var maxTrials: Int

    public init(halfWidth: Double, maxTrials: Int) {
        self.halfWidth = halfWidth
        self.maxTrials = maxTrials
    }

    /// What `--half-width` may be.
    public static func isHalfWidth(_ value: Double) -> Bool { value > 0 && value < 0.5 }
}

extension SweepPlan {
    /// Whether this plan adds trials to `other`, or is the same, and differs from it in nothing else.
    ///
    /// A smaller half-width asks for more; a plan without one asks for all its trials.
    public func extends(_ other: SweepPlan) -> Bool {
        var same = self
        (same.trials, same.target) = (other.trials, other.target)
        guard same == other || same.holdsSameData(as: other) else { return false }
        let isNarrower =
            switch (target?.halfWidth, other.target?.halfWidth) {
            case (let mine?, let theirs?): mine <= theirs
            case (_, nil), (nil, _): true
            }
        return trials >= other.trials && mostTrials >= other.mostTrials && isNarrower
    }

    /// The same data under another name are the same data.
    private func holdsSameData(as other: SweepPlan) -> Bool {
        guard case .file(_, let mine) = inputs, case .file(_, let theirs) = other.inputs, mine == theirs else {
            return false
        }
        var same = self
        same.inputs = other.inputs
        return same == other
    }
}
