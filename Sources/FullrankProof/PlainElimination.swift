import FullrankModel
import FullrankNumbers

/// The rank profile again, by the textbook: a row at a time, whole rows, modulo 2^61 − 2373. Shares nothing with the
/// kernels: it is what certificates are checked by.
struct PlainElimination {
    /// Rows kept, by the column of their pivot: the entries from that column on, the first of them 1.
    private var kept: [[UInt64]?]
    private let columns: Int

    init(columns: Int) {
        self.columns = columns
        kept = Array(repeating: nil, count: columns)
    }

    /// Takes out the rows before it; the leftmost column that is left, where the row becomes a pivot, or nil.
    mutating func add(_ row: [UInt64]) -> Int? {
        var row = row
        for column in 0..<columns where row[column] != 0 {
            let factor = row[column]
            guard let pivot = kept[column] else {
                let inverse = CheckingField.inverse(factor)
                kept[column] = row[column...].map { CheckingField.product($0, inverse) }
                return column
            }
            row.withUnsafeMutableBufferPointer { row in
                pivot.withUnsafeBufferPointer { pivot in
                    for index in 0..<pivot.count {
                        let entry = row[column + index]
                        row[column + index] = CheckingField.difference(
                            entry, CheckingField.product(factor, pivot[index]))
                    }
                }
            }
        }
        return nil
    }
}

/// A trial as numbers: what `explain` and `check` reason about.
package struct TrialNumbers: Sendable {
    /// n × d0, row-major.
    package let inputs: [Double]
    package let pattern: ActivationPattern
    package let inputDimension: Int
    package let bias: Bool

    package init(inputs: [Double], pattern: ActivationPattern, inputDimension: Int, bias: Bool) {
        precondition(inputs.count == pattern.points * inputDimension, "inputs are n × d0 numbers")
        self.inputs = inputs
        self.pattern = pattern
        self.inputDimension = inputDimension
        self.bias = bias
    }

    var points: Int { pattern.points }
    /// k
    var columnsPerUnit: Int { inputDimension + (bias ? 1 : 0) }

    /// x̃ of a point: k numbers.
    func homogeneous(_ point: Int) -> [Double] {
        Array(inputs[(point * inputDimension)..<((point + 1) * inputDimension)]) + (bias ? [1] : [])
    }

    /// The units that are active somewhere and whose pattern no earlier unit has: the columns of all others are zero, or
    /// stand further left already, so that no pivot lies in them.
    var distinctUnits: [Int] {
        let width = pattern.wordsPerUnit
        var seen = Set<[UInt64]>()
        return (0..<pattern.units).filter { unit in
            let words = Array(pattern.words[(unit * width)..<((unit + 1) * width)])
            return words.contains { $0 != 0 } && seen.insert(words).inserted
        }
    }

    /// For each point the column of its pivot modulo 2^61 − 2373, −1 where there is none.
    package func plainProfile() -> [Int] {
        let units = distinctUnits, k = columnsPerUnit
        var elimination = PlainElimination(columns: units.count * k)
        return (0..<points).map { point in
            let residues = homogeneous(point).map(CheckingField.residue)
            var row = [UInt64]()
            row.reserveCapacity(units.count * k)
            for unit in units {
                if pattern[unit, point] { row += residues } else { row += repeatElement(0, count: k) }
            }
            guard let column = elimination.add(row) else { return -1 }
            return units[column / k] * k + column % k
        }
    }

    /// SHA-256 of the inputs: float64, little-endian, row by row.
    package var inputsDigest: String {
        var hash = SHA256()
        for value in inputs { hash.update(littleEndian: value.bitPattern) }
        return hash.digest()
    }

    /// SHA-256 of the pattern: ceil(n/64) words a unit, 64 bits each, little-endian; bit j % 64 of word j / 64 is point j.
    package var patternDigest: String {
        var hash = SHA256()
        for word in pattern.words { hash.update(littleEndian: word) }
        return hash.digest()
    }
}
