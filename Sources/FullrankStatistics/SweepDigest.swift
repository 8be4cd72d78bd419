import FullrankModel

/// The data of a sweep that figures and reports need, gathered in one pass over its trials. Memory grows with trials
/// and listed n, not with cells.
public struct SweepDigest: Sendable {
    /// The trials of one d0 or ratio.
    public struct Group: Sendable {
        /// nil for a fixed d0.
        public let ratio: Ratio?
        /// Set in a deep sweep: each is a group with each d0.
        public let hidden: HiddenLayers?
        /// d0; at a ratio that of the largest n.
        public let inputDimension: Int
        /// Cells of the listed n and d1 with trials, ordered by n, then d1; of lists longer than `diagramSide` those
        /// that thinning leaves.
        public let cells: [CellStatistics]
        /// Exact method, once there are trials; not in a deep sweep, whose trials have one width each.
        public let samples: CriticalWidthSamples?
        /// svd method, a problem each.
        public let singular: [SingularValueSamples]
    }

    public let plan: SweepPlan
    private var tallies: [SweepTally]
    private var samples: [CriticalWidthSamples] = []
    private var singular: [SingularValueSamples] = []

    /// Largest number of n at which every trial's h(n) is kept.
    public static let mostPoints = 400
    /// Most listed n, and most listed d1, of which a figure shows cells: more would be less than two pixels wide.
    public static let diagramSide = 250
    /// Number of n whose singular values are kept.
    public static let mostSingularPoints = 4

    /// - Parameter points: n, besides the listed ones, at which h(n) is wanted: at most `mostPoints`, each up to the
    ///   plan's largest; where each n is a problem of its own (ratios, regions), or only columns of pivots are found
    ///   (`SweepPlan.findsColumnsOnly`), only listed ones are known.
    public init(plan: SweepPlan, points: [Int] = []) {
        self.plan = plan
        let problems = plan.problems
        tallies = problems.map { SweepTally(problem: $0) }
        switch plan.method {
        case .exact where plan.hidden != nil: break
        case .exact:
            // 40 MB a problem.
            let most = min(Self.mostPoints, max(20, 10_000_000 / max(plan.target?.maxTrials ?? plan.trials, 1)))
            samples = problems.map { problem in
                let listed = CriticalWidthSamples.selection(problem.points, atMost: most)
                // Of a problem of its own for each n only that n is known, and where only columns are found.
                let all = problem.points.count == plan.points.count && !plan.findsColumnsOnly(problem)
                let wanted = all ? Set(listed).union(points.filter { $0 <= problem.largestPoints }) : Set(listed)
                return CriticalWidthSamples(problem: problem, points: wanted.sorted())
            }
        case .svd:
            let kept = CriticalWidthSamples.selection(plan.points, atMost: Self.mostSingularPoints)
            singular = problems.map { problem in
                SingularValueSamples(problem: problem, points: problem.points.filter { kept.contains($0) })
            }
        }
    }

    /// Adds a trial of the exact method.
    public mutating func add(_ profile: RankProfile, problem: Int) {
        tallies[problem].add(profile)
        if !samples.isEmpty { samples[problem].add(profile) }
    }

    /// Adds a trial of the svd method. One with a cell missing counts in no table, as in cells.csv.
    public mutating func add(_ summaries: [SingularSummary?], problem: Int) {
        singular[problem].add(summaries)
        let ranks = summaries.compactMap { $0?.rank }
        if ranks.count == summaries.count { tallies[problem].add(ranks: ranks) }
    }

    /// The cell of a problem with the widest interval.
    public func widest(_ problem: Int) -> WidestCell { tallies[problem].widest }

    /// Trials added, of all problems.
    public var trials: Int { tallies.reduce(0) { $0 + $1.trials } }

    /// Trials of the problem that has most.
    public var mostTrials: Int { tallies.map(\.trials).max() ?? 0 }

    /// Quantiles of h at the listed n, in table order.
    public var widths: [WidthStatistics] { tallies.criticalWidths }

    /// Ordered by n, then d1: of a deep sweep each d1 is a problem of its own.
    private func cells(_ group: Range<Int>) -> [CellStatistics] {
        let cells = Array(tallies[group]).drawnCells(side: Self.diagramSide)
        guard plan.hidden != nil else { return cells }
        return cells.sorted { ($0.points, $0.units) < ($1.points, $1.units) }
    }

    /// In the plan's order.
    public var groups: [Group] {
        var groups = [Group]()
        var start = 0
        while start < tallies.count {
            let problem = tallies[start].problem
            var end = start + 1
            while end < tallies.count, tallies[end].problem.ratio == problem.ratio,
                tallies[end].problem.hidden == problem.hidden,
                problem.ratio != nil || tallies[end].problem.inputDimension == problem.inputDimension
            {
                end += 1
            }
            groups.append(
                Group(
                    ratio: problem.ratio, hidden: problem.hidden,
                    inputDimension: tallies[end - 1].problem.inputDimension, cells: cells(start..<end),
                    samples: samples.isEmpty ? nil : CriticalWidthSamples(merging: Array(samples[start..<end])),
                    singular: singular.isEmpty ? [] : Array(singular[start..<end])))
            start = end
        }
        return groups
    }
}
