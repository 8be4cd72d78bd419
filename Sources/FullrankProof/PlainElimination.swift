import FullrankModel
import FullrankNumbers

/// The arithmetic of residues that plain elimination needs.
protocol EliminationField {
    func product(_ a: UInt64, _ b: UInt64) -> UInt64
    func difference(_ a: UInt64, _ b: UInt64) -> UInt64
    func inverse(_ a: UInt64) -> UInt64
}

extension WordField: EliminationField {}

/// Modulo 2^61 − 2373.
struct CheckingArithmetic: EliminationField {
    func product(_ a: UInt64, _ b: UInt64) -> UInt64 { CheckingField.product(a, b) }
    func difference(_ a: UInt64, _ b: UInt64) -> UInt64 { CheckingField.difference(a, b) }
    func inverse(_ a: UInt64) -> UInt64 { CheckingField.inverse(a) }
}

/// The rank profile by a textbook elimination, row by row. It shares nothing with the kernels, because
/// certificates are checked with it.
struct PlainElimination<Field: EliminationField> {
    private let field: Field
    /// Rows kept, by the column of their pivot: the entries from that column on, the first of them 1.
    private var kept: [[UInt64]?]
    private let columns: Int

    init(columns: Int, field: Field) {
        (self.columns, self.field) = (columns, field)
        kept = Array(repeating: nil, count: columns)
    }

    /// Eliminates the earlier rows from this one; returns the leftmost remaining column, the row's pivot, or nil.
    mutating func add(_ row: [UInt64]) -> Int? {
        var row = row
        for column in 0..<columns where row[column] != 0 {
            let factor = row[column]
            guard let pivot = kept[column] else {
                let inverse = field.inverse(factor)
                kept[column] = row[column...].map { field.product($0, inverse) }
                return column
            }
            row.withUnsafeMutableBufferPointer { row in
                pivot.withUnsafeBufferPointer { pivot in
                    for index in 0..<pivot.count {
                        let entry = row[column + index]
                        row[column + index] = field.difference(entry, field.product(factor, pivot[index]))
                    }
                }
            }
        }
        return nil
    }
}

extension PlainElimination<CheckingArithmetic> {
    /// Modulo 2^61 − 2373.
    init(columns: Int) { self.init(columns: columns, field: CheckingArithmetic()) }
}

/// A trial as numbers, for `explain` and `check`.
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
    /// equal to earlier columns, so that they have no pivots.
    var distinctUnits: [Int] {
        let width = pattern.wordsPerUnit
        var seen = Set<[UInt64]>()
        return (0..<pattern.units).filter { unit in
            let words = Array(pattern.words[(unit * width)..<((unit + 1) * width)])
            return words.contains { $0 != 0 } && seen.insert(words).inserted
        }
    }

    /// For each point the column of its pivot modulo 2^61 − 2373, −1 if there is none.
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

    /// The rank of the Jacobian, by plain elimination modulo an odd prime.
    package func rank(modulo prime: UInt32) -> Int {
        let units = distinctUnits, dyadic = DyadicResidues(WordField(UInt64(prime)))
        let zero = [UInt64](repeating: 0, count: columnsPerUnit)
        var elimination = PlainElimination(columns: units.count * columnsPerUnit, field: dyadic.field)
        return (0..<points).count { point in
            let residues = homogeneous(point).map(dyadic.residue)
            return elimination.add(units.flatMap { pattern[$0, point] ? residues : zero }) != nil
        }
    }

    /// SHA-256 of the inputs: float64, little-endian, row by row.
    package var inputsDigest: String {
        var hash = SHA256()
        for value in inputs { hash.update(littleEndian: value.bitPattern) }
        return hash.digest()
    }

    /// SHA-256 of the pattern: ceil(n/64) words of 64 bits per unit, little-endian; bit j % 64 of word j / 64 is point
    /// j.
    package var patternDigest: String {
        var hash = SHA256()
        for word in pattern.words { hash.update(littleEndian: word) }
        return hash.digest()
    }
}
