import FullrankModel

/// A polynomial network drawn modulo a prime, and the rows of its Jacobian, in integers and one entry at a time: what
/// certificates and tests compare with the kernels. The draws are those of docs/sampling.md, "Residues".
package struct ResidueNetwork {
    let shape: Network.Shape
    let exponent: Int
    let p: UInt64
    private let seed: UInt64
    private let set: UInt64
    /// By layer: row-major, and empty without biases.
    let weights: [[UInt64]]
    let biases: [[UInt64]]

    private enum Stream { static let parameters: UInt8 = 3, points: UInt8 = 4, functionals: UInt8 = 14 }

    /// - Parameter draw: the number of the set.
    package init(_ problem: DimensionProblem, seed: UInt64, draw: Int, prime: UInt32) {
        precondition(problem.isPolynomial, "residues have no sign")
        shape = problem.shape
        exponent = problem.activation.exponent ?? 1
        p = UInt64(prime)
        self.seed = seed
        set = UInt64(draw)
        var weights = [[UInt64]](), biases = [[UInt64]]()
        for (layer, size) in shape.layers.enumerated() {
            let count = size.units * shape.widths[layer]
            let stream = SampleStream(seed: seed, trial: UInt64(draw), number: Stream.parameters)
            func number(_ row: Int) -> UInt64 { Self.below(UInt64(prime), stream.bits(row: row, column: layer)) }
            weights.append((0..<count).map(number))
            biases.append(size.bias ? (count..<(count + size.units)).map(number) : [])
        }
        (self.weights, self.biases) = (weights, biases)
    }

    /// floor(bits count / 2^128)
    private static func below(_ count: UInt64, _ bits: (low: UInt64, high: UInt64)) -> UInt64 {
        let carried = bits.low.multipliedFullWidth(by: count).high
        let (high, low) = bits.high.multipliedFullWidth(by: count)
        return high + (low.addingReportingOverflow(carried).overflow ? 1 : 0)
    }

    private func drawn(_ stream: UInt8, row: Int, column: Int) -> UInt64 {
        Self.below(p, SampleStream(seed: seed, trial: set, number: stream).bits(row: row, column: column))
    }

    /// d_0 residues. Networks of two inputs without biases see a point's direction alone: those of all points differ.
    func point(_ index: Int) -> [UInt64] {
        guard shape.inputDimension == 2, shape.layers.allSatisfy({ !$0.bias }) else {
            return (0..<shape.inputDimension).map { drawn(Stream.points, row: index, column: $0) }
        }
        func notZero(_ value: UInt64) -> UInt64 { value == 0 ? 1 : value }
        let last = Int(UInt32.max)
        let scale = notZero(drawn(Stream.points, row: index, column: 0))
        let start = drawn(Stream.points, row: last, column: 0),
            step = notZero(drawn(Stream.points, row: last, column: 1))
        return [scale, scale * ((start + UInt64(index) % p * step) % p) % p]
    }

    /// Coefficients of a point's combination of the outputs.
    func functional(_ index: Int) -> [UInt64] {
        (0..<shape.outputs).map { drawn(Stream.functionals, row: index, column: $0) }
    }

    /// P residues: the derivatives, by all parameters, of a random combination of the outputs at a point.
    package func row(_ index: Int) -> [UInt64] {
        let values = values(index)
        var delta = values.functional
        var blocks = [[UInt64]]()
        for layer in shape.layers.indices.reversed() {
            let before = values.inputs[layer], width = before.count
            // Within a layer all weights come before the biases.
            blocks.append(
                delta.flatMap { delta in before.map { delta * $0 % p } } + (shape.layers[layer].bias ? delta : []))
            guard layer > 0 else { break }
            delta = (0..<width).map { unit in
                let sum = delta.indices.reduce(0) { ($0 + delta[$1] * weights[layer][$1 * width + unit]) % p }
                return sum * values.slopes[layer - 1][unit] % p
            }
        }
        return blocks.reversed().flatMap { $0 }
    }
}

/// Powers modulo a number below 2^32.
enum SmallPower {
    static func of(_ base: UInt64, _ exponent: Int, modulo p: UInt64) -> UInt64 {
        var (result, square, rest) = (UInt64(1) % p, base % p, exponent)
        while rest > 0 {
            if rest & 1 == 1 { result = result * square % p }
            square = square * square % p
            rest >>= 1
        }
        return result
    }
}

/// Rows modulo a prime, reduced as they come: which of them are independent, and a minor of them that is not zero.
package struct RowEchelon {
    private let p: UInt64
    private var rows: [(pivot: Int, values: [UInt64])] = []
    /// Numbers of the independent rows, ascending, and of each one's pivot column.
    package private(set) var pivots: [(row: Int, column: Int)] = []

    package init(prime: UInt32) { p = UInt64(prime) }
    package var rank: Int { rows.count }

    /// - Returns: whether the row is independent of those before it.
    package mutating func add(_ row: [UInt64], number: Int) -> Bool {
        var rest = row
        for (pivot, values) in rows where rest[pivot] != 0 {
            let factor = p - rest[pivot]
            for column in pivot..<rest.count where values[column] != 0 {
                rest[column] = (rest[column] + factor * values[column]) % p
            }
        }
        guard let pivot = rest.firstIndex(where: { $0 != 0 }) else { return false }
        let inverse = SmallPower.of(rest[pivot], Int(p) - 2, modulo: p)
        rows.append((pivot, rest.map { $0 * inverse % p }))
        pivots.append((number, pivot))
        return true
    }
}
