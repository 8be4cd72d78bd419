/// The cells that several sweeps of the same samples have in common.
public struct SharedGrid: Hashable, Sendable {
    private var inputDimensions: SweepPlan.InputDimensions
    private var points: [Int]
    private var units: [Int]
    private var hidden: [HiddenLayers]?

    /// - Returns: nil if no cell is in all of them.
    public init?(_ plans: [SweepPlan]) {
        guard let first = plans.first else { return nil }
        (inputDimensions, points, units, hidden) = (first.inputDimensions, first.points, first.units, first.hidden)
        for plan in plans.dropFirst() {
            points = points.filter(Set(plan.points).contains)
            units = units.filter(Set(plan.units).contains)
            switch (inputDimensions, plan.inputDimensions) {
            case (.fixed(let own), .fixed(let other)): inputDimensions = .fixed(own.filter(other.contains))
            case (.proportional(let own), .proportional(let other)):
                inputDimensions = .proportional(own.filter(other.contains))
            default: return nil
            }
            guard (hidden == nil) == (plan.hidden == nil) else { return nil }
            hidden = hidden?.filter { plan.hidden?.contains($0) == true }
        }
        let dimensions =
            switch inputDimensions {
            case .fixed(let dimensions): dimensions.count
            case .proportional(let ratios): ratios.count
            }
        guard dimensions > 0, !points.isEmpty, !units.isEmpty, hidden?.isEmpty != true else { return nil }
    }

    /// The plan cut down to these cells. Samples do not depend on a plan's lists: a trial of it is a part of one of the
    /// plan's own.
    ///
    /// - Parameter trials: of each problem, at most.
    public func part(of plan: SweepPlan, trials: Int) -> SweepPlan {
        var part = plan
        (part.inputDimensions, part.points, part.units, part.hidden) = (inputDimensions, points, units, hidden)
        (part.trials, part.target) = (trials, nil)
        return part
    }
}

extension SweepProblem {
    /// Whether all cells of the other problem are this one's: its trials are then parts of this one's.
    public func holds(_ part: SweepProblem) -> Bool {
        ratio == part.ratio && hidden == part.hidden && bias == part.bias
            && (ratio != nil || inputDimension == part.inputDimension)
            && Set(part.points).isSubset(of: points) && Set(part.units).isSubset(of: units)
    }
}
