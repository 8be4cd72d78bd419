import FullrankKernels

// Ranks of one input with bias follow from the order of points and breaks alone, with no chance of error
// (docs/mathematics.md, section 14).
extension TrialProblem {
    /// Whether the CPU backend finds rank profiles by order: for one hidden layer, one input, a bias, and weights or
    /// regions. With `FULLRANK_ORDER=0` in the environment it eliminates.
    public var isProvedByOrder: Bool {
        let drawnRegions: Bool
        switch network {
        case .drawn, .given: drawnRegions = false
        case .regions: drawnRegions = true
        case .bernoulli, .pattern: return false
        }
        return hidden.isEmpty && fr_cpu_ranks_by_order(Int64(inputDimension), bias ? 1 : 0, drawnRegions ? 1 : 0) != 0
    }
}

extension SweepPlan {
    /// Whether the problem's trials are proved by order.
    public func isProvedByOrder(_ problem: SweepProblem) -> Bool {
        method == .exact && problem.hidden == nil && patterns != .bernoulli
            && fr_cpu_ranks_by_order(Int64(problem.inputDimension), problem.bias ? 1 : 0, patterns == .regions ? 1 : 0)
                != 0
    }

    /// The input dimensions all of whose trials are proved by order; empty for a ratio sweep.
    public var dimensionsProvedByOrder: [Int] {
        guard case .fixed(let dimensions) = inputDimensions else { return [] }
        let proved = Set(problems.filter(isProvedByOrder).map(\.inputDimension))
        return dimensions.filter(proved.contains)
    }

    /// Whether every trial is proved by order, so that there is no chance of error to report.
    public var isProvedByOrder: Bool {
        guard case .fixed(let dimensions) = inputDimensions else { return false }
        return dimensionsProvedByOrder == dimensions
    }
}
