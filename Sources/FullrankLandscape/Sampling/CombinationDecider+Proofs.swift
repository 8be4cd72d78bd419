import FullrankNumbers

// Proofs that a combination holds no minimum, or one.
extension CombinationDecider {
    /// True if it is proved that no solution is in the cells; false if the residual's slopes on all cells vanish by
    /// construction; nil if nothing is proved.
    func refute(_ sides: [Side], _ pairs: [(cell: Int, ray: Int)], _ coefficients: [Double]) -> Bool? {
        var span = [Int](), checked = [(ray: Int, sign: Double)](), vanishing = Set<Int>()
        for (index, cell) in cells.enumerated() {
            if sides[index] == .free {
                span += cell.basis
                vanishing.formUnion(cell.rays)
                continue
            }
            let support = zip(pairs, coefficients).filter { $0.0.cell == index && $0.1 > 0 }.map(\.0.ray)
            let isOn = arrangement.points.indices.map { point in
                support.allSatisfy { arrangement.signs[$0][point] == 0 }
            }
            let zeros = arrangement.points.indices.filter { point in
                isOn[point] && arrangement.exactPoints[point].contains { !$0.isZero }
            }
            if zeros.isEmpty {
                span += cell.basis
                vanishing.formUnion(cell.rays)
                continue
            }
            let inside = cell.rays.filter { ray in zeros.allSatisfy { arrangement.signs[ray][$0] == 0 } }
            let normals = zeros.map { arrangement.exactPoints[$0] }
            let rank = ExactEchelon(normals, columns: normals[0].count).rank
            let dimension = arrangement.dimension - rank
            let basis = arrangement.independent(inside, limit: dimension)
            // Otherwise outputs of the face may leave the span.
            guard basis.count == dimension || arrangement.spans(basis, inside) else { return nil }
            span += basis
            vanishing.formUnion(inside)
            for ray in cell.rays where !inside.contains(ray) && arrangement.outputs[ray].contains(where: { $0 > 0 }) {
                checked.append((ray, factor(sides[index])))
            }
        }
        // Cells share rays: h is 0 on those of any face that was reached.
        checked.removeAll { vanishing.contains($0.ray) }
        if checked.isEmpty { return false }
        let basis = arrangement.independent(span, limit: labels.count)
        guard basis.count < labels.count, arrangement.spans(basis, span) else { return nil }
        guard let proved = ProvedResidual(basis.map { arrangement.outputs[$0] }, target: labels) else { return nil }
        var isPositive = false
        for (ray, sign) in checked {
            let slope = proved.slope(arrangement.outputs[ray])
            if sign * slope.value > slope.error {
                isPositive = true
            } else {
                // Outputs in the span have slope 0, such as multiples of others that are active on the same point alone.
                guard slope.value.magnitude <= slope.error, arrangement.spans(basis, basis + [ray]) else { return nil }
            }
        }
        return isPositive
    }

    /// Whether weights strictly inside the cells are proved to solve the normal equations.
    func isInside(_ sides: [Side]) -> Bool {
        let (pairs, columns) = self.columns(sides)
        let size = NonnegativeLeastSquares.length(labels)
        for power in [-6, -10, -14, -18] {
            // λ = share + μ: what is left for μ >= 0 to make.
            let share = size * Double(sign: .plus, exponent: power, significand: 1) / Double(max(columns.count, 1))
            var target = labels
            for ((cell, _), column) in zip(pairs, columns) where sides[cell] != .free {
                for index in target.indices { target[index] -= share * column[index] }
            }
            let solution = NonnegativeLeastSquares(columns, target: target, tolerance: Self.tolerance)
            guard solution.isSolved else { continue }
            var weights = cells.map { _ in [Double](repeating: 0, count: arrangement.points[0].count) }
            for (place, (cell, ray)) in pairs.enumerated() {
                let isFree = sides[cell] == .free
                // A free cell's pairs alternate in sign.
                let sign = isFree ? (place > 0 && pairs[place - 1] == (cell, ray) ? -1.0 : 1) : factor(sides[cell])
                let amount = sign * (solution.coefficients[place] + (isFree ? 0 : share))
                for index in weights[cell].indices { weights[cell][index] += amount * arrangement.rays[ray][index] }
            }
            if isProved(weights, sides) { return true }
        }
        return false
    }

    /// Whether an exact solution of the normal equations is so near to these weights that it is on the sides.
    private func isProved(_ weights: [[Double]], _ sides: [Side]) -> Bool {
        let all = cells.flatMap(\.basis), basis = arrangement.independent(all, limit: labels.count)
        guard arrangement.spans(basis, all) else { return false }
        // What the weights leave of the labels, exactly, is to be made by a small change along the basis.
        var rest = labels.map { Fraction(exactly: $0) }
        for (cell, own) in zip(cells, weights) {
            let exact = own.map { Fraction(exactly: $0) }
            for point in rest.indices where cell.pattern[point] {
                rest[point] -= dot(exact, arrangement.exactPoints[point])
            }
        }
        let left = rest.map(\.double), rounding = NonnegativeLeastSquares.length(left) * 0x1p-48
        guard let change = ProvedResidual(basis.map { arrangement.outputs[$0] }, target: left) else { return false }
        let reach = NonnegativeLeastSquares.length(change.coefficients) + change.coefficientError
        let most = reach * 1.01 + rounding * change.inverseSize
        for (index, cell) in cells.enumerated() where sides[index] != .free {
            let exact = weights[index].map { Fraction(exactly: $0) }
            for (point, coordinates) in arrangement.exactPoints.enumerated() {
                guard coordinates.contains(where: { !$0.isZero }) else { continue }
                let side = factor(sides[index]) * (cell.pattern[point] ? 1 : -1)
                let value = side * dot(exact, coordinates).double
                // The change adds multiples of the cell's rays.
                let lengths = cell.basis.map { ray in
                    abs(NonnegativeLeastSquares.product(arrangement.rays[ray], arrangement.points[point])) * 1.01
                        + 1e-12
                }
                guard value > most * NonnegativeLeastSquares.length(lengths) * 1.01 else { return false }
            }
        }
        return true
    }
}
