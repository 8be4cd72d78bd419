import FullrankModel

/// Up to which trial each problem's trials count. Without half-width all of a plan's do. With one those below the
/// problem's checkpoint do. The checkpoint moves on if all of them are counted and an interval is still too wide
/// (docs/mathematics.md, section 10).
///
/// The checkpoints follow from the plan and the trials' results alone: neither from the order in which trials finish,
/// nor from other trials that a journal holds (of a plan with another half-width, for example).
package struct TrialBounds: Sendable {
    private let target: IntervalTarget?
    /// By problem: trials from here on do not count yet.
    package private(set) var ends: [Int]
    /// By problem: how often its bound has moved on.
    package private(set) var rounds: [Int]
    /// By problem: whether its bound may still move.
    package private(set) var isOpen: [Bool]

    /// - Parameter end: without a target, of each problem; with one the first checkpoint.
    package init(problems: Int, end: Int, target: IntervalTarget?) {
        self.target = target
        ends = Array(repeating: end, count: problems)
        rounds = Array(repeating: 0, count: problems)
        isOpen = Array(repeating: target.map { end < $0.maxTrials } ?? false, count: problems)
    }

    /// Moves a problem's bound on if its intervals require it. To be called once all trials below the bound are counted.
    ///
    /// - Parameter widest: the problem's cell with the widest interval after these trials.
    /// - Returns: whether the bound moved.
    @discardableResult
    package mutating func advance(problem: Int, widest: @autoclosure () -> WidestCell) -> Bool {
        guard let target, isOpen[problem] else { return false }
        guard let next = target.nextCheckpoint(after: ends[problem], widest: widest()) else {
            isOpen[problem] = false
            return false
        }
        ends[problem] = next
        rounds[problem] += 1
        isOpen[problem] = next < target.maxTrials
        return true
    }

    /// Whether more trials may be asked for than `ends` say.
    package var mayGrow: Bool { isOpen.contains(true) }
}
