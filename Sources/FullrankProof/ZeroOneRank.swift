import FullrankModel
import FullrankNumbers
import FullrankPlatform

/// The rank over the rationals of columns of an activation pattern, exactly.
package struct ZeroOneRank {
    /// Distinct non-zero rows (units) of the columns asked for, bit `i` of a row being the i-th point.
    private let rows: [[UInt64]]
    private let columns: Int

    /// A_S: the columns of `pattern` at `points`.
    package init(_ pattern: ActivationPattern, points: [Int]) {
        columns = points.count
        let width = pattern.wordsPerUnit
        // Whole words with the other points masked out tell units apart; bits are gathered for the distinct ones only.
        var mask = [UInt64](repeating: 0, count: width)
        for point in points { mask[point / 64] |= 1 << UInt64(point % 64) }
        let used = mask.indices.filter { mask[$0] != 0 }
        var distinct = Set<[UInt64]>()
        for unit in 0..<pattern.units {
            let masked = used.map { pattern.words[unit * width + $0] & mask[$0] }
            if masked.contains(where: { $0 != 0 }) { distinct.insert(masked) }
        }
        let place = Dictionary(uniqueKeysWithValues: used.enumerated().map { ($1, $0) })
        rows = distinct.map { masked in
            var bits = [UInt64](repeating: 0, count: (points.count + 63) / 64)
            for (index, point) in points.enumerated() {
                bits[index / 64] |= (masked[place[point / 64]!] >> UInt64(point % 64) & 1) << UInt64(index % 64)
            }
            return bits
        }
    }

    /// An upper bound of the rank, at no cost.
    package var upperBound: Int { min(rows.count, columns) }

    /// Rank over the rationals.
    ///
    /// The rank r modulo a prime is a lower bound. If it is r modulo primes whose product exceeds every (r+1) × (r+1)
    /// minor, all of these minors are 0: it is the rank. A minor of order s of zeros and ones is at most
    /// (s+1)^((s+1)/2) / 2^s (Hadamard).
    package var rank: Int { rank { _ in } }

    /// The same; `willTake` receives the multiply-adds before each prime.
    func rank<Failure: Error>(_ willTake: (Double) throws(Failure) -> Void) throws(Failure) -> Int {
        let size = Double(rows.count) * Double(columns) * Double(upperBound)
        var found = 0
        var bits = 0.0
        var candidate: UInt64 = 1 << 31
        while found < upperBound {
            repeat { candidate -= 1 } while !Prime.isPrime(UInt32(candidate))
            try willTake(size)
            found = max(found, rank(modulo: candidate))
            bits += log2(Double(candidate))
            let order = Double(found + 1)
            if bits > (order + 1) / 2 * log2(order + 1) - order + 1 { break }
        }
        return found
    }

    /// The same if the rank is known to be at least `least`. Often this is also the upper bound, and nothing is
    /// computed.
    package func rank(atLeast least: Int) -> Int { upperBound == least ? least : rank }

    private func rank(modulo p: UInt64) -> Int {
        var matrix = rows.map { (row: [UInt64]) -> [UInt64] in
            (0..<columns).map { (column: Int) -> UInt64 in row[column / 64] >> UInt64(column % 64) & 1 }
        }
        var rank = 0
        for column in 0..<columns {
            guard let pivot = matrix[rank...].firstIndex(where: { $0[column] != 0 }) else { continue }
            matrix.swapAt(rank, pivot)
            let inverse = SmallModulus.power(matrix[rank][column], p - 2, modulo: p)
            let top = matrix[rank]
            for index in (rank + 1)..<max(matrix.count, rank + 1) where matrix[index][column] != 0 {
                let factor = p - matrix[index][column] * inverse % p
                for c in column..<columns where top[c] != 0 {
                    matrix[index][c] = (matrix[index][c] + factor * top[c]) % p
                }
            }
            rank += 1
            if rank == matrix.count { break }
        }
        return rank
    }
}
