// Derivatives by one parameter at a time, forward.
extension ResidueNetwork {
    /// A place in W_1, b_1, W_2, ..., where all weights of a layer come before its biases.
    struct Parameter {
        let layer: Int
        let unit: Int
        /// nil: the unit's bias.
        let input: Int?
    }

    /// A point's values: inputs of each layer, and slopes of each hidden one.
    struct Values {
        fileprivate(set) var inputs: [[UInt64]]
        fileprivate(set) var slopes: [[UInt64]]
        let functional: [UInt64]
    }

    /// - Precondition: `column` is one of the P columns.
    func parameter(_ column: Int) -> Parameter {
        var rest = column
        for (layer, size) in shape.layers.enumerated() {
            let width = shape.widths[layer], weights = size.units * width
            if rest < weights { return Parameter(layer: layer, unit: rest / width, input: rest % width) }
            rest -= weights
            if size.bias {
                if rest < size.units { return Parameter(layer: layer, unit: rest, input: nil) }
                rest -= size.units
            }
        }
        preconditionFailure("column \(column) of a network with fewer")
    }

    func values(_ index: Int) -> Values {
        var values = Values(inputs: [point(index)], slopes: [], functional: functional(index))
        for layer in shape.layers.indices.dropLast() {
            let width = shape.widths[layer]
            let sums = (0..<shape.layers[layer].units).map { unit in
                let own = sum(width) { weights[layer][unit * width + $0] * values.inputs[layer][$0] }
                return shape.layers[layer].bias ? (own + biases[layer][unit]) % p : own
            }
            values.inputs.append(sums.map { SmallPower.of($0, exponent, modulo: p) })
            values.slopes.append(sums.map { UInt64(exponent) % p * SmallPower.of($0, exponent - 1, modulo: p) % p })
        }
        return values
    }

    /// Of the point's combination of outputs.
    func derivative(by parameter: Parameter, at values: Values) -> UInt64 {
        let start = parameter.input.map { values.inputs[parameter.layer][$0] } ?? 1, last = shape.layers.count - 1
        guard parameter.layer < last else { return start * values.functional[parameter.unit] % p }
        // One unit's value moves, then those of all units behind it.
        let moved = start * values.slopes[parameter.layer][parameter.unit] % p
        var layer = parameter.layer + 1, width = shape.widths[layer]
        var tangent = (0..<shape.layers[layer].units).map {
            moved * weights[layer][$0 * width + parameter.unit] % p
        }
        while layer < last {
            let before = tangent.indices.map { tangent[$0] * values.slopes[layer][$0] % p }
            layer += 1
            width = shape.widths[layer]
            tangent = (0..<shape.layers[layer].units).map { unit in
                sum(width) { weights[layer][unit * width + $0] * before[$0] }
            }
        }
        return sum(tangent.count) { tangent[$0] * values.functional[$0] }
    }

    /// The sum of products of residues, which are below 2^46: reduced before it overflows.
    private func sum(_ count: Int, _ product: (Int) -> UInt64) -> UInt64 {
        var sum: UInt64 = 0
        for place in 0..<count {
            sum += product(place)
            if place & 0xffff == 0xffff { sum %= p }
        }
        return sum % p
    }
}
