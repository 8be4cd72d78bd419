extension Network.Shape {
    /// A rank that no weights exceed: docs/networks.md, section 2; as `Kernels/cpu/network/bound.c` has it for all outputs.
    ///
    /// - Parameters:
    ///   - points: n
    ///   - usedInputs: coordinates that are not 0 on all of the points.
    public func rankBound(
        points: Int, usedInputs: Int, activation: NetworkActivation, trained: NetworkQuery.Trained
    ) -> Int {
        let moving = movingColumns(usedInputs: usedInputs, activation: activation, trained: trained)
        let (rows, overflow) = points.multipliedReportingOverflow(by: outputs)
        return [
            overflow ? .max : rows, moving, linearBound(points, usedInputs, activation, trained),
            ambientBound(usedInputs, activation),
        ].min() ?? 0
    }

    /// Columns that can be other than zero, less one for each hidden unit whose rescaling changes nothing.
    public func movingColumns(
        usedInputs: Int, activation: NetworkActivation, trained: NetworkQuery.Trained
    ) -> Int {
        let count = layers.count
        var moving = 0
        for layer in layers.indices where trained.contains(layer: layer, of: count) {
            let inputs = layer == 0 ? usedInputs : widths[layer]
            moving += layers[layer].units * (inputs + (layers[layer].bias ? 1 : 0))
            // Rescaling a hidden unit, and back in the next layer, changes nothing.
            let isLast = layer + 1 == count
            if !isLast, trained.contains(layer: layer + 1, of: count), !(activation.isPower && layers[layer].bias) {
                moving -= layers[layer].units
            }
        }
        return max(moving, 0)
    }

    /// Of a linear network: matrices of limited rank, and biases of the outputs.
    private func linearBound(
        _ points: Int, _ usedInputs: Int, _ activation: NetworkActivation, _ trained: NetworkQuery.Trained
    ) -> Int {
        guard layers.count == 1 || activation.isLinear else { return .max }
        let hidden = layers.dropLast(), m = min(points, usedInputs)
        func matrices(_ r: Int, _ m: Int) -> Int { r * (m + outputs - r) }
        let hasHiddenBias = hidden.contains(where: \.bias), hasOutputBias = layers.last?.bias == true
        let affine = min(points, usedInputs + (hasHiddenBias ? 1 : 0))
        let r = hidden.reduce(min(m, outputs)) { min($0, $1.units) }
        var bound = matrices(r, m) + (hasHiddenBias || hasOutputBias ? outputs : 0)
        if hasHiddenBias, !hasOutputBias {
            let after = hidden.drop { !$0.bias }.reduce(outputs) {
                $1.bias ? min(outputs, $1.units) : min($0, $1.units)
            }
            bound = min(bound, matrices(min(after, affine), affine))
        }
        if let last = hidden.last, !trained.contains(layer: layers.count - 1, of: layers.count) {
            bound = min(bound, min(outputs, last.units) * affine)
        }
        return bound
    }

    /// Of a polynomial network: the outputs' monomials.
    private func ambientBound(_ usedInputs: Int, _ activation: NetworkActivation) -> Int {
        var degree = 1
        for _ in layers.dropLast() {
            switch activation {
            case _ where activation.isLinear: break
            case .power(let exponent):
                guard degree <= Int.max / 4 / NetworkActivation.mostExponent else { return .max }
                degree *= exponent
            default: return .max
            }
        }
        let isHomogeneous = !layers.contains(where: \.bias)
        let variables = usedInputs + (isHomogeneous ? 0 : 1)
        guard variables > 0 else { return 0 }
        let (product, overflow) = Self.binomial(degree + variables - 1, variables - 1).multipliedReportingOverflow(
            by: outputs)
        return overflow ? .max : product
    }

    /// C(n, k), or `Int.max` if that is larger.
    private static func binomial(_ n: Int, _ k: Int) -> Int {
        let k = min(k, n - k)
        var value: UInt = 1
        guard k > 0 else { return 1 }
        for i in 1...k {
            let product = value.multipliedFullWidth(by: UInt(n - k + i))
            guard product.high < i else { return .max }
            value = UInt(i).dividingFullWidth(product).quotient
            guard value <= Int.max else { return .max }
        }
        return Int(value)
    }
}

extension NetworkActivation {
    fileprivate var isPower: Bool { if case .power = self { true } else { false } }
}
