import FullrankModel

/// Activation patterns of `d0 = 1` networks with bias on sorted data (CATALOGUE section 1; Karhadkar et al., lemma 9):
/// every unit's row is a step, 1 before or 1 from a break on.
struct StepPattern {
    /// A row: points count from 0, `position` 0...n-1. `rising`: 1 at points ≥ position; else 1 at points < position.
    struct Step: Hashable {
        let position: Int
        let rising: Bool
    }

    let points: Int
    let steps: [Step]

    /// The 2n different steps: position 0 gives all ones (rising) and all zeros.
    static func allSteps(points: Int) -> [Step] {
        (0..<points).flatMap { [Step(position: $0, rising: false), Step(position: $0, rising: true)] }
    }

    init(points: Int, steps: [Step]) {
        self.points = points
        self.steps = steps
    }

    /// Reads the steps off a pattern whose points stand in the order `sorted`; nil where a row is no step.
    init?(_ pattern: ActivationPattern, sorted: [Int]) {
        points = sorted.count
        var steps = [Step]()
        for unit in 0..<pattern.units {
            let row = sorted.map { pattern[unit, $0] }
            guard let first = row.first else { return nil }
            let change = row.firstIndex { $0 != first }
            if let change, row[change...].contains(first) { return nil }
            steps.append(Step(position: change ?? 0, rising: change == nil ? first : !first))
        }
        self.steps = steps
    }

    var pattern: ActivationPattern {
        let width = ActivationPattern.wordsPerUnit(points: points)
        var words = [UInt64](repeating: 0, count: steps.count * width)
        for (unit, step) in steps.enumerated() {
            for point in 0..<points where (point >= step.position) == step.rising {
                words[unit * width + point / 64] |= 1 << UInt64(point % 64)
            }
        }
        return ActivationPattern(units: steps.count, points: points, words: words)
    }

    /// Distinct breaks, ascending; a row without a change has none.
    var breaks: [Int] { Set(steps.map(\.position)).subtracting([0]).sorted() }

    /// c of docs/mathematics.md, section 12: the all-ones row is there, or some break in both orientations.
    var holdsConstants: Bool {
        let present = Set(steps)
        return present.contains { $0.rising && $0.position == 0 }
            || present.contains { $0.position > 0 && present.contains(Step(position: $0.position, rising: !$0.rising)) }
    }

    /// rk A = number of distinct breaks + c.
    var patternRank: Int { breaks.count + (holdsConstants ? 1 : 0) }

    /// Points between neighbouring breaks.
    var blocks: [Int] {
        let ends = [0] + breaks + [points]
        return zip(ends, ends.dropFirst()).map { $1 - $0 }
    }

    /// The Jacobian's rank on generic data. With c = 1 the columns span every function that is affine on each block:
    /// Σ min(2, |block|). With c = 0 the blocks' columns of A have one linear dependency, on the blocks where the
    /// orientation of their two ends differs (the data's ends counting as falling, then rising); by the min-max formula
    /// of docs/mathematics.md, section 7, these blocks give 2 (their number - 1) at most.
    var jacobianRank: Int {
        let dimensions = blocks.map { min(2, $0) }
        if holdsConstants { return dimensions.reduce(0, +) }
        let orientation = Dictionary(steps.map { ($0.position, $0.rising) }, uniquingKeysWith: { first, _ in first })
        let ends = [false] + breaks.map { orientation[$0]! } + [true]
        let dependent = dimensions.indices.filter { ends[$0] != ends[$0 + 1] }
        let among = dependent.reduce(0) { $0 + dimensions[$1] }
        return dimensions.reduce(0, +) - among + min(among, 2 * (dependent.count - 1))
    }
}
