import FullrankModel

/// A trial while its combinations are decided.
struct DecidedTrial: Sendable {
    /// Draws of one n and d1 that one thread takes.
    struct Part: Sendable {
        let row: Int
        let column: Int
        let draws: Range<Int>
    }

    struct RankKey: Hashable, Sendable {
        let row: Int
        let draw: Int
    }

    let sample: SampledTrial
    private let plan: LandscapePlan
    private let index: Int
    /// By n.
    private let points: [SampledPoints]
    var ranks: [RankKey: RankProfile] = [:]
    /// By n, then d1.
    var counts: [CombinationCounts]
    /// Of the minima whose loss is above 0, by n, then d1: lower bounds of their sums of squares.
    private var losses: [[Double]]

    private static let fewestDraws = 1 << 14

    init(_ sample: SampledTrial, _ plan: LandscapePlan, index: Int) {
        (self.sample, self.plan, self.index) = (sample, plan, index)
        points = plan.points.map {
            SampledPoints(sample.points($0, inputDimension: plan.inputDimensions[index], bias: plan.bias))
        }
        counts = Array(repeating: CombinationCounts(), count: plan.cellCount)
        losses = Array(repeating: [], count: plan.cellCount)
    }

    /// Equal combinations of a part are decided once, so that few parts are best.
    func parts(threads: Int) -> [Part] {
        let count = max(1, min(threads, plan.draws / Self.fewestDraws))
        return plan.points.indices.flatMap { row in
            plan.units.indices.flatMap { column in
                (0..<count).map { part in
                    Part(row: row, column: column, draws: plan.draws * part / count..<plan.draws * (part + 1) / count)
                }
            }
        }
    }

    func batch(_ part: Part) -> CombinationBatch {
        let n = plan.points[part.row], units = plan.units[part.column]
        return CombinationBatch(
            points: points[part.row], labels: sample.labels(part.column, points: n), pattern: sample.pattern(part.row),
            stride: plan.units.last ?? 0, units: units, signs: plan.frozen?.signs(units))
    }

    /// Cells of drawn weights are the same for all n.
    func rankKey(_ part: Part, _ draw: Int) -> RankKey {
        RankKey(row: sample.patterns.count > 1 ? part.row : 0, draw: draw)
    }

    /// The Jacobian of one draw, all its units.
    func rankProblem(_ part: Part, _ draw: Int) -> TrialProblem {
        let pattern = sample.pattern(part.row), units = plan.units.last ?? 0, width = pattern.wordsPerUnit
        let d0 = plan.inputDimensions[index]
        let words = Array(pattern.words[(draw * units * width)..<((draw + 1) * units * width)])
        let data = DataSet(
            points: pattern.points, inputDimension: d0, values: Array(sample.inputs[..<(pattern.points * d0)]))
        return TrialProblem(
            seed: plan.seed, points: pattern.points, inputDimension: d0, units: units, bias: plan.bias,
            inputs: .given(data),
            network: .pattern(ActivationPattern(units: units, points: pattern.points, words: words)))
    }

    /// Completes the verdicts of a part.
    func decided(
        _ screened: ScreenedPart, _ part: Part, _ isCancelled: () -> Bool
    ) throws(LandscapeError) -> [CombinationVerdict] {
        let batch = batch(part)
        var verdicts = screened.verdicts
        for place in screened.open {
            if isCancelled() { throw .interrupted }
            let draw = part.draws.lowerBound + place
            guard let profile = ranks[rankKey(part, draw)] else { continue }
            verdicts[place] = try batch.decided(
                verdicts[place], draw: draw, rank: profile.rank(points: batch.count, units: batch.units))
        }
        for (place, leader) in screened.leaders { verdicts[place] = verdicts[leader] }
        return verdicts
    }

    /// Adds to the counts of a part.
    mutating func add(_ own: CombinationCounts, _ part: Part) {
        counts[part.row * plan.units.count + part.column] += own
    }

    mutating func add(_ verdicts: [CombinationVerdict], _ part: Part) {
        let place = part.row * plan.units.count + part.column
        for verdict in verdicts {
            if verdict.fullRank == .feasible { counts[place].fullRank += 1 }
            if verdict.minimum == .undecided { counts[place].minimumOpen += 1 }
            guard verdict.minimum == .feasible else { continue }
            counts[place].minimum += 1
            if verdict.unique == .feasible { counts[place].unique += 1 }
            // At full rank the loss is 0.
            if verdict.fullRank != .feasible { losses[place].append(verdict.low) }
        }
    }

    /// The counts, with those of bad minima.
    ///
    /// - Throws: `tooManyFaces`.
    func judged() throws(LandscapeError) -> [CombinationCounts] {
        var counts = counts
        for (row, n) in plan.points.enumerated() {
            var best = Double.infinity
            for (column, units) in plan.units.enumerated() {
                let place = row * plan.units.count + column
                // A teacher's labels are others for each width.
                if plan.labels == .teacher { best = .infinity }
                counts[place].badOpen = losses[place].count
                // A loss that may be 0 has nothing below it.
                guard let least = losses[place].filter({ $0 > 0 }).min() else { continue }
                let labels = sample.labels(column, points: n)
                if best >= least * (1 - BetterPoint.margin) {
                    let search = BetterPoint(
                        arrangement: try points[row].arrangement(), labels: labels, signs: plan.frozen?.signs(units),
                        units: units)
                    let stream = SampleStream(
                        seed: plan.seed, trial: UInt64(sample.trial), number: BetterPoint.stream)
                    best = min(best, search.best(below: least, stream: stream))
                }
                counts[place].bad = losses[place].count { best < $0 * (1 - BetterPoint.margin) }
                counts[place].badOpen = losses[place].count - counts[place].bad
            }
        }
        return counts
    }
}
