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
    static let tolerance = 1e-10

    /// - Parameter patterns: of the units.
    /// - Returns: nil if a pattern has no cell, as rounding at a boundary may make it.
    init?(_ arrangement: SampledArrangement, labels: [Double], patterns: [[Bool]]) {
        (self.arrangement, self.labels) = (arrangement, labels)
        var cells = [Cell]()
        for (pattern, units) in Self.count(patterns) where pattern.contains(true) {
            let rays = arrangement.rays(of: pattern)
            let basis = arrangement.independent(rays, limit: arrangement.dimension)
            guard !rays.isEmpty, basis.count == arrangement.dimension || arrangement.spans(basis, rays) else {
                return nil
            }
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

    func factor(_ side: Side) -> Double { side == .negative ? -1 : 1 }

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
    func columns(_ sides: [Side]) -> (pairs: [(cell: Int, ray: Int)], columns: [[Double]]) {
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
}
