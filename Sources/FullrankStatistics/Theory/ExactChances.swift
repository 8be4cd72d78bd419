import FullrankModel
import FullrankPlatform

/// The exact chance of full rank in the cells of a sweep, where a closed form is known:
///
/// - `regions`, one input with bias, distinct points: step vectors (P Theorem 10, Lemma 9);
/// - `regions` and `bernoulli`, drawn inputs, n ≤ k: `(1 − 2^-d1)^n`, each point needs an active unit;
/// - `bernoulli`, drawn inputs, k = 1: the Jacobian is a random 0/1 matrix with its rows scaled; n ≤ 2, or d1 = n ≤ 8;
/// - weights, one input with bias, points from a file: volumes of the regions (S Proposition 11).
public struct ExactChances: Sendable {
    private let plan: SweepPlan
    private let data: DataSet?
    /// Whether the first n points are.
    private let isDistinct: @Sendable (Int) -> Bool

    /// Whether the chances of all cells take a few seconds at most.
    private var isTableShort = true

    /// Largest n of exact curves, and steps of all cells: n d1 for the recursion, a hundred times n √d1 for volumes.
    private static let mostPoints = 2000
    private static let mostSteps = 2e9

    /// - Parameter data: the file's points, as the plan has them.
    /// - Returns: nil if the plan has no cell with a closed form; deep networks have none.
    public init?(plan: SweepPlan, data: DataSet?) {
        if case .file = plan.inputs, data == nil { return nil }
        guard plan.hidden == nil else { return nil }
        self.plan = plan
        self.data = data
        isDistinct = { points in data.map { $0.duplicates(among: points) == 0 } ?? true }
        let fewest = plan.points.first ?? 0
        let known = plan.problems.contains { problem in
            kind(inputDimension: problem.inputDimension, points: problem.points.first ?? fewest) != nil
        }
        guard known else { return nil }
        let work = plan.problems.reduce(0.0) { sum, problem in
            sum + problem.points.reduce(0.0) { $0 + steps(inputDimension: problem.inputDimension, points: $1) }
        }
        isTableShort = work <= Self.mostSteps
    }

    private func steps(inputDimension: Int, points n: Int) -> Double {
        switch kind(inputDimension: inputDimension, points: n) {
        case nil, .activeOnce, .binary: 0
        case .steps: Double(n) * Double(plan.units.last ?? 0)
        case .volumes: plan.units.reduce(0) { $0 + 100 * Double(n) * Double($1).squareRoot() }
        }
    }

    private enum Kind {
        case steps, volumes, activeOnce, binary
    }

    private func kind(inputDimension: Int, points n: Int) -> Kind? {
        let k = inputDimension + (plan.bias ? 1 : 0)
        let isLine = inputDimension == 1 && plan.bias
        switch plan.patterns {
        case .initialization: return isLine && data != nil && n <= LineVolumes.mostPoints ? .volumes : nil
        case .regions:
            if isLine { return n <= Self.mostPoints ? .steps : nil }
            return n <= k && data == nil ? .activeOnce : nil
        case .bernoulli:
            guard data == nil else { return nil }
            return n <= k ? .activeOnce : k == 1 ? .binary : nil
        }
    }

    /// Chances at one d0 and n and several widths; nil entries if there is no closed form, or where those of all
    /// cells would take too long.
    ///
    /// - Parameter units: d1, ascending.
    public func chances(inputDimension: Int, points n: Int, units: [Int]) -> [Double?] {
        switch kind(inputDimension: inputDimension, points: n) {
        case nil: return units.map { _ in nil }
        case .activeOnce: return units.map { pow(1 - exp2(-Double($0)), Double(n)) }
        case .binary: return units.map { binary(points: n, units: $0) }
        case .volumes:
            guard isTableShort else { return units.map { _ in nil } }
            let volumes = volumes(points: n)
            return units.map { volumes.fullRank(units: $0) }
        case .steps:
            guard isTableShort else { return units.map { _ in nil } }
            guard isDistinct(n) else { return units.map { _ in 0 } }
            var patterns = StepPatterns(points: n)
            return units.map { width in
                while patterns.units < width { patterns.addUnit() }
                return patterns.fullRank
            }
        }
    }

    /// The smallest d1 at which the chance reaches each level; nil if there is no closed form, or no such d1.
    ///
    /// - Parameter levels: ascending, between 0 and 1.
    public func widths(inputDimension: Int, points n: Int, levels: [Double]) -> [Int]? {
        switch kind(inputDimension: inputDimension, points: n) {
        case nil, .binary: return nil
        case .activeOnce:
            // (1 − 2^-d1)^n = level, in logarithms.
            return levels.map { Int((-log2(-expm1(log($0) / Double(n)))).rounded(.up)) }
        case .volumes:
            let volumes = volumes(points: n)
            let found = levels.compactMap { volumes.width(level: $0, atMost: 1 << 24) }
            return found.count == levels.count ? found : nil
        case .steps: return isDistinct(n) ? StepPatterns.widths(points: n, levels: levels, of: \.fullRank) : nil
        }
    }

    private func volumes(points n: Int) -> StepChances {
        StepChances(inputs: Array(data?.values.prefix(n) ?? []), initialization: plan.initialization)
    }

    /// Columns of a random d1 × n matrix of bits independent over the rationals.
    private func binary(points n: Int, units: Int) -> Double? {
        // Two columns: neither 0, not equal.
        if n == 2 { return (1 - exp2(-Double(units))) * (1 - 2 * exp2(-Double(units))) }
        guard n == units else { return nil }
        return SingularBinaryMatrices(order: n, trials: 0, singular: 0).exact.map { 1 - $0 }
    }
}
