import FullrankBackends
import FullrankModel
import FullrankNumbers

/// Relations of a deep network's dependent rows, modulo a prime: the elimination's multipliers, by the textbook.
enum DeepRelations {
    /// One for each point without a pivot, ascending. The last coefficient is 1; all are from 1 to p - 1.
    ///
    /// - Parameter pivots: of the whole profile, by point; -1 if there is none.
    /// - Returns: nil if the profile is not this prime's.
    static func find(
        _ numbers: DeepNumbers, pivots: [Int], field: WordField
    ) -> [(points: [Int], coefficients: [UInt64])]? {
        let columns = pivots.filter { $0 >= 0 }
        let rows = DeepResidues(numbers, points: Array(0..<numbers.points), field: field)
        var kept = TrackedElimination(columns: columns.count, field: field)
        var relations = [(points: [Int], coefficients: [UInt64])]()
        var pivotPoints = [Int]()
        for (point, pivot) in pivots.enumerated() {
            let multipliers = kept.add(columns.map { rows.entry(point, $0) }, isIndependent: pivot >= 0)
            guard let multipliers else { return nil }
            if pivot >= 0 {
                pivotPoints.append(point)
                continue
            }
            let support = multipliers.indices.filter { multipliers[$0] != 0 }
            relations.append(
                (support.map { pivotPoints[$0] } + [point], support.map { field.value(multipliers[$0]) } + [1]))
        }
        return relations
    }

    /// For each dependent row the coefficients of independent ones in these columns, where that row has the coefficient 1.
    ///
    /// - Parameters:
    ///   - places: of as many independent rows as there are columns.
    ///   - dependents: places of rows.
    /// - Returns: coefficients from 0 to p - 1; nil if these columns do not determine them modulo this prime.
    static func solve(_ rows: DeepResidues, places: [Int], dependents: [Int], columns: [Int]) -> [[UInt64]]? {
        var kept = TrackedElimination(columns: columns.count, field: rows.field)
        for place in places {
            guard kept.add(columns.map { rows.entry(place, $0) }, isIndependent: true) != nil else { return nil }
        }
        var solutions = [[UInt64]]()
        for place in dependents {
            let multipliers = kept.add(columns.map { rows.entry(place, $0) }, isIndependent: false)
            guard let multipliers else { return nil }
            solutions.append(multipliers.map(rows.field.value))
        }
        return solutions
    }

    /// As many of the columns as there are rows, such that the rows are independent in them; nil if there are none.
    static func independentColumns(_ rows: DeepResidues, places: [Int], among columns: [Int]) -> [Int]? {
        var kept = TrackedElimination(columns: columns.count, field: rows.field)
        for place in places {
            guard kept.add(columns.map { rows.entry(place, $0) }, isIndependent: true) != nil else { return nil }
        }
        return kept.pivotColumns.map { columns[$0] }
    }
}

/// Rows taken one after the other, each with how it is made of those taken before.
private struct TrackedElimination {
    let field: WordField
    let columns: Int
    /// In the order in which they were added: 1 at its pivot, 0 at the pivots before.
    private var kept: [[UInt64]] = []
    private(set) var pivotColumns: [Int] = []
    /// Row q is made of rows 0 to q.
    private var made: [[UInt64]] = []

    init(columns: Int, field: WordField) { (self.columns, self.field) = (columns, field) }

    /// - Returns: for a dependent row the coefficients c with sum c_q (row q) + row = 0, all entries of kept rows; for
    ///   an independent row some value; nil if the row is not as `isIndependent` says.
    mutating func add(_ row: [UInt64], isIndependent: Bool) -> [UInt64]? {
        let field = field
        var row = row
        var made = [UInt64](repeating: 0, count: kept.count)
        for (index, pivot) in kept.enumerated() {
            let factor = row[pivotColumns[index]]
            if factor == 0 { continue }
            Self.subtract(pivot, times: factor, from: &row, field)
            Self.subtract(self.made[index], times: factor, from: &made, field)
        }
        let column = row.firstIndex { $0 != 0 }
        guard (column != nil) == isIndependent else { return nil }
        guard let column else { return made }
        let inverse = field.inverse(row[column])
        kept.append(row.map { field.product($0, inverse) })
        pivotColumns.append(column)
        self.made.append((made + [field.one]).map { field.product($0, inverse) })
        return []
    }

    /// The first entries of `target`, as many as there are.
    private static func subtract(_ row: [UInt64], times factor: UInt64, from target: inout [UInt64], _ field: WordField)
    {
        row.withUnsafeBufferPointer { row in
            target.withUnsafeMutableBufferPointer { target in
                for index in 0..<row.count {
                    target[index] = field.difference(target[index], field.product(factor, row[index]))
                }
            }
        }
    }
}
