// The loss of a combination's minima, and the slopes that make saddles of them.
extension CombinationDecider {
    /// A lower bound of the sum of squares of the cells' minima, 0 if it may be 0; nil if nothing is proved.
    func leastSquares() -> Double? {
        let all = cells.flatMap(\.basis), basis = arrangement.independent(all, limit: labels.count)
        if basis.count == labels.count { return 0 }
        guard arrangement.spans(basis, all),
            let proved = ProvedResidual(basis.map { arrangement.outputs[$0] }, target: labels)
        else { return nil }
        let length = max(0, NonnegativeLeastSquares.length(proved.residual) * (1 - 1e-12) - proved.error)
        return length * length
    }

    /// Whether h has both signs on every other cell, as saddles with z = 0 there have; nil if it is not proved.
    ///
    /// - Parameter others: rays of the cells of the units that do not move, none of them dead.
    func isSaddle(_ others: [[Int]]) -> Bool? {
        let all = cells.flatMap(\.basis), basis = arrangement.independent(all, limit: labels.count)
        if basis.count == labels.count { return false }
        guard arrangement.spans(basis, all) else { return nil }
        guard let proved = ProvedResidual(basis.map { arrangement.outputs[$0] }, target: labels) else { return nil }
        var hasBoth = false
        for rays in others {
            let slopes = rays.map { ray -> (value: Double, error: Double) in
                let slope = proved.slope(arrangement.outputs[ray])
                let isFlat = slope.value.magnitude <= slope.error && arrangement.spans(basis, basis + [ray])
                return isFlat ? (0, 0) : slope
            }
            if slopes.contains(where: { $0.value > $0.error }), slopes.contains(where: { -$0.value > $0.error }) {
                hasBoth = true
            } else if slopes.contains(where: { abs($0.value) <= $0.error && $0.error > 0 }) {
                return nil
            } else if slopes.contains(where: { $0.value != 0 }) {
                return false
            }
        }
        return hasBoth
    }
}
