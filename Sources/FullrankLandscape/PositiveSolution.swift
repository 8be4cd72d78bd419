import FullrankNumbers

/// Whether some λ with every entry positive solves `Σ λ_j column_j = target`, by the simplex method in fractions.
///
/// With λ = μ + t (1, ..., 1), μ ≥ 0 and 0 ≤ t ≤ 1, a solution exists iff the largest t is above 0. Bland's rule ends
/// every run, however degenerate.
enum PositiveSolution {
    /// - Returns: λ, or nil if no positive solution exists. Without columns: the empty λ iff the target is 0.
    static func find(_ columns: [[Fraction]], target: [Fraction]) -> [Fraction]? {
        if columns.isEmpty { return target.allSatisfy(\.isZero) ? [] : nil }
        var tableau = SimplexTableau(columns: columns, target: target)
        guard tableau.findFeasible() else { return nil }
        let solution = tableau.maximizeShare()
        guard solution[columns.count].signum > 0 else { return nil }
        return columns.indices.map { solution[$0] + solution[columns.count] }
    }
}

/// Rows `A x = b` with b ≥ 0: the equations in μ and t, and `t + slack = 1`. Artificial variables follow the slack;
/// their columns are never entered, so they are not stored.
private struct SimplexTableau {
    /// Of μ, t and the slack; each row's right-hand side is its last entry.
    private var rows: [[Fraction]]
    /// The variable of each row; `variables` and beyond are artificial.
    private var basis: [Int]
    private let share: Int
    private let variables: Int

    init(columns: [[Fraction]], target: [Fraction]) {
        share = columns.count
        variables = share + 2
        rows = target.indices.map { place in
            let entries = columns.map { $0[place] }
            let row = entries + [entries.reduce(.zero, +), .zero, target[place]]
            return target[place].signum < 0 ? row.map { -$0 } : row
        }
        rows.append([Fraction](repeating: .zero, count: share) + [.one, .one, .one])
        basis = target.indices.map { [variables] in variables + $0 } + [share + 1]
    }

    /// Drives the artificial variables to 0; false if they cannot all be 0. Rows whose artificial variable remains are
    /// dependent on others and are dropped.
    mutating func findFeasible() -> Bool {
        // Reduced costs of the sum of artificial variables: minus the sums of their rows.
        while let entering = (0..<variables).first(where: { column in
            rows.indices.reduce(Fraction.zero) { basis[$1] >= variables ? $0 + rows[$1][column] : $0 }.signum > 0
        }) {
            guard let leaving = leavingRow(entering) else { break }
            pivot(leaving, entering)
        }
        for row in rows.indices where basis[row] >= variables {
            guard rows[row][variables].isZero else { return false }
            if let column = (0..<variables).first(where: { !rows[row][$0].isZero }) { pivot(row, column) }
        }
        let kept = rows.indices.filter { basis[$0] < variables }
        (rows, basis) = (kept.map { rows[$0] }, kept.map { basis[$0] })
        return true
    }

    /// μ, t and the slack where t is largest.
    mutating func maximizeShare() -> [Fraction] {
        // t's reduced costs are its row's entries while it is basic, else only its own column gains.
        while let entering = entering(), let leaving = leavingRow(entering) { pivot(leaving, entering) }
        var solution = [Fraction](repeating: .zero, count: variables)
        for row in rows.indices { solution[basis[row]] = rows[row][variables] }
        return solution
    }

    private func entering() -> Int? {
        guard let row = basis.firstIndex(of: share) else { return share }
        return (0..<variables).first { $0 != share && rows[row][$0].signum < 0 }
    }

    private func leavingRow(_ column: Int) -> Int? {
        var best: (row: Int, ratio: Fraction)?
        for row in rows.indices where rows[row][column].signum > 0 {
            let ratio = rows[row][variables] / rows[row][column]
            if let found = best, ratio > found.ratio || (ratio == found.ratio && basis[row] > basis[found.row]) {
                continue
            }
            best = (row, ratio)
        }
        return best?.row
    }

    private mutating func pivot(_ row: Int, _ column: Int) {
        let lead = rows[row][column]
        for index in rows[row].indices where !rows[row][index].isZero { rows[row][index] = rows[row][index] / lead }
        let pivotRow = rows[row]
        for other in rows.indices where other != row && !rows[other][column].isZero {
            let factor = rows[other][column]
            for index in pivotRow.indices where !pivotRow[index].isZero {
                rows[other][index] -= factor * pivotRow[index]
            }
        }
        basis[row] = column
    }
}
