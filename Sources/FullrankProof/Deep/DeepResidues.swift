import FullrankModel
import FullrankNumbers
import FullrankSweep

/// Rows of a deep network's Jacobian modulo a prime, as their factors: entry (unit, input) of a layer's block is
/// delta[unit] f[input], both forward and backward through the network with its activations held fixed. Shares nothing
/// with the kernels.
struct DeepResidues {
    let field: WordField
    private let numbers: DeepNumbers
    /// By layer: rows x inputs, the constant 1 last if there are biases.
    private(set) var inputs: [[UInt64]] = []
    /// By layer: rows x units.
    private(set) var deltas: [[UInt64]] = []

    /// - Parameter points: which, in this order; rows count by their places here.
    init(_ numbers: DeepNumbers, points: [Int], field: WordField) {
        self.field = field
        self.numbers = numbers
        let dyadic = DyadicResidues(field), layers = numbers.samples.layers
        let (d0, bias) = (numbers.inputDimension, numbers.bias)
        inputs.append(
            points.flatMap { point in
                numbers.samples.inputs[(point * d0)..<((point + 1) * d0)].map(dyadic.residue)
                    + (bias ? [field.one] : [])
            })
        let weights = layers.map { $0.weights.map(dyadic.residue) }
        for (l, layer) in layers.enumerated().dropLast() {
            let biases = layer.biases.map(dyadic.residue)
            let k = numbers.columnsPerUnit(l)
            var next = [UInt64]()
            next.reserveCapacity(points.count * (layer.units + 1))
            for (row, point) in points.enumerated() {
                for unit in 0..<layer.units {
                    guard layer.pattern[unit, point] else {
                        next.append(0)
                        continue
                    }
                    var sum = bias ? biases[unit] : 0
                    for c in 0..<layer.inputDimension {
                        let input = inputs[l][row * k + c]
                        if input != 0 {
                            sum = field.sum(sum, field.product(weights[l][unit * layer.inputDimension + c], input))
                        }
                    }
                    next.append(sum)
                }
                if bias { next.append(field.one) }
            }
            inputs.append(next)
        }
        deltas = Array(repeating: [], count: layers.count)
        let outputs = numbers.samples.outputs.map(dyadic.residue)
        for l in layers.indices.reversed() {
            let layer = layers[l]
            var delta = [UInt64](repeating: 0, count: points.count * layer.units)
            for (row, point) in points.enumerated() where numbers.deadLayers[point] <= l {
                for unit in 0..<layer.units where layer.pattern[unit, point] {
                    if l + 1 == layers.count {
                        delta[row * layer.units + unit] = outputs[unit]
                        continue
                    }
                    let above = layers[l + 1].units
                    var sum: UInt64 = 0
                    for t in 0..<above {
                        let factor = deltas[l + 1][row * above + t]
                        if factor != 0 {
                            sum = field.sum(sum, field.product(weights[l + 1][t * layer.units + unit], factor))
                        }
                    }
                    delta[row * layer.units + unit] = sum
                }
            }
            deltas[l] = delta
        }
    }

    /// The cost of building them, in multiply-adds.
    static func work(_ numbers: DeepNumbers, points: Int) -> Double {
        Double(numbers.columns) * Double(2 * points + 10)
    }

    /// As residues are kept.
    func entry(_ row: Int, _ column: Int) -> UInt64 {
        // Begins with the last layer, whose columns come first.
        let l = numbers.firstColumns.firstIndex { $0 <= column }!
        let k = numbers.columnsPerUnit(l)
        let (unit, c) = (column - numbers.firstColumns[l]).quotientAndRemainder(dividingBy: k)
        return field.product(deltas[l][row * numbers.samples.layers[l].units + unit], inputs[l][row * k + c])
    }

    /// A row's entries in the columns of some units, from 0 to p - 1.
    func values(_ row: Int, units: [(layer: Int, unit: Int)]) -> [UInt64] {
        var values = [UInt64]()
        for (l, unit) in units {
            let k = numbers.columnsPerUnit(l)
            let delta = field.value(deltas[l][row * numbers.samples.layers[l].units + unit])
            // One factor has the kept form and the other does not, so neither does the product.
            for c in 0..<k { values.append(delta == 0 ? 0 : field.product(delta, inputs[l][row * k + c])) }
        }
        return values
    }

    /// Whether the sum of coefficient times row is 0 in every column.
    ///
    /// - Parameters:
    ///   - rows: places of rows.
    ///   - coefficients: as residues are kept.
    func vanishes(_ rows: [Int], _ coefficients: [UInt64]) -> Bool {
        for l in deltas.indices {
            let units = numbers.samples.layers[l].units, k = numbers.columnsPerUnit(l)
            for unit in 0..<units {
                let terms = zip(rows, coefficients).compactMap { row, coefficient -> (row: Int, factor: UInt64)? in
                    let factor = field.product(coefficient, deltas[l][row * units + unit])
                    return factor == 0 ? nil : (row, factor)
                }
                guard !terms.isEmpty else { continue }
                for c in 0..<k {
                    var sum: UInt64 = 0
                    for (row, factor) in terms { sum = field.sum(sum, field.product(factor, inputs[l][row * k + c])) }
                    if sum != 0 { return false }
                }
            }
        }
        return true
    }
}
