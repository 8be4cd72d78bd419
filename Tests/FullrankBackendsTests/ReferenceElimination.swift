import FullrankModel

/// The slow, obvious elimination that every backend is held to: row by row, leftmost pivot, integers mod p.
enum ReferenceElimination {
    /// The rank profile mod `prime` of a row-major matrix of doubles, taken as the rationals they are.
    static func profile(
        _ matrix: [Double], rows: Int, columns: Int, columnsPerUnit: Int = 1, prime: UInt32
    ) -> RankProfile {
        let residues = matrix.map { residue($0, prime: prime) }
        var echelon = [Int: [UInt64]]()  // by pivot column, the pivot made 1
        var pivots = [Int64]()
        for row in 0..<rows {
            var values = Array(residues[(row * columns)..<((row + 1) * columns)])
            pivots.append(-1)
            for column in 0..<columns where values[column] != 0 {
                let factor = values[column]
                if let pivotRow = echelon[column] {
                    for other in column..<columns {
                        values[other] = (values[other] + (UInt64(prime) - factor) * pivotRow[other]) % UInt64(prime)
                    }
                } else {
                    let inverse = power(factor, UInt64(prime) - 2, prime: prime)
                    echelon[column] = values.map { $0 * inverse % UInt64(prime) }
                    pivots[row] = Int64(column)
                    break
                }
            }
        }
        return RankProfile(pivotColumns: pivots, columnsPerUnit: columnsPerUnit)
    }

    /// The rank mod `prime` of the leading block of `points` rows and `columns` columns of a matrix `width` wide.
    static func rank(_ matrix: [Double], width: Int, rows: Int, columns: Int, prime: UInt32) -> Int {
        let block = (0..<rows).flatMap { matrix[($0 * width)..<($0 * width + columns)] }
        return profile(block, rows: rows, columns: columns, prime: prime).rank
    }

    /// A double is ±m 2^e with integers m and e: m mod p times 2^e mod p, where 2^-1 = (p + 1) / 2.
    static func residue(_ value: Double, prime: UInt32) -> UInt64 {
        precondition(value.isFinite)
        guard value != 0 else { return 0 }
        let p = UInt64(prime)
        // Subnormals have no implicit bit and the least normal exponent.
        let fraction = value.significandBitPattern | (value.isNormal ? 1 << 52 : 0)
        let exponent = (value.isNormal ? Int(value.exponent) : -1022) - 52
        let scale =
            exponent >= 0
            ? power(2, UInt64(exponent), prime: prime) : power((p + 1) / 2, UInt64(-exponent), prime: prime)
        let magnitude = fraction % p * scale % p
        return value < 0 && magnitude > 0 ? p - magnitude : magnitude
    }

    private static func power(_ base: UInt64, _ exponent: UInt64, prime: UInt32) -> UInt64 {
        var (result, square, rest) = (UInt64(1), base % UInt64(prime), exponent)
        while rest > 0 {
            if rest % 2 == 1 { result = result * square % UInt64(prime) }
            square = square * square % UInt64(prime)
            rest /= 2
        }
        return result
    }
}
