import FullrankModel
import FullrankNumbers

/// The one relation among rows of the Jacobian all but the last of which are independent, over the integers.
struct IntegerRelation {
    enum Finding {
        /// Whole numbers without a common divisor, the last positive, one per point: `Σ coefficient · row = 0`.
        case relation([BigInteger])
        /// There is none over the rationals: it held modulo a prime only.
        case none
        /// More arithmetic than is worth it.
        case tooLarge
    }

    /// Products of limbs that are taken on for one relation: seconds.
    static let mostWork = 2e9

    /// points × k: the homogeneous inputs, times a power of two per point: integers.
    private let rows: [[BigInteger]]
    /// The power of two of each point.
    private let exponents: [Int]
    /// Units that differ on the points: which of these are active.
    private let units: [[Bool]]
    private let residues: [[UInt64]]

    init(_ numbers: TrialNumbers, points: [Int]) {
        var rows = [[BigInteger]]()
        var exponents = [Int]()
        for point in points {
            let parts = numbers.homogeneous(point).map(DyadicNumber.init)
            let least = parts.filter { $0.mantissa != 0 }.map(\.exponent).min() ?? 0
            rows.append(parts.map { $0.mantissa == 0 ? .zero : BigInteger($0.mantissa) << ($0.exponent - least) })
            exponents.append(least)
        }
        (self.rows, self.exponents) = (rows, exponents)
        residues = points.map { numbers.homogeneous($0).map(CheckingField.residue) }
        let pattern = numbers.pattern
        var seen = Set<[Bool]>()
        units = (0..<pattern.units).compactMap { unit in
            let active = points.map { pattern[unit, $0] }
            return active.contains(true) && seen.insert(active).inserted ? active : nil
        }
    }

    /// Gauss-Jordan without fractions (Bareiss 1968) on as many columns as there are other points, then a look at all
    /// columns: the relation of these columns is unique, so it is the relation or there is none.
    func find() -> Finding {
        let count = rows.count, k = rows[0].count
        var elimination = PlainElimination(columns: units.count * k)
        var columns = [Int]()
        for point in 0..<(count - 1) {
            let row = units.flatMap { $0[point] ? residues[point] : Array(repeating: 0, count: k) }
            guard let column = elimination.add(row) else { return .tooLarge }  // a prime of bad luck
            columns.append(column)
        }
        let bits = Double(rows.joined().map(\.bitWidth).max() ?? 0)
        let size = Double(count), limbs = size * bits / 64 + 1
        guard size * size * size * limbs * limbs / 3 <= Self.mostWork else { return .tooLarge }

        var equations = columns.map { column in
            (0..<count).map { units[column / k][$0] ? rows[$0][column % k] : .zero }
        }
        var previous = BigInteger(1)
        for step in equations.indices {
            guard let pivot = equations[step...].firstIndex(where: { !$0[step].isZero }) else { return .tooLarge }
            equations.swapAt(step, pivot)
            let top = equations[step]
            for index in equations.indices where index != step {
                let factor = equations[index][step]
                for column in (step + 1)..<count {
                    equations[index][column] =
                        Self.quotient(top[step], equations[index][column], factor, top[column], by: previous)
                }
                equations[index][step] = .zero
            }
            previous = top[step]
        }
        // Every diagonal entry is now the last pivot, whichever row it was in.
        let solution = equations.map { -$0[count - 1] } + [previous]
        guard holds(solution) else { return .none }
        return .relation(primitive(solution))
    }

    /// (a b − c d) / divisor, which is whole.
    private static func quotient(
        _ a: BigInteger, _ b: BigInteger, _ c: BigInteger, _ d: BigInteger, by divisor: BigInteger
    ) -> BigInteger {
        var difference = a * b
        difference.subtract(product: c, d)
        return difference / divisor
    }

    private func holds(_ coefficients: [BigInteger]) -> Bool {
        units.allSatisfy { active in
            rows[0].indices.allSatisfy { c in
                rows.indices.reduce(into: BigInteger.zero) {
                    if active[$1] { $0.add(product: coefficients[$1], rows[$1][c]) }
                }.isZero
            }
        }
    }

    /// For the unchanged rows, without the powers of two.
    private func primitive(_ coefficients: [BigInteger]) -> [BigInteger] {
        let largest = exponents.max()!
        let scaled = zip(coefficients, exponents).map { $0 << (largest - $1) }
        var divisor = scaled.reduce(BigInteger.zero, BigInteger.greatestCommonDivisor)
        if scaled[scaled.count - 1].isNegative { divisor = -divisor }
        return scaled.map { $0 / divisor }
    }
}
