import FullrankModel
import FullrankNumbers

/// Whether a combination of cells holds a differentiable minimum, proved either way or left undecided.
///
/// Least squares over the closed cells is solved in floating point. If its residual has slope 0 on all cells, weights
/// inside the cells are sought and proved to be near an exact solution of the normal equations. If a slope is not 0,
/// the residual of exact least squares over the faces that were reached is bounded: when it has no negative slope, and a
/// positive one, no solution of the normal equations is in the cells (docs/landscape.md, section 8).
struct CombinationDecider {
    let arrangement: SampledArrangement
    let labels: [Double]
    /// Different cells, those that are active on a point.
    let cells: [Cell]

    struct Cell {
        let rays: [Int]
        let pattern: [Bool]
        /// Rays whose outputs span those of the cell.
        let basis: [Int]
        /// How many units are in it.
        let units: Int
    }

    /// What the weights of a cell's units may add up to: the cell, its opposite, or anything.
    enum Side { case positive, negative, free }

    /// Assignments of signs that are tried for trained output weights.
    private static let mostNodes = 4000
    private static let tolerance = 1e-10

    /// - Parameter patterns: of the units.
    /// - Returns: nil if a pattern has no cell, as rounding at a boundary may make it.
    init?(_ arrangement: SampledArrangement, labels: [Double], patterns: [[Bool]]) {
        (self.arrangement, self.labels) = (arrangement, labels)
        var cells = [Cell]()
        for (pattern, units) in Self.count(patterns) where pattern.contains(true) {
            let rays = arrangement.rays(of: pattern)
            let basis = arrangement.independent(rays, limit: arrangement.dimension)
            guard !rays.isEmpty, basis.count == arrangement.dimension || arrangement.spans(basis, rays) else { return nil }
            cells.append(Cell(rays: rays, pattern: pattern, basis: basis, units: units))
        }
        self.cells = cells
    }

    private static func count(_ patterns: [[Bool]]) -> [(pattern: [Bool], units: Int)] {
        var order = [[Bool]](), counts = [[Bool]: Int]()
        for pattern in patterns {
            if counts[pattern] == nil { order.append(pattern) }
            counts[pattern, default: 0] += 1
        }
        return order.map { ($0, counts[$0] ?? 0) }
    }

    /// Output weights are trained: a cell of two units or more leaves their sum free, one of a single unit has a sign.
    func trained() -> Verdict {
        var sides = cells.map { $0.units > 1 ? Side.free : .positive }
        let single = cells.indices.filter { cells[$0].units == 1 }
        var nodes = 0, isOpen = false
        for index in single { sides[index] = .free }
        func search(_ place: Int) -> Bool {
            nodes += 1
            if nodes > Self.mostNodes { isOpen = true; return false }
            if place == single.count {
                switch decide(sides) {
                case .feasible: return true
                case .undecided: isOpen = true; return false
                case .infeasible: return false
                }
            }
            for side in [Side.positive, .negative] {
                sides[single[place]] = side
                // The others are free: what has no solution then has none.
                if place + 1 == single.count || decide(sides) != .infeasible, search(place + 1) { return true }
            }
            sides[single[place]] = .free
            return false
        }
        if search(0) { return .feasible }
        return isOpen ? .undecided : .infeasible
    }

    /// - Parameter signs: by pattern of a cell: those of the given output weights of its units.
    func frozen(_ signs: [[Bool]: Set<Int>]) -> Verdict {
        decide(
            cells.map { cell in
                let own = signs[cell.pattern] ?? []
                return own.count > 1 ? .free : own.first == 1 ? .positive : .negative
            })
    }

    private func factor(_ side: Side) -> Double { side == .negative ? -1 : 1 }

    private func decide(_ sides: [Side]) -> Verdict {
        let (pairs, columns) = self.columns(sides)
        if !sides.contains(where: { $0 != .free }) { return .feasible }
        let closed = NonnegativeLeastSquares(columns, target: labels, tolerance: Self.tolerance)
        guard closed.isSolved else { return .undecided }
        let size = NonnegativeLeastSquares.length(labels)
        if cells.allSatisfy({ cell in
            cell.rays.allSatisfy { ray in
                let output = arrangement.outputs[ray], scale = NonnegativeLeastSquares.length(output) * size
                return abs(NonnegativeLeastSquares.product(output, closed.residual)) <= 1e-8 * scale
            }
        }) {
            return isInside(sides) ? .feasible : .undecided
        }
        switch refute(sides, pairs, closed.coefficients) {
        case true?: return .infeasible
        case false?: return isInside(sides) ? .feasible : .undecided
        case nil: return .undecided
        }
    }

    /// Rays with their cells, and their outputs by the cells' sides; of free cells both signs of a basis.
    private func columns(_ sides: [Side]) -> (pairs: [(cell: Int, ray: Int)], columns: [[Double]]) {
        var pairs = [(cell: Int, ray: Int)](), columns = [[Double]]()
        for (index, cell) in cells.enumerated() {
            let isFree = sides[index] == .free
            for ray in isFree ? cell.basis : cell.rays {
                for sign in isFree ? [1.0, -1.0] : [factor(sides[index])] {
                    pairs.append((index, ray))
                    columns.append(arrangement.outputs[ray].map { $0 * sign })
                }
            }
        }
        return (pairs, columns)
    }

    /// True if it is proved that no solution is in the cells; false if the residual's slopes on all cells vanish by
    /// construction; nil if nothing is proved.
    private func refute(_ sides: [Side], _ pairs: [(cell: Int, ray: Int)], _ coefficients: [Double]) -> Bool? {
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
            let zeros = arrangement.points.indices.filter { isOn[$0] && arrangement.exactPoints[$0].contains { !$0.isZero } }
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
    private func isInside(_ sides: [Side]) -> Bool {
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
            for point in rest.indices where cell.pattern[point] { rest[point] -= dot(exact, arrangement.exactPoints[point]) }
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
                    abs(NonnegativeLeastSquares.product(arrangement.rays[ray], arrangement.points[point])) * 1.01 + 1e-12
                }
                guard value > most * NonnegativeLeastSquares.length(lengths) * 1.01 else { return false }
            }
        }
        return true
    }

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
        guard basis.count < labels.count, arrangement.spans(basis, all) else { return basis.count == labels.count ? false : nil }
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
