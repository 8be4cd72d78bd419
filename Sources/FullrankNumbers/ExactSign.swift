/// Exact signs of expressions in doubles.
package enum ExactSign {
    /// The sign of the determinant of a square matrix, given by rows: -1, 0 or 1. The empty matrix has 1.
    package static func ofDeterminant(_ rows: [[Double]]) -> Int { determinant(rows.map { DyadicRow($0) }).sign }

    /// The determinant of the rows, each in its own unit of a power of two.
    package static func determinant(_ rows: [DyadicRow]) -> ResidueInteger {
        // Hadamard: at most the product of the rows' lengths.
        let length = Int.bitWidth - rows.count.leadingZeroBitCount
        let bits = rows.reduce(1) { $0 + $1.bits } + rows.count * (length + 1) / 2
        return ResidueInteger(bits: bits) { prime in
            ModularMatrix(rows: rows.map { $0.residues(modulo: prime) }, prime: prime).determinant
        }
    }

    /// Of `Σ a_c b_c`.
    package static func ofSum(products a: [Double], _ b: [Double]) -> Int {
        let (left, right) = (DyadicRow(a), DyadicRow(b))
        let length = Int.bitWidth - a.count.leadingZeroBitCount
        return ResidueInteger(bits: left.bits + right.bits + length) { prime in
            zip(left.residues(modulo: prime), right.residues(modulo: prime)).reduce(0) { ($0 + $1.0 * $1.1) % prime }
        }.sign
    }
}

/// A matrix modulo a prime below 2^31.
package struct ModularMatrix {
    var rows: [[UInt64]]
    let prime: UInt64

    package init(rows: [[UInt64]], prime: UInt64) { (self.rows, self.prime) = (rows, prime) }

    var determinant: UInt64 {
        var copy = self
        var result: UInt64 = 1
        for step in rows.indices {
            guard let pivot = (step..<rows.count).first(where: { copy.rows[$0][step] != 0 }) else { return 0 }
            if pivot != step {
                copy.rows.swapAt(pivot, step)
                result = prime - result
            }
            result = result * copy.rows[step][step] % prime
            copy.clear(below: step, column: step)
        }
        return result
    }

    /// Rows and columns of a non-zero minor of the largest size: the first rows that are independent, each with its
    /// leftmost free column.
    package var pivots: (rows: [Int], columns: [Int]) {
        var reduced = [(column: Int, row: [UInt64])]()
        var found = [Int]()
        for index in rows.indices {
            var row = rows[index]
            for (column, pivot) in reduced where row[column] != 0 {
                Self.subtract(pivot, times: row[column], from: &row, prime)
            }
            guard let column = row.firstIndex(where: { $0 != 0 }) else { continue }
            let inverse = SmallModulus.inverse(row[column], modulo: prime)
            reduced.append((column, row.map { $0 * inverse % prime }))
            found.append(index)
            if found.count == row.count { break }
        }
        return (found, reduced.map(\.column).sorted())
    }

    private mutating func clear(below step: Int, column: Int) {
        let pivot = rows[step]
        let inverse = SmallModulus.inverse(pivot[column], modulo: prime)
        for row in (step + 1)..<max(rows.count, step + 1) where rows[row][column] != 0 {
            Self.subtract(pivot, times: rows[row][column] * inverse % prime, from: &rows[row], prime)
        }
    }

    private static func subtract(_ pivot: [UInt64], times factor: UInt64, from row: inout [UInt64], _ prime: UInt64) {
        let negative = prime - factor
        for column in row.indices { row[column] = (row[column] + negative * pivot[column]) % prime }
    }
}
