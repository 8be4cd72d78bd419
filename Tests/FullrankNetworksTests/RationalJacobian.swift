import FullrankModel
import FullrankNumbers

/// A network's Jacobian in exact fractions, entry by entry, and its rank: the reference.
struct RationalJacobian {
    private(set) var rows: [[Fraction]] = []

    init(_ network: Network, _ data: DataSet, _ query: NetworkQuery) {
        let shape = network.shape, count = shape.layers.count
        let weights = (0..<count).map { layer in network.layer(layer).weights.map { Fraction(exactly: $0) } }
        let biases = (0..<count).map { layer in network.layer(layer).biases.map { Fraction(exactly: $0) } }
        for point in 0..<data.points {
            var values = [
                data.values[(point * data.inputDimension)..<((point + 1) * data.inputDimension)].map {
                    Fraction(exactly: $0)
                }
            ]
            var gains = [[Fraction]]()
            for layer in 0..<count {
                let inputs = shape.widths[layer]
                let sums = (0..<shape.layers[layer].units).map { unit in
                    (0..<inputs).reduce(biases[layer].isEmpty ? .zero : biases[layer][unit]) {
                        $0 + weights[layer][unit * inputs + $1] * values[layer][$1]
                    }
                }
                let isLast = layer + 1 == count
                values.append(sums.map { isLast ? $0 : query.activation.value($0) })
                gains.append(sums.map { isLast ? .one : query.activation.derivative($0) })
            }
            for output in 0..<shape.outputs {
                var deltas = [[Fraction]](repeating: [], count: count)
                deltas[count - 1] = (0..<shape.outputs).map { $0 == output ? .one : .zero }
                for layer in stride(from: count - 2, through: 0, by: -1) {
                    let width = shape.layers[layer].units
                    deltas[layer] = (0..<width).map { unit in
                        gains[layer][unit]
                            * shape.layers[layer + 1].units.rangeSum { next in
                                weights[layer + 1][next * width + unit] * deltas[layer + 1][next]
                            }
                    }
                }
                var row = [Fraction]()
                for layer in 0..<count where query.trained.contains(layer: layer, of: count) {
                    for unit in 0..<shape.layers[layer].units {
                        row += values[layer].map { $0 * deltas[layer][unit] }
                        if !biases[layer].isEmpty { row.append(deltas[layer][unit]) }
                    }
                }
                rows.append(row)
            }
        }
    }

    /// Gauss's elimination.
    var rank: Int {
        var rows = rows, rank = 0
        for column in (rows.first ?? []).indices {
            guard let pivot = rows.indices.dropFirst(rank).first(where: { !rows[$0][column].isZero }) else { continue }
            rows.swapAt(rank, pivot)
            for below in rank + 1..<rows.count where !rows[below][column].isZero {
                let factor = rows[below][column] / rows[rank][column]
                for c in column..<rows[below].count { rows[below][c] = rows[below][c] - factor * rows[rank][c] }
            }
            rank += 1
            if rank == rows.count { break }
        }
        return rank
    }
}

extension Int {
    fileprivate func rangeSum(_ term: (Int) -> Fraction) -> Fraction { (0..<self).reduce(.zero) { $0 + term($1) } }
}

extension NetworkActivation {
    fileprivate func value(_ z: Fraction) -> Fraction {
        switch self {
        case .relu: z.signum > 0 ? z : .zero
        case .leaky(let slope): z.signum > 0 ? z : Fraction(exactly: slope) * z
        case .identity: z
        case .power(let exponent): (0..<exponent).reduce(.one) { power, _ in power * z }
        }
    }

    fileprivate func derivative(_ z: Fraction) -> Fraction {
        switch self {
        case .relu: z.signum > 0 ? .one : .zero
        case .leaky(let slope): z.signum > 0 ? .one : Fraction(exactly: slope)
        case .identity: .one
        case .power(let exponent): (1..<exponent).reduce(Fraction(exponent)) { power, _ in power * z }
        }
    }
}
