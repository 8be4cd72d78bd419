/// Which trials of a sweep are done: a bit each up to the last that is, so that 10^5 trials of a thousand problems fit
/// in 12 MB, and a sweep of which little is done takes little.
public struct FinishedTrials: Hashable, Sendable {
    /// Trials of each problem: those that may be done.
    public let trials: Int
    /// How many are done, all problems together.
    public private(set) var count = 0
    /// By problem: bit t % 64 of word t / 64; trials beyond the words are not done.
    private var words: [[UInt64]]
    private var counts: [Int]

    public init(problems: Int, trials: Int) {
        self.trials = trials
        words = Array(repeating: [], count: problems)
        counts = Array(repeating: 0, count: problems)
    }

    public var problems: Int { words.count }

    public func contains(problem: Int, trial: Int) -> Bool { word(problem, trial / 64) >> UInt64(trial % 64) & 1 == 1 }

    /// Marks a trial; false if it already was.
    @discardableResult
    public mutating func insert(problem: Int, trial: Int) -> Bool {
        precondition((0..<trials).contains(trial), "trials count from 0 to \(trials - 1)")
        guard !contains(problem: problem, trial: trial) else { return false }
        let index = trial / 64
        while words[problem].count <= index { words[problem].append(0) }
        words[problem][index] |= 1 << UInt64(trial % 64)
        counts[problem] += 1
        count += 1
        return true
    }

    /// How many trials of a problem are done.
    public func count(problem: Int) -> Int { counts[problem] }

    /// How many of a problem's first `bound` trials are done.
    public func count(problem: Int, below bound: Int) -> Int {
        let (whole, rest) = (bound / 64, bound % 64)
        let count = words[problem].prefix(whole).reduce(0) { $0 + $1.nonzeroBitCount }
        return count + (word(problem, whole) & (1 << UInt64(rest) - 1)).nonzeroBitCount
    }

    /// The first run of trials of a problem that are not done, at `start` or after and below `end` (all trials, if
    /// nil); nil if all are.
    public func nextGap(problem: Int, from start: Int, to end: Int? = nil) -> Range<Int>? {
        let end = end ?? trials
        let first = next(problem, from: start, done: false)
        guard first < end else { return nil }
        return first..<min(end, next(problem, from: first, done: true))
    }

    /// The first trial at `start` or after that is done, or is not; `trials` if there is none. A word at a time.
    private func next(_ problem: Int, from start: Int, done: Bool) -> Int {
        var trial = start
        while trial < trials {
            guard trial / 64 < words[problem].count else { return done ? trials : trial }
            let here = done ? words[problem][trial / 64] : ~words[problem][trial / 64]
            let rest = here >> UInt64(trial % 64)
            if rest != 0 { return min(trial + rest.trailingZeroBitCount, trials) }
            trial += 64 - trial % 64
        }
        return max(start, trials)
    }

    private func word(_ problem: Int, _ index: Int) -> UInt64 {
        index < words[problem].count ? words[problem][index] : 0
    }
}
