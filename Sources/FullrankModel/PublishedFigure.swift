/// The experiments of Karhadkar, Murray, Tseran, Montúfar (arXiv 2305.19510), which `fullrank reproduce` runs.
public enum PublishedFigure: String, CaseIterable, Codable, Sendable {
    /// d0 fixed: 1, 2, 3, 5; n = 10..100:10, d1 = 30..300:30.
    case fixedInput = "fixed-input"
    /// d0 = ceil(R n), R = 0.25, 0.5, 1, 2; n = 10..190:20, d1 = 1..15.
    case proportionalInput = "proportional-input"

    /// The published grid, the published distributions.
    public func plan(
        trials: Int = 100, target: IntervalTarget? = nil, seed: UInt64 = 0, method: RankMethod = .exact
    ) -> SweepPlan {
        switch self {
        case .fixedInput:
            SweepPlan(
                inputDimensions: .fixed([1, 2, 3, 5]), points: Array(stride(from: 10, through: 100, by: 10)),
                units: Array(stride(from: 30, through: 300, by: 30)), trials: trials, target: target, seed: seed,
                method: method)
        case .proportionalInput:
            SweepPlan(
                inputDimensions: .proportional(["0.25", "0.5", "1", "2"].compactMap { Ratio($0) }),
                points: Array(stride(from: 10, through: 190, by: 20)), units: Array(1...15), trials: trials,
                target: target, seed: seed, method: method)
        }
    }
}
